"""Reads arrays and frames as tables, with the checks required by scikit-learn."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from assay._errors import fault
from assay.data import as_numpy, is_table, read_table
from assay.estimators._invalid import InvalidInput

__all__ = ["kinds_of", "read_inputs"]

_FEWEST_ROWS = 2
_CATEGORIES = (pl.Categorical, pl.Enum)


def read_inputs(estimator: BaseEstimator, X: Any, *, reset: bool) -> pl.DataFrame:
    """Return inputs (n, d) as a table, and check or set the feature names.

    Args:
        estimator: estimator with the attributes `n_features_in_` and
            `feature_names_in_`.
        X: a frame, or an array of numbers or text.
        reset: whether to set these attributes (in `fit`) instead of checking them.

    Raises:
        ValueError: the inputs are not a table, or their features differ from those in
            `fit`.
    """
    fewest = _FEWEST_ROWS if reset else 1
    X = _unmasked(as_numpy(X))
    if is_table(X):
        frame = read_table(X).frame
        known: Any = X if hasattr(X, "iloc") else frame  # pandas allows numeric names
        validate_data(estimator, known, reset=reset, skip_check_array=True)
        _check_size(frame, fewest)
        return frame
    text = _holds_text(X)
    array: Any = validate_data(
        estimator,
        X,
        reset=reset,
        dtype=None if text else "numeric",
        ensure_all_finite=False if text else "allow-nan",
        ensure_min_samples=fewest,
    )
    names = [f"feature_{index}" for index in range(array.shape[1])]
    if not text:
        return pl.from_numpy(np.asarray(array, np.float64), schema=names)
    return pl.DataFrame([_series(n, c) for n, c in zip(names, array.T, strict=True)])


def kinds_of(X: Any, frame: pl.DataFrame, categorical_features: Any) -> dict[str, str]:
    """Return the column kinds implied by the column types, keyed by column name.

    Numeric columns are used even if they look like row numbers, because the user has
    selected the columns. Text columns are not included, because they may contain
    numbers, dates or categories.

    Args:
        X: the inputs as passed by the user.
        frame: the same inputs as a table.
        categorical_features: names or positions of categorical columns, or a boolean
            for each column.

    Raises:
        InvalidInput: a name or a position does not exist.
    """
    kinds: dict[str, str] = {}
    for name, dtype in frame.schema.items():
        if dtype.is_numeric():
            kinds[name] = "number"
        elif dtype == pl.Boolean:
            kinds[name] = "boolean"
        elif dtype in _CATEGORIES:
            kinds[name] = "category"
    for name, dtype in zip(frame.columns, _pandas_dtypes(X), strict=False):
        if str(dtype) == "category":
            kinds[name] = "category"
    chosen = [_name_of(feature, frame) for feature in _listed(categorical_features)]
    return kinds | dict.fromkeys(chosen, "category")


def _listed(features: Any) -> list[Any]:
    """Return names or positions as a list. A boolean mask is converted to positions."""
    if features is None:
        return []
    if isinstance(features, str) or not isinstance(features, Iterable):
        return [features]
    features = [f.item() if isinstance(f, np.generic) else f for f in features]
    if features and all(isinstance(feature, bool) for feature in features):
        return [position for position, chosen in enumerate(features) if chosen]
    return features


def _unmasked(X: Any) -> Any:
    """Replace masked values, which NumPy would treat as data, with missing values."""
    if not isinstance(X, np.ma.MaskedArray):
        return X
    if X.dtype.kind in "biuf":
        return np.ma.filled(X.astype(np.float64), np.nan)
    return np.ma.filled(X.astype(object), None)


def _check_size(frame: pl.DataFrame, fewest: int) -> None:
    if frame.width == 0:
        raise InvalidInput(
            f"Found 0 feature(s) (shape={frame.shape}) while a minimum of 1 is "
            "required. Pass at least one column."
        )
    if frame.height < fewest:
        raise InvalidInput(
            f"Found {frame.height} sample(s) (shape={frame.shape}) while a minimum of "
            f"{fewest} is required. Add rows."
        )


def _holds_text(X: Any) -> bool:
    """Return whether inputs that are not a frame contain non-numeric values."""
    try:
        array = np.asarray(X)
        if array.dtype.kind == "O":
            array.astype(np.float64)
    except (TypeError, ValueError):
        return True
    return array.dtype.kind in "US"


def _series(name: str, cells: np.ndarray) -> pl.Series:
    """Return a numeric column if all cells are numbers, and a text column otherwise."""
    if cells.dtype.kind == "O":
        try:
            return pl.Series(name, cells.astype(np.float64))
        except (TypeError, ValueError):
            pass
    text = [None if _is_missing(cell) else str(cell) for cell in cells]
    return pl.Series(name, text, dtype=pl.String)


def _is_missing(cell: Any) -> bool:
    # NaN differs from itself, and so does pandas.NaT; pandas.NA has no truth value.
    return cell is None or type(cell).__name__ == "NAType" or bool(cell != cell)


def _pandas_dtypes(X: Any) -> Iterable[Any]:
    return getattr(X, "dtypes", ()) if hasattr(X, "iloc") else ()


def _name_of(feature: str | int, frame: pl.DataFrame) -> str:
    """Return the name of a column, given its name or position."""
    names: Mapping[Any, str] = dict(enumerate(frame.columns))
    names = {**names, **dict(zip(frame.columns, frame.columns, strict=True))}
    if feature not in names:
        rule = "feature in X.columns"
        fix = "Write the name or the position of a column."
        raise InvalidInput(fault(rule, "categorical_features", feature, fix))
    return names[feature]

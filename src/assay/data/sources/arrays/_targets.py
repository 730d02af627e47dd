"""Reads the targets of arrays."""

import math
from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, fault
from assay.data.columns._wording import not_unicode
from assay.data.sources.arrays._image_and_series_arrays import is_numeric
from assay.data.sources.arrays._tensors import as_numpy
from assay.data.sources.frames._frames import frame_of, is_frame

__all__ = ["as_vector", "is_one_hot", "vector_of"]

# Polars supports few operations on Float16, and has no float type larger than Float64.
_CONVERTED = {np.dtype(np.float16): np.float32, np.dtype(np.longdouble): np.float64}
_REAL = "Write y.real."


def vector_of(targets: Any, faults: Faults) -> pl.Series:
    """Return targets (n,) as a column, and add a fault if they are invalid."""
    if isinstance(targets, pl.Series):
        return targets
    if is_frame(targets):
        columns = frame_of(targets).get_columns()
        if len(columns) == 1:
            return columns[0]
    if isinstance(targets, np.ma.MaskedArray):
        targets = np.ma.filled(targets.astype(object), None)
    try:
        values = np.asarray(as_numpy(targets))
    except ValueError:  # rows of different lengths
        fix = "Pass one number or class per row."
        faults.add(fault("y.ndim == 1", "y", "rows of different lengths", fix))
        return pl.Series()
    if values.ndim == 0 and values.dtype.kind in "OU":
        faults.add(
            "The targets must be an array or a list, but got a "
            f"{type(targets).__name__}. {_as_list(targets)}"
        )
        return pl.Series()
    values = as_vector(values)
    if values.ndim != 1:
        name = "y" if isinstance(targets, np.ndarray) else "np.asarray(y)"
        fix = f"Pass one number or class per row{_how_to_convert(values, name)}."
        faults.add(fault("y.ndim == 1", "y.shape", values.shape, fix))
        return pl.Series()
    if values.dtype.kind == "c":
        faults.add(fault("y.dtype.kind != 'c'", "y.dtype", str(values.dtype), _REAL))
        return pl.Series()
    return _column(values, faults)


def _column(values: np.ndarray, faults: Faults) -> pl.Series:
    """Return a vector as a column, and add a fault for text that is not Unicode."""
    if values.dtype in _CONVERTED:
        values = values.astype(_CONVERTED[values.dtype])
    if values.dtype.kind in "mM":
        values = values.astype(f"{values.dtype.kind}8[us]")
    try:
        if values.dtype.kind == "S":  # HDF5 files store text as bytes
            values = np.array([value.decode() for value in values.tolist()])
        if values.dtype.kind in "OU":
            return pl.Series([_plain(value) for value in values], strict=False)
        return pl.Series(np.ascontiguousarray(values))
    except (UnicodeEncodeError, UnicodeDecodeError) as error:
        fix = "Convert them to valid text."
        faults.add(f"The targets contain {not_unicode(error)}. {fix}")
        return pl.Series()


def _as_list(targets: Any) -> str:
    """Return a hint on how to pass targets that are not an array or a list."""
    if hasattr(targets, "toarray"):
        return "Write y.toarray().ravel()."
    if isinstance(targets, Iterable) and not isinstance(targets, str | Mapping | Set):
        return "Write list(y)."
    if isinstance(targets, str):
        return f"To name a column, write load(frame, target={targets!r})."
    return "Pass one number or class per row, in the order of the rows."


def as_vector(values: np.ndarray) -> np.ndarray:
    """Return an array (n, 1) as a vector (n,), and other arrays unchanged."""
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values


def is_one_hot(values: np.ndarray) -> bool:
    """Return whether each row of (n, num_classes) is zero except for a single 1."""
    if values.ndim != 2 or not is_numeric(values):
        return False
    return bool(np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all())


def _how_to_convert(values: np.ndarray, name: str) -> str:
    """Return a hint on how to convert targets to a vector, or "" if there is none."""
    if values.ndim == 2 and len(values) == 1:
        return f", such as {name}.ravel()"
    return f", such as {name}.argmax(axis=1)" if is_one_hot(values) else ""


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if type(value).__name__ == "NAType":  # pandas.NA
        return None
    return None if isinstance(value, float) and math.isnan(value) else value

"""Data in memory as NumPy arrays: a table, images, or series."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, fault
from assay.data.sources._frames import frame_of, is_frame
from assay.data.table._array_cells import Series, series_cells
from assay.data.table._table import Source, Table

__all__ = [
    "ARRAYS",
    "FEATURE_NAMES",
    "LENGTHS",
    "PAIRS",
    "table_of_arrays",
    "vector_of",
]

PAIRS = (("X", "y"), ("inputs", "targets"), ("images", "labels"))
"""Names that arrays of inputs and of targets go by."""

FEATURE_NAMES = "feature_names"
LENGTHS = "lengths"
INPUTS = "X"  # the column that images or series become


def table_of_arrays(
    inputs: Any,
    targets: Any = None,
    *,
    names: Any = None,
    lengths: Any = None,
    source: str = "arrays",
) -> Table:
    """Return a table of inputs and targets (n,).

    Args:
        inputs: numbers (n, d), a frame, images (n, height, width[, channels]), or
            series (n, steps, channels), or a list of them if their lengths differ.
        targets: a class or a number for each.
        names: of the columns of (n, d).
        lengths: (n,), steps of each series; the rest of (n, steps[, channels]) pads.
        source: what to call it.

    Raises:
        InputError: a shape or a kind of value does not fit.
    """
    faults = Faults()
    kinds = {} if lengths is None else {INPUTS: "sequence"}
    if is_frame(inputs):
        frame = frame_of(inputs)
    elif (cells := _cells(inputs, lengths, faults)) is not None:
        frame = pl.DataFrame([cells])
    else:
        frame = _columns(inputs, names, faults)
    if targets is None:
        faults.raise_if_any()
        return Table(frame, name="table", source=source, kinds=kinds)
    values = vector_of(targets, faults)
    # A column brings its name; one of pandas may have none.
    target = str(getattr(targets, "name", values.name) or "target")
    if not faults.messages and len(values) != frame.height:
        faults.add(
            fault(
                "len(X) == len(y)",
                "lengths",
                (frame.height, len(values)),
                "Give one target for every row.",
            )
        )
    if target in frame.columns:
        faults.add(
            fault(
                "no column of X bears the target's name",
                "target",
                target,
                "Rename or drop that column.",
            )
        )
    faults.raise_if_any()
    frame = frame.with_columns(values.alias(target))
    return Table(frame, name="table", source=source, target=target, kinds=kinds)


def _cells(inputs: Any, lengths: Any, faults: Faults) -> pl.Series | None:
    """Return a column of images or series; None if the inputs are a table."""
    values = _array(inputs)
    if values is None:
        return _uneven(inputs)
    if lengths is not None:
        return _padded(values, np.asarray(lengths), faults)
    if values.dtype.kind not in "biuf" or values.ndim not in (3, 4):
        return None
    if not values.size:
        told = "Give every example at least one number."
        faults.add(fault("X holds numbers", "X.shape", values.shape, told))
        return None
    if values.dtype.kind == "b" or values.dtype == np.float16:
        values = values.astype(np.uint8 if values.dtype.kind == "b" else np.float32)
    return pl.Series(INPUTS, np.ascontiguousarray(values))


def _padded(
    values: np.ndarray, lengths: np.ndarray, faults: Faults
) -> pl.Series | None:
    if values.dtype.kind not in "biuf" or values.ndim not in (2, 3):
        told = "Write X as (series, steps, channels), padded to the longest."
        faults.add(fault("X holds series", "X.shape", values.shape, told))
    elif lengths.shape != values.shape[:1] or lengths.dtype.kind not in "iu":
        told = "Give the number of steps of every series."
        faults.add(
            fault(
                "lengths has the shape (series,)", "lengths.shape", lengths.shape, told
            )
        )
    elif lengths.size and not (1 <= lengths.min() and lengths.max() <= values.shape[1]):
        wrong = np.flatnonzero((lengths < 1) | (lengths > values.shape[1]))
        told = f"{len(wrong)} are not, the first is row {wrong[0]}."
        rule = f"1 <= lengths <= {values.shape[1]}"
        faults.add(fault(rule, "lengths", int(lengths[wrong[0]]), told))
    if faults.messages:
        return None
    if values.ndim == 2:
        values = values[..., None]
    real = np.arange(values.shape[1]) < lengths[:, None]
    flat = values[real].astype(np.float32)
    return series_cells(INPUTS, Series(flat, lengths.astype(np.int64)))


def _array(inputs: Any) -> np.ndarray | None:
    """Return inputs as an array; None if they are a list of unequal ones."""
    try:
        return np.asarray(inputs)
    except ValueError:
        return None


def _uneven(inputs: Any) -> pl.Series | None:
    """Return a column of series of unequal lengths; None if it cannot be one."""
    found = []
    for one in inputs:
        array = _array(one)
        if array is None or not array.size or array.dtype.kind not in "biuf":
            return None
        found.append(array[:, None] if array.ndim == 1 else array)
    channels = {array.shape[1] if array.ndim == 2 else None for array in found}
    if len(channels) > 1 or None in channels:
        return None
    lengths = np.array([len(array) for array in found])
    flat = np.concatenate(found).astype(np.float32)
    return series_cells(INPUTS, Series(flat, lengths))


def _columns(inputs: Any, names: Any, faults: Faults) -> pl.DataFrame:
    values: Any = _array(inputs)
    if values is None:  # rows of different lengths
        values = np.empty(0, dtype=object)
    if values.dtype.kind not in "biuf":
        faults.add(
            fault(
                "X holds numbers",
                "X.dtype",
                str(values.dtype),
                "Give words and mixed columns as a polars or pandas frame.",
            )
        )
    elif values.ndim != 2 or not values.shape[1]:
        faults.add(
            fault(
                "X has the shape (examples, features)",
                "X.shape",
                values.shape,
                "Write X.reshape(len(X), -1).",
            )
        )
    if faults.messages:
        return pl.DataFrame()
    if values.dtype == np.float16:  # polars has no 16-bit column of its own
        values = values.astype(np.float32)
    if names is None:
        names = [f"feature_{position}" for position in range(values.shape[1])]
    names = [str(name) for name in names]
    if len(names) != values.shape[1] or len(set(names)) != len(names):
        faults.add(
            fault(
                f"{FEATURE_NAMES} holds {values.shape[1]} different names",
                FEATURE_NAMES,
                names,
                "Write one name a column.",
            )
        )
        return pl.DataFrame()
    return pl.DataFrame(
        [
            pl.Series(name, np.ascontiguousarray(column))
            for name, column in zip(names, values.T, strict=True)
        ]
    )


def vector_of(targets: Any, faults: Faults) -> pl.Series:
    """Return targets (n,) as a column; collects that they have another shape."""
    if isinstance(targets, pl.Series):
        return targets
    if is_frame(targets):
        columns = frame_of(targets).get_columns()
        if len(columns) == 1:
            return columns[0]
    values = np.asarray(targets)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        faults.add(
            fault(
                "y has the shape (examples,)",
                "y.shape",
                values.shape,
                "Give one number or one class a row, such as y.argmax(axis=1).",
            )
        )
        return pl.Series()
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    if values.dtype.kind in "OU":
        return pl.Series([_plain(value) for value in values], strict=False)
    return pl.Series(np.ascontiguousarray(values))


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and math.isnan(value) else value


def _accepts(given: Any) -> bool:
    if isinstance(given, Mapping):
        # {"X": [...], "y": [...]} of plain lists is a mapping of two columns.
        return any(
            set(pair) == set(given) - {LENGTHS} and _has_axes(given[pair[0]])
            for pair in PAIRS
        )
    return isinstance(given, np.ndarray) or (
        isinstance(given, tuple | list) and len(given) == 2
    )


def _has_axes(given: Any) -> bool:
    values = _array(given)
    return values is None or values.ndim > 1


def _read(given: Any) -> Table:
    if isinstance(given, Mapping):
        names = set(given) - {LENGTHS}
        x, y = next(pair for pair in PAIRS if set(pair) == names)
        return table_of_arrays(given[x], given[y], lengths=given.get(LENGTHS))
    if isinstance(given, np.ndarray):
        return table_of_arrays(given)
    return table_of_arrays(*given)


ARRAYS = Source(
    "arrays",
    "(X, y): inputs (n, d), images or series, and targets (n,)",
    _accepts,
    _read,
)
"""The source for arrays in memory."""

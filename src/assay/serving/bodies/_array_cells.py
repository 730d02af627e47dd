"""Reads images and sequences that are sent as nested lists of numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults
from assay.serving.bodies._schema import InputColumn

__all__ = ["array_column"]

_MOST_FAULTS = 10


def array_column(
    column: InputColumn, values: Sequence[Any], faults: Faults
) -> pl.Series | None:
    """Return cells as a column of arrays, or None if any cell is invalid.

    Args:
        column: description of the column.
        values: one nested list of numbers per row. Grayscale images may have the shape
            (height, width), and sequences with one channel may have the shape (steps,).
            A missing step is null.
        faults: collects the errors in the cells.
    """
    arrays = [_array(value) for value in values]
    bad = [row for row, array in enumerate(arrays) if not _fits(column, array)]
    for row in bad[:_MOST_FAULTS]:
        faults.add(
            f"Row {row} of {column.name!r} must be an array of shape "
            f"{_shape(column)}, but {_has(arrays[row])}. Send nested lists."
        )
    if bad[_MOST_FAULTS:]:
        faults.add(f"Other rows with the wrong shape: {len(bad) - _MOST_FAULTS}.")
    if bad or not arrays:
        return None
    cells = [
        array.reshape(-1, *column.shape[1:]) for array in arrays if array is not None
    ]
    if column.uneven:
        dtype = pl.List(pl.Array(pl.Float32, column.shape[1]))
        return pl.Series(column.name, [c.tolist() for c in cells], dtype=dtype)
    return pl.Series(column.name, np.ascontiguousarray(np.stack(cells)))


def _array(value: Any) -> np.ndarray | None:
    """Convert a nested list to an array of numbers; return None if it is invalid."""
    if not isinstance(value, list):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # raised if the nested lists have different lengths
        return None
    if array.dtype.kind == "O" and all(_is_number(v) for v in array.flat):
        array = array.astype(np.float64)  # converts None to nan
    return array if array.dtype.kind in "iuf" and array.size else None


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or is_number


def _fits(column: InputColumn, array: np.ndarray | None) -> bool:
    if array is None:
        return False
    shape = array.shape
    if column.shape[-1] == 1 and len(shape) == len(column.shape) - 1:
        shape = (*shape, 1)
    # If lengths may vary, do not compare the number of steps.
    first = int(column.uneven)
    return len(shape) == len(column.shape) and shape[first:] == column.shape[first:]


def _shape(column: InputColumn) -> str:
    if not column.uneven:
        return str(column.shape)
    return f"(steps, {column.shape[1]})"


def _has(array: np.ndarray | None) -> str:
    return "is not an array of numbers" if array is None else f"has shape {array.shape}"

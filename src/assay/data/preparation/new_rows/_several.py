"""Explains how to pass new rows that are divided among several tables or arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assay._errors import InputError, fault
from assay.data.sources.frames._frames import is_pandas, is_table, key_of_part

__all__ = ["check_one_source"]

_ROW_AXES = {"table": 1, "text": 1, "sequence": 2, "image": 3}
"""Maximum number of axes of one row."""

_NUMBERS = int | float | np.number


def check_one_source(source: Any, kind: str, *, long: bool) -> None:
    """Raise an InputError if new rows must be joined or are a single row.

    Args:
        source: new rows in any form.
        kind: kind of the inputs: "table", "image", "sequence" or "text".
        long: whether tables contain one step of a sequence per row.
    """
    if source is None or isinstance(source, _NUMBERS):
        raise InputError(
            "New rows must be a table, an array or a file path, but got "
            f"{source!r}. Write one list for each row, such as [[1.5, 2]]."
        )
    if isinstance(source, list | tuple | set) and not source:
        raise InputError(
            f"The source is an empty {type(source).__name__}, so there is no row to "
            "predict. Pass one item for each row."
        )
    key = key_of_part(source) if isinstance(source, Mapping | tuple) else None
    if key is not None:
        raise InputError(
            "The source contains several data sets. Pass them one by one, such as "
            f"source[{key!r}]."
        )
    if isinstance(source, Mapping) and source and all(map(_is_cell, source.values())):
        raise InputError("The source is a single row. Write [source].")
    if not isinstance(source, list | tuple) or not source:
        return
    if isinstance(source, list) and all(map(is_table, source)):
        arrays = "[frame.to_numpy() for frame in source]"  # one sequence each
        fix = arrays if kind == "sequence" and not long else _joined(source)
        raise InputError(f"The source is a list of frames. Write {fix}.")
    if _are_batches(source, _ROW_AXES[kind]):
        raise InputError(
            f"The source is a {type(source).__name__} of arrays with several rows "
            "each. Write np.concatenate(source)."
        )
    if kind == "table" and all(isinstance(x, _NUMBERS) for x in source):
        fix = "Write [source] for one row, or [[value] for value in source] for rows "
        fix += "with one value."
        raise InputError(fault("X.ndim == 2", "X.shape", (len(source),), fix))


def _joined(frames: Sequence[Any]) -> str:
    if all(isinstance(frame, np.ndarray) for frame in frames):
        return "np.concatenate(source)"
    return f"{'pd' if all(map(is_pandas, frames)) else 'pl'}.concat(source)"


def _are_batches(source: Sequence[Any], row_axes: int) -> bool:
    """Return whether all items are arrays of rows with the same shape."""
    if not all(isinstance(item, np.ndarray) for item in source):
        return False
    shapes = {item.shape[1:] for item in source}
    return len(shapes) == 1 and all(item.ndim > row_axes for item in source)


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, str | _NUMBERS)

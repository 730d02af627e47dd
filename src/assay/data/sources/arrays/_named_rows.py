"""Aligns the columns of frames or pandas rows in a list by name."""

from typing import Any

import polars as pl

from assay._errors import InputError
from assay.data.sources.frames._frames import is_pandas

__all__ = ["aligned"]


def aligned(rows: Any) -> tuple[Any, list[str] | None]:
    """Return frames or rows with their columns in the order of the first item.

    Returns:
        The frames or rows, and their column names (None if they have none).

    Raises:
        InputError: the rows have different columns.

    Example:
        >>> frames = [pl.DataFrame({"a": [1], "b": [2]})]
        >>> frames += [pl.DataFrame({"b": [4], "a": [3]})]
        >>> [frame.row(0) for frame in aligned(frames)[0]]
        [(1, 2), (3, 4)]
    """
    if not isinstance(rows, list) or not rows:
        return rows, None
    labels = [_names(row) for row in rows]
    first = labels[0]
    if first is None or None in labels:
        return rows, None
    for number, names in enumerate(labels):
        if names is not None and sorted(names) != sorted(first):
            raise InputError(
                f"The items of a list must have the same columns, but item 0 has "
                f"{first!r} and item {number} has {names!r}. If all items have the "
                f"columns of item 0, write [item[{first!r}] for item in source]."
            )
    pairs = zip(rows, labels, strict=True)
    return [row if names == first else row[first] for row, names in pairs], first


def _names(row: Any) -> list[str] | None:
    """Return the column names of a frame or a pandas row, or None."""
    if not isinstance(row, pl.DataFrame) and not is_pandas(row):
        return None
    labels: Any = getattr(row, "columns", None)
    names: list[Any] = list(getattr(row, "index", ()) if labels is None else labels)
    are_names = all(isinstance(name, str) for name in names)
    return names if names and are_names and len({*names}) == len(names) else None

"""Limits the nesting depth of the cells in a table."""

from collections.abc import Iterator

import polars as pl

from assay._errors import InputError

__all__ = ["MOST_LEVELS", "check_nesting"]

MOST_LEVELS = 8
"""Maximum depth of nested lists in a cell. A series of color images needs 4."""


def check_nesting(frame: pl.DataFrame) -> None:
    """Raise an InputError if lists are nested too deeply.

    NumPy and polars support a limited number of levels, and slow down before the limit.

    Example:
        >>> check_nesting(pl.DataFrame({"image": [[[1, 2], [3, 4]]]}))
    """
    for name, dtype in frame.schema.items():
        if _is_too_deep(dtype):
            raise InputError(
                f"The column {name!r} contains lists that are nested more than "
                f"{MOST_LEVELS} levels deep. Remove the column, or write the numbers "
                "of each cell as one list."
            )


def _is_too_deep(dtype: pl.DataType) -> bool:
    level = [dtype]
    for _ in range(MOST_LEVELS + 1):
        level = [part for item in level for part in _parts(item)]
        if not level:
            return False
    return True


def _parts(dtype: pl.DataType) -> Iterator[pl.DataType]:
    """Yield the types inside a list, an array or a struct."""
    if isinstance(dtype, pl.List | pl.Array):
        yield dtype.inner  # type: ignore[misc]
    elif isinstance(dtype, pl.Struct):
        yield from (field.dtype for field in dtype.fields)  # type: ignore[misc]

"""Recognizes columns in which only the first row of each merged cell has a value."""

import polars as pl

__all__ = ["values_are_merged"]

MIN_BLOCK_ROWS = 3
"""Minimum mean number of rows per value. With fewer, gaps may be missing values."""


def values_are_merged(cells: pl.Series) -> bool:
    """Return whether each value occurs once, above a block of empty cells.

    There must be at least two blocks, and together they must cover all rows.

    Example:
        >>> values_are_merged(pl.Series(["a", None, None, "b", None, None, None]))
        True
        >>> values_are_merged(pl.Series(["a", None, None, "a", None, None, None]))
        False
    """
    values = cells.drop_nulls()
    if len(values) < 2 or cells[0] is None or cells[-1] is not None:
        return False
    return values.n_unique() == len(values) <= len(cells) / MIN_BLOCK_ROWS

"""Processes each distinct cell of a column only once."""

import math
from collections.abc import Callable

import polars as pl

__all__ = ["on_distinct"]

_FEW_CELLS = 10_000  # with fewer cells, reading only distinct cells saves little time
_SAMPLE_CELLS = 1_000
_MAX_DISTINCT_SHARE = 0.1


def on_distinct(
    cells: pl.Series, function: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Apply a function that handles each cell independently.

    If a long column of text has few distinct values, each distinct value is passed to
    the function only once.

    Example:
        >>> on_distinct(pl.Series(["a", None, "bc"]), lambda c: c.str.len_bytes()).sum()
        3
    """
    if cells.dtype != pl.String or len(cells) < _FEW_CELLS:
        return function(cells)
    most = _MAX_DISTINCT_SHARE * len(cells)
    # the expected number of distinct values in the sample if the column has `most`
    expected = most * -math.expm1(-_SAMPLE_CELLS / most)
    if cells.head(_SAMPLE_CELLS).n_unique() > expected:
        return function(cells)
    distinct = cells.unique()
    if len(distinct) > most:
        return function(cells)
    known = distinct.drop_nulls()
    distinct = pl.concat([known, pl.Series([None], dtype=pl.String)])
    results = function(distinct)
    if results.dtype == pl.String and results.equals(distinct):
        return cells  # copying a long column would take 16 bytes per cell
    if results.null_count() == len(results):
        nothing = pl.repeat(None, len(cells), dtype=results.dtype, eager=True)
        return nothing.alias(cells.name)
    codes = cells.cast(pl.Enum(known)).to_physical()
    return results.gather(codes.fill_null(len(known)).cast(pl.UInt32)).alias(cells.name)

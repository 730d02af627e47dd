"""Reads many columns in the same human-readable format at once."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl

from assay.data.columns._parse import is_rewritten, is_rewritten_date, read_as
from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._numbers import (
    ANY_SIGN,
    LEADING_ZERO,
    has_decimal_commas,
)
from assay.data.columns.formats._style import (
    DAY_FIRST,
    DECIMAL_COMMA,
    MONTH_FIRST,
    OFFSETS_AT_MIDNIGHT,
    UTC_OFFSETS,
    describe_style,
)
from assay.data.columns.formats._units import units_of
from assay.data.columns.formats.dates._date_style import (
    order_problem,
    short_year_problem,
    short_years,
)
from assay.data.columns.formats.dates._dates import (
    MONTH_NAME,
    plain_dates,
    slash_dates,
)
from assay.data.columns.formats.dates._moments import may_have_offsets, offsets_in
from assay.data.columns.formats.dates._periods import (
    MONTH_WITH_POINT,
    is_day_of_year,
    is_season,
)
from assay.data.columns.together._stacked import Stacked, Typed

__all__ = ["choose", "styled_dates", "unambiguous_dates", "with_style"]

_FIRST_ROWS = 1_000  # examples are taken from these rows if possible
_DATE = rf"(?i)^\d{{1,2}}(?:[-/.]\d{{1,2}}[-/.]|[ -]{MONTH_NAME}[ -])\d{{4}}"


def styled_dates(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the columns of dates such as 31.12.2024, 12/31/2024 and 08.2022.

    Dates with two-digit years, and dates whose day and month could be swapped, cannot
    be read.
    """
    if len(columns) < 2:
        return
    stacked = Stacked(columns)
    text, count = stacked.text, stacked.count
    are_months = count(text.str.contains(MONTH_WITH_POINT)) == stacked.num_values
    are_months &= count(text.str.contains(LEADING_ZERO)) > 0
    yield from with_style(choose(columns, are_months), "date", "")
    is_number = read_as(text, "number").values.is_not_null()
    is_other = is_number | _has_sign_or_unit(text) | may_have_offsets(text)
    may_be_dates = (count(is_other) == 0) & (stacked.num_values > 0)
    is_date = read_as(text, "date").values.is_not_null()
    is_date |= text.str.contains(_DATE).fill_null(False)
    are_dates = may_be_dates & (count(is_date) == stacked.num_values)
    are_dates &= ~_may_be_codes(stacked)
    yield from _unusable(stacked, may_be_dates, short_years(text), short_year_problem)
    first, second = slash_dates(text)
    day_first, month_first = (count(part > 12) > 0 for part in (first, second))
    has_slashes = count(text.str.contains("/", literal=True)) > 0
    for style, have_style in (
        ("", ~day_first & ~month_first & ~has_slashes),
        (DAY_FIRST, day_first & ~month_first),
        (MONTH_FIRST, month_first & ~day_first),
    ):
        yield from with_style(choose(columns, are_dates & have_style), "date", style)
    is_slashed = text.str.contains("/", literal=True) & first.is_not_null()
    are_unclear = are_dates & ~day_first & ~month_first
    yield from _unusable(stacked, are_unclear, is_slashed, order_problem)


def _unusable(
    stacked: Stacked,
    chosen: np.ndarray,
    mask: pl.Series,
    problem: Callable[[str], str],
) -> Iterator[Typed]:
    """Yield, as unusable, the chosen columns in which a mask is true for all values.

    Args:
        stacked: the columns.
        chosen: mask of the columns (columns,).
        mask: mask of the cells.
        problem: function that takes an example and returns the reason it cannot be
            read.
    """
    chosen = chosen & (stacked.count(mask) == stacked.num_values)
    examples = stacked.first(mask)
    for position in np.flatnonzero(chosen).tolist():
        cells = stacked.part(stacked.text, position)
        yield Typed(cells, "unusable", problem(examples[position]))


def unambiguous_dates(
    columns: Sequence[pl.Series], dates: pl.Series
) -> Iterator[Typed]:
    """Yield the columns of unambiguous dates, with or without UTC offsets.

    Args:
        columns: columns in which all values are dates that can be read without a style.
        dates: the cells of all columns, read as dates.
    """
    if not columns:
        return
    stacked = Stacked(columns)
    text, count = stacked.text, stacked.count
    usable = ~_may_be_codes(stacked)
    plain = plain_dates(text)
    num_offsets, num_midnights = map(count, offsets_in(plain))
    have_offsets = (count(may_have_offsets(text)) > 0) & (num_offsets > 0)
    are_days = have_offsets & (num_midnights == num_offsets)
    examples = stacked.first(is_rewritten_date(text, plain))
    for position in np.flatnonzero(usable & ~are_days).tolist():
        style = UTC_OFFSETS if have_offsets[position] else ""
        column = stacked.part(dates, position)
        reason = f"dates{describe_style(style)}"
        yield Typed(column, "date", reason, style, examples[position])
    days = choose(columns, usable & are_days)
    yield from with_style(days, "date", OFFSETS_AT_MIDNIGHT)


def _may_be_codes(stacked: Stacked) -> np.ndarray:
    """Return a mask of the columns whose values may be codes, as in `may_be_codes`."""
    text, count = stacked.text, stacked.count
    num_cells = count(text.is_not_null())
    are_days = count(is_day_of_year(text)) == num_cells
    return are_days | (count(is_season(text)) == num_cells)


def _has_sign_or_unit(text: pl.Series) -> pl.Series:
    has_unit = units_of(ordinary_notation(text)).is_not_null()
    return has_unit | text.str.contains(ANY_SIGN).fill_null(False)


def choose(columns: Sequence[pl.Series], mask: np.ndarray) -> list[pl.Series]:
    """Return the columns selected by a mask (columns,)."""
    return [columns[position] for position in np.flatnonzero(mask).tolist()]


def with_style(columns: Sequence[pl.Series], kind: str, style: str) -> Iterator[Typed]:
    """Yield the columns whose values can all be read in the given style."""
    if not columns:
        return
    stacked = Stacked(columns)
    values = read_as(stacked.text, kind, style).values
    num_read = stacked.count(values.is_not_null())
    are_read = (num_read == stacked.num_values) & (num_read > 0)
    examples = _examples(stacked, kind, style)
    reason = f"{kind}s{describe_style(style)}"
    for position in np.flatnonzero(are_read).tolist():
        column = stacked.part(values, position)
        yield Typed(column, kind, reason, style, examples[position])


def _examples(stacked: Stacked, kind: str, style: str) -> list[str]:
    """Return, for each column, a cell that is not in a plain format, or ""."""
    rewritten = is_rewritten(stacked.text, kind, style)
    masks = [rewritten]
    if style.startswith(DECIMAL_COMMA):  # prefer an example with a decimal comma
        num_rows = len(stacked.columns[0])
        is_first = np.tile(np.arange(num_rows) < _FIRST_ROWS, len(stacked.columns))
        commas = rewritten & has_decimal_commas(stacked.text)
        masks = [commas, rewritten]
        if num_rows > _FIRST_ROWS:
            masks = [mask & pl.Series(is_first) for mask in masks] + masks
    found = zip(*map(stacked.first, masks), strict=True)
    return [next(filter(None, cells), "") for cells in found]

"""Reads columns that share a human-readable format at once."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from assay.data.columns._parse import is_rewritten, read_as
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
    describe_style,
)
from assay.data.columns.formats._units import units_of
from assay.data.columns.formats.dates._dates import MONTH_NAME, slash_dates
from assay.data.columns.formats.dates._moments import may_have_offsets
from assay.data.columns.formats.dates._periods import MONTH_WITH_POINT
from assay.data.columns.together._stacked import Stacked, Typed

__all__ = ["choose", "styled_dates", "with_style"]

_FIRST_ROWS = 1_000  # examples are preferably taken from these rows
_DATE = rf"(?i)^\d{{1,2}}(?:[-/.]\d{{1,2}}[-/.]|[ -]{MONTH_NAME}[ -])\d{{4}}"


def styled_dates(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the columns of dates such as 31.12.2024, 12/31/2024 and 08.2022."""
    if len(columns) < 2:
        return
    stacked = Stacked(columns)
    text, count = stacked.text, stacked.count
    are_months = count(text.str.contains(MONTH_WITH_POINT)) == stacked.num_values
    are_months &= count(text.str.contains(LEADING_ZERO)) > 0
    yield from with_style(choose(columns, are_months), "date", "")
    is_number = read_as(text, "number").values.is_not_null()
    are_dates = count(text.str.contains(_DATE)) == stacked.num_values
    are_others = is_number | _has_sign_or_unit(text) | may_have_offsets(text)
    are_dates &= count(are_others) == 0
    first, second = slash_dates(text)
    day_first, month_first = (count(part > 12) > 0 for part in (first, second))
    has_slashes = count(text.str.contains("/", literal=True)) > 0
    for style, have_style in (
        ("", ~day_first & ~month_first & ~has_slashes),
        (DAY_FIRST, day_first & ~month_first),
        (MONTH_FIRST, month_first & ~day_first),
    ):
        yield from with_style(choose(columns, are_dates & have_style), "date", style)


def _has_sign_or_unit(text: pl.Series) -> pl.Series:
    has_unit = units_of(ordinary_notation(text)).is_not_null()
    return has_unit | text.str.contains(ANY_SIGN).fill_null(False)


def choose(columns: Sequence[pl.Series], mask: np.ndarray) -> list[pl.Series]:
    """Return the columns selected by a mask (columns,)."""
    return [columns[position] for position in np.flatnonzero(mask).tolist()]


def with_style(columns: Sequence[pl.Series], kind: str, style: str) -> Iterator[Typed]:
    """Yield the columns whose values can all be read in a style."""
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
    """Return a cell of each column in a human-readable format, or ""."""
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

"""Reads columns of numbers or dates that share a human-readable format at once."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from assay.data.columns._parse import is_rewritten, read_as
from assay.data.columns.formats._names import (
    DAY_FIRST,
    DECIMAL_COMMA,
    MONTH_FIRST,
    describe_style,
)
from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._numbers import (
    ANY_SIGN,
    has_decimal_commas,
    is_too_large,
    plain_numbers,
)
from assay.data.columns.formats._units import units_of
from assay.data.columns.formats.dates._dates import MONTH_NAME, slash_dates
from assay.data.columns.together._stacked import Stacked, Typed

__all__ = ["comma_numbers", "styled_dates"]

_FIRST_ROWS = 1_000  # an example that occurs later may not be the one that is reported
_DATE = rf"(?i)^\d{{1,2}}(?:[-/.]\d{{1,2}}[-/.]|[ -]{MONTH_NAME}[ -])\d{{4}}"


def comma_numbers(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the columns of numbers with decimal commas, without signs and units.

    Args:
        columns: text columns of a table whose numbers have decimal commas.
    """
    if len(columns) < 2:
        return
    stacked = Stacked(columns)
    text, count = stacked.text, stacked.count
    numbers = plain_numbers(ordinary_notation(text), DECIMAL_COMMA)
    chosen = count(numbers.is_not_null()) == stacked.num_values
    chosen &= count(_has_sign_or_unit(text) | is_too_large(text)) == 0
    has_comma = has_decimal_commas(text)
    in_first_rows = np.tile(np.arange(len(columns[0])) < _FIRST_ROWS, len(columns))
    chosen &= count(has_comma & pl.Series(in_first_rows)) > 0
    yield from _with_style(_chosen(columns, chosen), "number", DECIMAL_COMMA)


def styled_dates(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the columns of dates such as 31.12.2024 and 12/31/2024."""
    if len(columns) < 2:
        return
    stacked = Stacked(columns)
    text, count = stacked.text, stacked.count
    is_number = read_as(text, "number").values.is_not_null()
    are_dates = count(text.str.contains(_DATE)) == stacked.num_values
    are_dates &= count(is_number | _has_sign_or_unit(text)) == 0
    first, second = slash_dates(text)
    day_first, month_first = (count(part > 12) > 0 for part in (first, second))
    has_slashes = count(text.str.contains("/", literal=True)) > 0
    for style, have_style in (
        ("", ~day_first & ~month_first & ~has_slashes),
        (DAY_FIRST, day_first & ~month_first),
        (MONTH_FIRST, month_first & ~day_first),
    ):
        yield from _with_style(_chosen(columns, are_dates & have_style), "date", style)


def _has_sign_or_unit(text: pl.Series) -> pl.Series:
    has_unit = units_of(ordinary_notation(text)).is_not_null()
    return has_unit | text.str.contains(ANY_SIGN).fill_null(False)


def _chosen(columns: Sequence[pl.Series], mask: np.ndarray) -> list[pl.Series]:
    return [columns[position] for position in np.flatnonzero(mask).tolist()]


def _with_style(columns: Sequence[pl.Series], kind: str, style: str) -> Iterator[Typed]:
    """Yield the columns whose values can all be read in a style."""
    if not columns:
        return
    stacked = Stacked(columns)
    text = stacked.text
    values = read_as(text, kind, style).values
    rewritten = is_rewritten(text, kind, style)
    if style == DECIMAL_COMMA:  # examples without a comma would be confusing
        rewritten &= has_decimal_commas(text)
    num_read = stacked.count(values.is_not_null())
    are_read = (num_read == stacked.num_values) & (num_read > 0)
    reason, examples = f"{kind}s{describe_style(style)}", stacked.first(rewritten)
    for position in np.flatnonzero(are_read).tolist():
        column = stacked.part(values, position)
        yield Typed(column, kind, reason, style, examples[position])

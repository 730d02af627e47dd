"""Reads many columns of plain numbers, booleans, dates or words at once."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from assay.data.columns._parse import is_rewritten, read_as
from assay.data.columns._text_kind import (
    MAX_LARGE_SHARE,
    MAY_BE_NUMBER,
    TOO_MANY_DIGITS,
    WITH_LEADING_ZEROS,
)
from assay.data.columns.formats._number_style import may_need_style
from assay.data.columns.formats._numbers import (
    GROUP_OR_SMALL,
    LARGEST_EXACT,
    LEADING_ZERO,
    is_too_large,
)
from assay.data.columns.together._stacked import Stacked, Typed
from assay.data.columns.together._styled import choose, unambiguous_dates
from assay.data.table._column_names import names_where

__all__ = ["plain_mixtures", "plain_numbers", "plain_values", "plain_words"]

_FIRST_ROWS = 1_000  # enough to rule out most columns

_DIGITS = r"^[0-9]+$"
_MAY_BE_NAMES = r"^[+-]?(?:0[0-9]|[0-9]{16})"
"""Pattern of numbers with leading zeros, or with too many digits for a float64."""


def plain_values(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the columns of floats, booleans and integers that float64 can represent."""
    for cells in columns:
        if cells.dtype == pl.Boolean:
            yield Typed(cells, "boolean", "true and false")
    floats = [cells for cells in columns if cells.dtype.is_float()]
    if floats:
        for values in pl.DataFrame(floats).select(pl.all().fill_nan(None)):
            yield Typed(values, "number", "numbers")
    large = (pl.Int128, pl.UInt128)
    integers = [c for c in columns if c.dtype.is_integer() and c.dtype not in large]
    for cells in integers:
        bounds: list[Any] = [cells.min(), cells.max()]
        if all(abs(bound or 0) <= LARGEST_EXACT for bound in bounds):
            yield Typed(cells, "number", "numbers")


def plain_numbers(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the text columns that contain only plain numbers and empty cells."""
    if not columns:
        return
    text = pl.DataFrame(columns)
    numbers = text.select(pl.all().cast(pl.Float64, strict=False))
    unread = _differ(text.null_count(), numbers.null_count())
    if unread:  # rare, because few tables contain spaces around numbers
        stripped = text.select(pl.col(unread).str.strip_chars())
        filled = pl.when(pl.all().str.len_bytes() > 0).then(pl.all())
        text = text.with_columns(stripped.select(filled))
        numbers = text.select(pl.all().cast(pl.Float64, strict=False))
        unread = _differ(text.null_count(), numbers.null_count())
    names = [values.name for values in numbers if values.null_count() < len(values)]
    names = [name for name in names if name not in set(unread)]
    if not names:
        return
    doubtful = _may_be_thousands(text.select(names))
    doubtful.update(names_where(numbers, pl.col(names).is_nan()))
    doubtful.update(names_where(text, pl.col(names).str.contains(_MAY_BE_NAMES)))
    for name in names:
        if name not in doubtful:
            yield Typed(numbers[name], "number", "numbers")


def _may_be_thousands(text: pl.DataFrame) -> set[str]:
    """Return the names of the columns in which "." may be a thousands separator."""
    first = text.head(_FIRST_ROWS).select(pl.all().str.contains(GROUP_OR_SMALL).all())
    names = [
        name for name, fits in zip(text.columns, first.row(0), strict=True) if fits
    ]
    if not names:
        return set()
    return set(names_where(text, pl.col(names).str.contains(".", literal=True)))


def _differ(first: pl.DataFrame, second: pl.DataFrame) -> list[str]:
    """Return the names of the columns that differ between two one-row frames."""
    pairs = zip(first.columns, first.row(0), second.row(0), strict=True)
    return [name for name, a, b in pairs if a != b]


def plain_words(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the text columns that contain words but no digits."""
    if len(columns) < 2:
        return
    stacked = Stacked(columns)
    may_be_number = stacked.text.str.contains(MAY_BE_NUMBER)
    are_words = (stacked.count(may_be_number) == 0) & (stacked.num_values > 0)
    booleans = read_as(stacked.text, "boolean").values
    num_booleans = stacked.count(booleans.is_not_null())
    are_booleans = are_words & (num_booleans == stacked.num_values)
    yield from stacked.typed(booleans, are_booleans, "boolean", "true and false")
    yield from stacked.typed(
        stacked.text, are_words & ~are_booleans, "category", "words"
    )


def plain_mixtures(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the text columns that contain only numbers, only dates or only words.

    The columns may also contain words for "no value". Columns that mix kinds, or whose
    numbers or dates may need a style, are left to other functions.
    """
    if len(columns) < 2:
        return
    stacked = Stacked(columns)
    text, num_values, count = stacked.text, stacked.num_values, stacked.count
    numbers, dates = read_as(text, "number").values, read_as(text, "date").values
    num_numbers, num_dates = (count(v.is_not_null()) for v in (numbers, dates))
    is_doubtful = may_need_style(text)
    has_no_numbers = (num_numbers == 0) & (num_values > 0) & (count(is_doubtful) == 0)
    may_be_names = text.str.contains(LEADING_ZERO) | is_too_large(text)
    is_plain = ~is_rewritten(text, "number") & ~may_be_names
    are_numbers = (num_numbers == num_values) & (num_values > 0)
    are_numbers &= count(is_plain | text.is_null()) == len(columns[0])
    may_be_thousands = count(text.str.contains(GROUP_OR_SMALL)) == num_values
    may_be_thousands &= count(text.str.contains(".", literal=True)) > 0
    are_numbers &= ~may_be_thousands
    yield from stacked.typed(numbers, are_numbers, "number", "numbers")
    are_dates = has_no_numbers & (num_dates == num_values)
    yield from unambiguous_dates(
        choose(columns, are_dates), stacked.chosen(dates, are_dates)
    )
    are_words = has_no_numbers & (num_dates == 0)
    yield from stacked.typed(text, are_words, "category", "words")
    are_digits = (count(text.str.contains(_DIGITS)) == num_values) & (num_values > 0)
    are_names = are_digits & (count(text.str.contains(LEADING_ZERO)) > 0)
    yield from stacked.typed(text, are_names, "category", WITH_LEADING_ZEROS)
    are_large = are_digits & ~are_names
    are_large &= count(is_too_large(text)) > MAX_LARGE_SHARE * num_values
    yield from stacked.typed(text, are_large, "category", TOO_MANY_DIGITS)

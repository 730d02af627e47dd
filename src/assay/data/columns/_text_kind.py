"""Detects whether text contains numbers, dates, booleans or words."""

from dataclasses import replace

import polars as pl

from assay.data.columns._exclude import are_mostly_distinct
from assay.data.columns._parse import MISSING_WORDS, Reading, is_rewritten, read_as
from assay.data.columns.formats._durations import clock_problem
from assay.data.columns.formats._number_style import number_style
from assay.data.columns.formats._numbers import (
    ANY_SIGN,
    LEADING_ZERO,
    has_decimal_commas,
    is_too_large,
)
from assay.data.columns.formats._style import Style, describe_style
from assay.data.columns.formats.dates._date_style import date_style
from assay.data.columns.formats.dates._moments import with_offsets
from assay.data.columns.formats.dates._periods import MONTH_WITH_POINT, may_be_codes

__all__ = [
    "MAX_LARGE_SHARE",
    "MAY_BE_NUMBER",
    "MIN_NUMBER_SHARE",
    "MOSTLY",
    "MOSTLY_DATES",
    "MOSTLY_NUMBERS",
    "TOO_MANY_DIGITS",
    "WITH_LEADING_ZEROS",
    "differ",
    "kind_of_mixture",
    "kind_of_text",
    "style_of_numbers",
]

MOSTLY = 0.95
"""If at least this fraction of cells are numbers, the other cells count as typos."""

MIN_NUMBER_SHARE = 0.5
"""A column is probably numeric if at least this fraction of its cells are numbers."""

MOSTLY_NUMBERS = "of its values are numbers"
"""Part of the reason given for columns that mix numbers with other values."""

MOSTLY_DATES = "of its values are dates"
"""Part of the reason given for columns that mix dates with other values."""

WITH_LEADING_ZEROS = "digits with leading zeros"
TOO_MANY_DIGITS = "numbers with more than 15 digits"
"""Reasons to read digits as words."""

MAX_LARGE_SHARE = 0.5
"""Maximum fraction of a column's numbers that may exceed float64 precision."""

MAY_BE_NUMBER = r"(?i)\d|inf"


def kind_of_text(
    cells: pl.Series, decimal_commas: bool
) -> tuple[Reading, str, str, str]:
    """Return the typed values, kind, reason and style of a text column."""
    words = cells.drop_nulls()
    text = read_as(cells, "category")
    if not words.str.contains(MAY_BE_NUMBER).any():
        # Most columns of words are recognized here, without the slower attempts below.
        booleans = read_as(cells, "boolean")
        if booleans.values.null_count() < len(cells) and not booleans.stray.any():
            return booleans, "boolean", "true and false", ""
        return text, "category", "words", ""
    num_missing_words = int(words.is_in(MISSING_WORDS).sum())
    most = MOSTLY * (len(words) - num_missing_words)
    numbers, style = _numbers(cells, decimal_commas)
    num_read = len(cells) - numbers.values.null_count()
    if style.problem and not _are_slips(cells, numbers, most):
        num_commas = int((has_decimal_commas(cells) & numbers.stray).sum())
        if num_read + num_commas >= most:
            return text, "unusable", style.problem, ""
    if num_read and num_read >= most:
        if words.str.contains(LEADING_ZERO).any() and not style.name:
            known = words.filter(~words.is_in(MISSING_WORDS))
            if known.str.contains(MONTH_WITH_POINT).all():
                return read_as(cells, "date"), "date", "dates", ""
            return text, "category", WITH_LEADING_ZEROS, ""
        if is_too_large(words).sum() > MAX_LARGE_SHARE * num_read:
            return text, "category", TOO_MANY_DIGITS, ""
        return numbers, "number", f"numbers{describe_style(style.name)}", style.name
    return _dates_or_words(cells, num_read, most)


def _dates_or_words(
    cells: pl.Series, num_numbers: int, most: float
) -> tuple[Reading, str, str, str]:
    booleans = read_as(cells, "boolean")  # also reads 1 and 0
    if not booleans.stray.any():
        return booleans, "boolean", "true and false", ""
    text, style = read_as(cells, "category"), date_style(cells)
    if style.problem and style.num_cells >= most:
        return text, "unusable", style.problem, ""
    style = replace(style, name=with_offsets(cells, style.name))
    dates = read_as(cells, "date", style.name)
    num_dates = len(cells) - dates.values.null_count()
    if num_dates and num_dates >= most and not may_be_codes(cells):
        return dates, "date", f"dates{describe_style(style.name)}", style.name
    if MIN_NUMBER_SHARE * most <= num_dates < most and differ(cells):
        other = cells.filter(dates.stray)[0]
        reason = f"{num_dates} {MOSTLY_DATES}, but not {other!r}"
        return text, "unusable", reason, ""
    example = ""
    if num_numbers >= MIN_NUMBER_SHARE * most:
        example = cells.filter(read_as(cells, "number").stray)[0]
    kind, reason = kind_of_mixture(num_numbers, most, differ(cells), example)
    return text, kind, reason, ""


def kind_of_mixture(
    num_numbers: int, most: float, are_many: bool, example: str
) -> tuple[str, str]:
    """Return the kind of a column that mixes words and numbers, and the reason for it.

    Args:
        num_numbers: number of cells that are numbers.
        most: minimum number of numeric cells for the other cells to count as typos.
        are_many: whether there are too many distinct values to be categories.
        example: a cell that is not a number.
    """
    if not num_numbers:
        return "category", "words"
    if num_numbers < MIN_NUMBER_SHARE * most:
        return "category", f"words, {num_numbers} of them numbers"
    kind = "unusable" if are_many else "category"
    return kind, f"{num_numbers} {MOSTLY_NUMBERS}, but not {example!r}"


def differ(cells: pl.Series) -> bool:
    """Return whether a column has too many distinct values to contain categories."""
    num_values = len(cells) - cells.null_count()
    return are_mostly_distinct(cells.drop_nulls().n_unique(), num_values)


def _numbers(cells: pl.Series, decimal_commas: bool) -> tuple[Reading, Style]:
    """Return text converted to numbers, and the format of the numbers."""
    reading = read_as(cells, "number")
    is_clear = not decimal_commas and not cells.str.contains(ANY_SIGN).any()
    if is_clear and not reading.stray.any() and not clock_problem(cells):
        return reading, Style()
    style = style_of_numbers(cells, decimal_commas)
    return read_as(cells, "number", style.name) if style.name else reading, style


def style_of_numbers(cells: pl.Series, decimal_commas: bool) -> Style:
    """Return the style of numbers, ignoring words for "no value"."""
    return number_style(cells.filter(~cells.is_in(MISSING_WORDS)), decimal_commas)


def _are_slips(cells: pl.Series, numbers: Reading, most: float) -> bool:
    """Return whether so few numbers contain commas that these are probably typos."""
    num_read = len(cells) - numbers.values.null_count()
    return num_read >= most and not is_rewritten(cells, "number").any()

"""Numbers and dates as people write them: '$1,234', '12 %', '31.12.2024'.

Only formats with a single meaning are read, whatever else the column contains. Decimal
commas are not: '1,234' would be a different number in a column with '3,5'.
"""

import polars as pl

__all__ = [
    "LEADING_ZERO",
    "has_decimal_commas",
    "has_slash_dates",
    "is_too_large",
    "plain_dates",
    "plain_numbers",
]

LARGEST_EXACT = 2**53
"""A float64 represents every whole number up to this one; beyond, digits are lost."""

LEADING_ZERO = r"^[+-]?0\d"
"""Leading zeros, which a number would lose, as in '007' or '00.5'."""

_SIGNS = r"[€$£¥%]|\b(?:EUR|USD|GBP|CHF|JPY)\b"
_THOUSANDS = r"^[+-]?\d{1,3}(?:(?:,\d{3})+|(?:'\d{3})+|(?: \d{3})+)(?:\.\d+)?$"
_DECIMAL_COMMA = r"^[+-]?(?:\d+,\d+|\d{1,3}(?:[. ']\d{3})+,\d+)$"
_SLASH_DATE = r"^\d{1,2}/\d{1,2}/\d{2,4}$"
_GERMAN_DATE = r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)$"
_SHORT_DATE = r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(.*)$"


def plain_numbers(text: pl.Series) -> pl.Series:
    """Remove currency signs, percent signs and thousands separators from numbers.

    Example:
        >>> plain_numbers(pl.Series(["$1,234.50", "12 %", "3,5", "many"])).to_list()
        ['1234.50', '12', '3,5', 'many']
    """
    bare = _without_signs(text)
    is_grouped = bare.str.contains(_THOUSANDS).fill_null(False)
    bare = bare.zip_with(~is_grouped, bare.str.replace_all(r"[,' ]", ""))
    is_number = bare.str.contains(r"^[+-]?(?:\d+\.?\d*|\.\d+)$").fill_null(False)
    return bare.zip_with(is_number, text)


def plain_dates(text: pl.Series) -> pl.Series:
    """Rewrite dates such as 31.12.2024 and 2020-1-5 as 2024-12-31 and 2020-01-05.

    Example:
        >>> plain_dates(pl.Series(["31.12.2024", "2020/1/5", "soon"])).to_list()
        ['2024-12-31', '2020-01-05', 'soon']
    """
    day_first = text.str.replace(_GERMAN_DATE, "$3-$2-$1$4")
    padded = day_first.str.replace(_SHORT_DATE, "$1-0$2-0$3$4")
    return padded.str.replace(r"^(\d{4})-0?(\d\d)-0?(\d\d)", "$1-$2-$3")


def has_decimal_commas(text: pl.Series) -> pl.Series:
    """Return which cells are numbers that may have a decimal comma."""
    return _without_signs(text).str.contains(_DECIMAL_COMMA).fill_null(False)


def has_slash_dates(text: pl.Series) -> pl.Series:
    """Return which cells are dates in which day and month could be swapped."""
    return text.str.contains(_SLASH_DATE).fill_null(False)


def is_too_large(cells: pl.Series) -> pl.Series:
    """Return which cells are whole numbers that a float64 cannot represent exactly."""
    if cells.dtype == pl.String:
        digits = cells.str.extract(r"^[+-]?0*(\d+)$", 1)
        exact = digits.str.len_bytes() <= len(str(LARGEST_EXACT))
        beyond = digits.cast(pl.Int64, strict=False) > LARGEST_EXACT
        return beyond.fill_null(False) | ~exact.fill_null(True)
    if cells.dtype in (pl.Int64, pl.UInt64):
        # Compared as floats so that the comparison cannot overflow.
        return (cells.cast(pl.Float64).abs() > float(LARGEST_EXACT)).fill_null(False)
    return pl.repeat(False, len(cells), eager=True)


def _without_signs(text: pl.Series) -> pl.Series:
    return text.str.replace_all(_SIGNS, "").str.strip_chars()

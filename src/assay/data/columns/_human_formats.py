"""Reads human-readable numbers and dates, such as '$1,234' and '31.12.2024'.

Cells with only one possible meaning are read as such. Other cells, such as '3,5' and
'31/12/2024', are read in the style of their column. For example, the meaning of '1,234'
changes if the column also contains '3,5'.
"""

import polars as pl

__all__ = [
    "DAY_FIRST",
    "DECIMAL_COMMA",
    "LARGEST_EXACT",
    "LEADING_ZERO",
    "MONTH_FIRST",
    "has_decimal_commas",
    "is_grouped",
    "is_too_large",
    "plain_dates",
    "plain_numbers",
    "slash_dates",
    "without_signs",
]

DECIMAL_COMMA = "decimal comma"
DAY_FIRST = "day first"
MONTH_FIRST = "month first"

LARGEST_EXACT = 2**53
"""The largest n such that a float64 represents every whole number up to n."""

LEADING_ZERO = r"^[+-]?0\d"
"""Pattern of leading zeros that numbers would lose, such as those of '007'."""

_SIGNS = r"[€$£¥%]|\b(?:EUR|USD|GBP|CHF|JPY)\b"
_THOUSANDS = r"^[+-]?\d{1,3}(?:(?:,\d{3})+|(?:'\d{3})+|(?: \d{3})+)(?:\.\d+)?$"
_DECIMAL_COMMA = r"^[+-]?(?:\d+|\d{1,3}(?:[. ']\d{3})+)?,\d+(?:[eE][+-]?\d+)?$"
_COMMA_NUMBER = (
    r"^[+-]?(?:\d+|[1-9]\d{0,2}(?:[. ']\d{3})+|(?:\d+|\d{1,3}(?:[. ']\d{3})+)?,\d+)"
    r"(?:[eE][+-]?\d+)?$"
)
_SLASH_DATE = r"^(\d{1,2})(?:/(\d{1,2})/|-(\d{1,2})-)(\d{4})([T ].*)?$"
_GERMAN_DATE = r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)$"
_SHORT_DATE = r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(.*)$"


def plain_numbers(text: pl.Series, style: str = "") -> pl.Series:
    """Remove currency signs, percent signs and thousands separators from numbers.

    Text that is not a number is kept, but becomes null in the decimal-comma style,
    where '3.5' would otherwise be read as a number.

    Example:
        >>> plain_numbers(pl.Series(["$1,234.50", "12 %", "3,5", "many"])).to_list()
        ['1234.50', '12', '3,5', 'many']
        >>> plain_numbers(pl.Series(["1.234,50", "3,5"]), "decimal comma").to_list()
        ['1234.50', '3.5']
    """
    bare = without_signs(text)
    if style == DECIMAL_COMMA:
        is_number = bare.str.contains(_COMMA_NUMBER).fill_null(False)
        bare = bare.str.replace_all(r"[. ']", "").str.replace(",", ".", literal=True)
        return bare.set(~is_number, None)
    bare = bare.zip_with(~is_grouped(text), bare.str.replace_all(r"[,' ]", ""))
    is_number = bare.str.contains(r"^[+-]?(?:\d+\.?\d*|\.\d+)$").fill_null(False)
    return bare.zip_with(is_number, text)


def plain_dates(text: pl.Series, style: str = "") -> pl.Series:
    """Rewrite dates such as 31.12.2024 and 2020-1-5 as 2024-12-31 and 2020-01-05.

    Example:
        >>> plain_dates(pl.Series(["31.12.2024", "2020/1/5", "soon"])).to_list()
        ['2024-12-31', '2020-01-05', 'soon']
        >>> plain_dates(pl.Series(["31/12/2024", "1/2/2024"]), "day first").to_list()
        ['2024-12-31', '2024-02-01']
    """
    if style in (DAY_FIRST, MONTH_FIRST):
        order = "$2$3-$1" if style == DAY_FIRST else "$1-$2$3"
        text = text.str.replace(_SLASH_DATE, f"${{4}}-{order}$5".replace("$1", "${1}"))
    day_first = text.str.replace(_GERMAN_DATE, "$3-$2-$1$4")
    padded = day_first.str.replace(_SHORT_DATE, "$1-0$2-0$3$4")
    return padded.str.replace(r"^(\d{4})-0?(\d\d)-0?(\d\d)", "$1-$2-$3")


def has_decimal_commas(text: pl.Series) -> pl.Series:
    """Return a mask of the numbers that may have a decimal comma."""
    return without_signs(text).str.contains(_DECIMAL_COMMA).fill_null(False)


def is_grouped(text: pl.Series) -> pl.Series:
    """Return a mask of the numbers that may have thousands separators."""
    return without_signs(text).str.contains(_THOUSANDS).fill_null(False)


def slash_dates(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the first two numbers of dates such as 31/12/2024, null for other text."""
    first = text.str.extract(_SLASH_DATE, 1).cast(pl.Int64)
    second = text.str.extract(_SLASH_DATE, 2).cast(pl.Int64)
    return first, second.fill_null(text.str.extract(_SLASH_DATE, 3).cast(pl.Int64))


def is_too_large(cells: pl.Series) -> pl.Series:
    """Return a mask of the whole numbers that float64 cannot represent exactly."""
    if cells.dtype == pl.String:
        digits = cells.str.extract(r"^[+-]?0*(\d+)$", 1)
        exact = digits.str.len_bytes() <= len(str(LARGEST_EXACT))
        beyond = digits.cast(pl.Int64, strict=False) > LARGEST_EXACT
        return beyond.fill_null(False) | ~exact.fill_null(True)
    if cells.dtype in (pl.Int64, pl.UInt64):
        # Compared as floats so that the comparison cannot overflow.
        return (cells.cast(pl.Float64).abs() > float(LARGEST_EXACT)).fill_null(False)
    return pl.repeat(False, len(cells), eager=True)


def without_signs(text: pl.Series) -> pl.Series:
    """Return the text without currency and percent signs."""
    return text.str.replace_all(_SIGNS, "").str.strip_chars()

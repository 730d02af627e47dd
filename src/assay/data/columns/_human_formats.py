"""Reads human-readable numbers and dates, such as '$1,234' and '31.12.2024'.

Cells with only one possible meaning are read as such. Other cells, such as '3,5' and
'31/12/2024', are read in the style of their column. For example, the meaning of '1,234'
changes if the column also contains '3,5'.
"""

import re

import polars as pl

__all__ = [
    "DAY_FIRST",
    "DECIMAL_COMMA",
    "LARGEST_EXACT",
    "LEADING_ZERO",
    "MONTH_FIRST",
    "MONTH_NAME",
    "clock_seconds",
    "describe_style",
    "has_decimal_commas",
    "hour_of_day",
    "is_compact_date",
    "is_grouped",
    "is_too_large",
    "plain_dates",
    "plain_numbers",
    "slash_dates",
    "split_style",
    "unit_of",
    "units_of",
    "with_unit",
    "without_signs",
    "without_unit",
]

DECIMAL_COMMA = "decimal comma"
DAY_FIRST = "day first"
MONTH_FIRST = "month first"

LARGEST_EXACT = 2**53
"""The largest n such that a float64 represents every whole number up to n."""

MIN_WITH_UNIT = 0.95
"""Minimum fraction of the cells that a unit must follow."""

LEADING_ZERO = r"^[+-]?0\d[^:]*$"
"""Pattern of leading zeros that numbers would lose, such as those of '007'."""

_SIGNS = r"[€$£¥₹%]|\b(?:EUR|USD|GBP|CHF|JPY|INR)\b"
_WIDE_SPACES = r"[\u00a0\u2007\u2009\u202f]"
_IN_PARENTHESES = r"^\((.*\d.*)\)$"
_TRAILING_MINUS = r"^(\d.*)-$"
_CLOCK_TIME = (
    r"^(?<hour>\d{1,2}):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d(?:\.\d+)?))?"
    r"\s*(?<half>[AaPp])?(?:\.?[Mm]\.?)?$"
)
_UNIT = r"^[+-]?\d(?:[\d.,' ]*\d)?\.?\s*([°µμ]?[A-Za-z][A-Za-z/²³]{0,11}|[°Ω])$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun")
_MONTHS += ("jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?<month>{'|'.join(_MONTHS)})[a-z]*"
MONTH_NAME = rf"(?:{'|'.join(_MONTHS)})[a-z]*"
"""Pattern of the names of months in lowercase."""

_NAMED_DAY_FIRST = (
    rf"(?i)^(?:[a-z]{{3,9}},? +)?(?<day>\d{{1,2}})(?:st|nd|rd|th)?[ .-]+{_MONTH}"
    r"[ .,-]+(?<year>\d{4})(?<rest>\D.*)?$"
)
_NAMED_MONTH_FIRST = (
    rf"(?i)^(?:[a-z]{{3,9}},? +)?{_MONTH}[ .]+(?<day>\d{{1,2}})(?:st|nd|rd|th)?"
    r",? +(?<year>\d{4})(?<rest>\D.*)?$"
)
_UNIT_NAME = "unit "
_COMPACT_DATE = r"^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"
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
    bare = bare.str.replace(r"^([+-]) +", "$1")
    is_number = bare.str.contains(r"^[+-]?(?:\d+\.?\d*|\.\d+)$").fill_null(False)
    return bare.zip_with(is_number, text)


def plain_dates(text: pl.Series, style: str = "") -> pl.Series:
    """Rewrite dates such as 31.12.2024 and 2020-1-5 as 2024-12-31 and 2020-01-05.

    Example:
        >>> plain_dates(pl.Series(["31.12.2024", "2020/1/5", "soon"])).to_list()
        ['2024-12-31', '2020-01-05', 'soon']
        >>> plain_dates(pl.Series(["5 Jan 2020", "July 4th, 2021"])).to_list()
        ['2020-01-05', '2021-07-04']
        >>> plain_dates(pl.Series(["31/12/2024", "1/2/2024"]), "day first").to_list()
        ['2024-12-31', '2024-02-01']
    """
    if style in (DAY_FIRST, MONTH_FIRST):
        order = "$2$3-$1" if style == DAY_FIRST else "$1-$2$3"
        text = text.str.replace(_SLASH_DATE, f"${{4}}-{order}$5".replace("$1", "${1}"))
    day_first = _with_month_numbers(text).str.replace(_GERMAN_DATE, "$3-$2-$1$4")
    day_first = day_first.str.replace(_COMPACT_DATE, "$1-$2-$3")
    padded = day_first.str.replace(_SHORT_DATE, "$1-0$2-0$3$4")
    return padded.str.replace(r"^(\d{4})-0?(\d\d)-0?(\d\d)", "$1-$2-$3")


def _with_month_numbers(text: pl.Series) -> pl.Series:
    """Rewrite dates with English names of months, such as 5 Jan 2020, as 2020-01-05."""
    numbers = {name: f"{number:02}" for number, name in enumerate(_MONTHS, 1)}
    for pattern in (_NAMED_DAY_FIRST, _NAMED_MONTH_FIRST):
        if not text.str.contains(pattern).any():
            continue
        part = text.str.extract_groups(pattern).struct.field
        month = part("month").str.to_lowercase().replace_strict(numbers, default=None)
        day, rest = part("day").str.zfill(2), part("rest").fill_null("")
        rest = rest.str.replace(r"^,? +", " ")
        written = part("year") + "-" + month + "-" + day + rest
        text = written.fill_null(text).alias(text.name)
    return text


def clock_seconds(text: pl.Series) -> pl.Series:
    """Return times of day in seconds since midnight, null for other text.

    Example:
        >>> clock_seconds(pl.Series(["00:01:30", "1:00 PM", "noon"])).to_list()
        [90.0, 46800.0, None]
    """
    part = text.str.extract_groups(_CLOCK_TIME).struct.field
    hour = hour_of_day(part("hour").cast(pl.Float64), part("half"))
    minutes = hour * 60 + part("minute").cast(pl.Float64)
    return minutes * 60 + part("second").cast(pl.Float64).fill_null(0)


def hour_of_day(hour: pl.Series, half: pl.Series) -> pl.Series:
    """Return hours from 0 to 23, where `half` may be "a" or "p" as in AM and PM."""
    from_midnight = (hour % 12).zip_with(half.is_not_null(), hour)
    is_afternoon = half.str.to_lowercase().eq("p").fill_null(False)
    return (from_midnight + 12).zip_with(is_afternoon, from_midnight)


def split_style(style: str) -> tuple[str, str]:
    """Return the way decimals are written in a style, and the unit of the numbers.

    Example:
        >>> split_style("decimal comma, unit kg")
        ('decimal comma', 'kg')
    """
    decimals, _, unit = style.rpartition(_UNIT_NAME)
    return (decimals.removesuffix(", "), unit) if _UNIT_NAME in style else (style, "")


def with_unit(style: str, unit: str) -> str:
    """Return a style whose numbers have a unit; the inverse of `split_style`."""
    return ", ".join(filter(None, [style, f"{_UNIT_NAME}{unit}"]))


def describe_style(style: str) -> str:
    """Return the words that describe a style after "numbers" or "dates".

    Example:
        >>> describe_style("decimal comma, unit kg")
        " with a decimal comma and the unit 'kg'"
        >>> describe_style("")
        ''
    """
    name, unit = split_style(style)
    article = "a" if name == DECIMAL_COMMA else "the"
    words = [f"{article} {name}"] if name else []
    words += [f"the unit {unit!r}"] if unit else []
    return f" with {' and '.join(words)}" if words else ""


def unit_of(text: pl.Series) -> str:
    """Return the unit that follows most numbers in a column; "" if there is none.

    Example:
        >>> unit_of(pl.Series(["12.5 kg", "3 kg"])), unit_of(pl.Series(["3 kg", "2 m"]))
        ('kg', '')
    """
    units = units_of(text).drop_nulls()
    if not len(units):
        return ""
    unit = units.mode().sort()[0]
    share = (units == unit).sum() / (len(text) - text.null_count())
    return str(unit) if share >= MIN_WITH_UNIT else ""


def units_of(text: pl.Series) -> pl.Series:
    """Return the unit that follows each number, null for other text."""
    return text.str.extract(_UNIT, 1)


def without_unit(text: pl.Series, unit: str) -> pl.Series:
    """Return the numbers without their unit."""
    return text.str.replace(rf"^(.*\d\.?)\s*{re.escape(unit)}$", "$1")


def is_compact_date(text: pl.Series) -> pl.Series:
    """Return a mask of the numbers that may be dates, such as 20241231."""
    return text.str.contains(_COMPACT_DATE).fill_null(False)


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
    """Return numbers without currency and percent signs, and with a plain minus sign.

    Accountants write negative numbers in parentheses or with the sign at the end.

    Example:
        >>> without_signs(pl.Series(["$ 12", "(3.50)", "7-", "−1"])).to_list()
        ['12', '-3.50', '-7', '-1']
    """
    plain = text.str.replace_all(_SIGNS, "").str.replace_all(_WIDE_SPACES, " ")
    plain = plain.str.replace("−", "-", literal=True).str.replace_all("’", "'")
    plain = plain.str.strip_chars().str.replace(_IN_PARENTHESES, "-$1")
    return plain.str.replace(_TRAILING_MINUS, "-$1").str.strip_chars()

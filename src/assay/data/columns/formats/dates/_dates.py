"""Reads human-readable dates and times, such as '31.12.2024' and '3:15 PM'.

Dates such as '1/2/2024' are ambiguous, so they are read in the style of their column.
"""

import polars as pl

from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._style import DAY_FIRST, MONTH_FIRST
from assay.data.columns.formats.dates._date_notations import ordinary_dates

__all__ = [
    "MONTH_NAME",
    "clock_seconds",
    "hour_of_day",
    "plain_dates",
    "slash_dates",
]

_CLOCK_TIME = (
    r"^(?<hour>\d{1,2}):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d(?:\.\d+)?))?"
    r"\s*(?<half>[AaPp])?(?:\.?[Mm]\.?)?$"
)
_FULL_HOUR = r"^(0?[1-9]|1[0-2])(\s*[AaPp]\.?[Mm]\.?)$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun")
_MONTHS += ("jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?<month>{'|'.join(_MONTHS)})[a-z]*"
MONTH_NAME = rf"(?:{'|'.join(_MONTHS)})[a-z]*"
"""Pattern of lowercase English month names and abbreviations."""

_NAMED_DAY_FIRST = (
    rf"(?i)^(?:[a-z]{{3,9}},? +)?(?<day>\d{{1,2}})(?:st|nd|rd|th)?[ .-]+{_MONTH}"
    r"[ .,-]+(?<year>\d{4})(?<rest>\D.*)?$"
)
_NAMED_MONTH_FIRST = (
    rf"(?i)^(?:[a-z]{{3,9}},? +)?{_MONTH}[ .]+(?<day>\d{{1,2}})(?:st|nd|rd|th)?"
    r",? +(?<year>\d{4})(?<rest>\D.*)?$"
)
_COMPACT_DATE = r"^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"
_PLAIN_DATE = r"^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?$"
_SLASH_DATE = r"^(\d{1,2})(?:/(\d{1,2})/|-(\d{1,2})-)(\d{4})([T ].*)?$"
_REWRITES = (
    (r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)$", "$3-$2-$1$4"),
    (_COMPACT_DATE, "$1-$2-$3"),
    (r"^(\d{4})/(\d{1,2})/(\d{1,2})(.*)$", "$1-$2-$3$4"),
    (r"^(\d{4})-(\d)-(\d{1,2})(.*)$", "$1-0$2-$3$4"),
    (r"^(\d{4}-\d\d)-(\d)(\D.*)?$", "$1-0$2$3"),
)


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
    if text.str.contains(_PLAIN_DATE).all():
        return text
    text = _with_month_numbers(ordinary_dates(text))
    rewrites = [*_REWRITES]
    style = style.partition(",")[0]  # without UTC offsets
    if style in (DAY_FIRST, MONTH_FIRST):
        order = "${2}${3}-${1}" if style == DAY_FIRST else "${1}-${2}${3}"
        rewrites.insert(0, (_SLASH_DATE, f"${{4}}-{order}${{5}}"))
    for pattern, written in rewrites:
        # Searching is faster than replacing, and most columns match only one pattern.
        if text.str.contains(pattern).any():
            text = text.str.replace(pattern, written)
    return text


def _with_month_numbers(text: pl.Series) -> pl.Series:
    """Rewrite dates with English month names, such as 5 Jan 2020, as 2020-01-05."""
    if not text.str.contains(rf"(?i){MONTH_NAME}").any():
        return text
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


def slash_dates(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the first two numbers of dates such as 31/12/2024; null for other text."""
    text = ordinary_notation(text)
    first = text.str.extract(_SLASH_DATE, 1).cast(pl.Int64)
    if first.null_count() == len(first):
        return first, first
    second = text.str.extract(_SLASH_DATE, 2).cast(pl.Int64)
    if second.null_count() == first.null_count():  # no dates with hyphens
        return first, second
    return first, second.fill_null(text.str.extract(_SLASH_DATE, 3).cast(pl.Int64))


def clock_seconds(text: pl.Series) -> pl.Series:
    """Return times of day in seconds since midnight, or null for other text.

    Example:
        >>> clock_seconds(pl.Series(["00:01:30", "1:00 PM", "noon", "1pm"])).to_list()
        [90.0, 46800.0, None, 46800.0]
    """
    if text.str.contains(_FULL_HOUR).any():
        text = text.str.replace(_FULL_HOUR, "$1:00$2")
    if not text.str.contains(":", literal=True).any():
        return pl.repeat(None, len(text), dtype=pl.Float64, eager=True)
    part = text.str.extract_groups(_CLOCK_TIME).struct.field
    hour = hour_of_day(part("hour").cast(pl.Float64), part("half"))
    minutes = hour * 60 + part("minute").cast(pl.Float64)
    return minutes * 60 + part("second").cast(pl.Float64).fill_null(0)


def hour_of_day(hour: pl.Series, half: pl.Series) -> pl.Series:
    """Return hours from 0 to 23; `half` must be "a" for AM, "p" for PM, or null."""
    from_midnight = (hour % 12).zip_with(half.is_not_null(), hour)
    is_afternoon = half.str.to_lowercase().eq("p").fill_null(False)
    return (from_midnight + 12).zip_with(is_afternoon, from_midnight)

"""Reads durations, such as '3 days 04:05:06' and 'PT1H30M', and times of day."""

import polars as pl

from assay.data.columns.formats.dates._date_notations import DATE_WITH_COLONS
from assay.data.columns.formats.dates._dates import clock_seconds

__all__ = ["clock_problem", "is_long_clock", "is_short_clock", "seconds_of"]

_DAYS_AND_CLOCK = (
    r"^(?:(?<days>-?\d+) days?,? *\+?|(?<sign>-?))(?<hours>\d{1,4}):(?<minutes>[0-5]\d)"
    r"(?::(?<seconds>[0-5]\d(?:\.\d+)?))?$"
)
_STOPWATCH = r"^(?<minutes>\d{1,3}):(?<seconds>[0-5]\d\.\d+)$"
_ISO_DURATION = (
    r"^(?<sign>-?)P(?:(?<days>\d+)D)?(?:T(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?"
    r"(?:(?<seconds>\d+(?:\.\d+)?)S)?)?$"
)
_SHORT_CLOCK = r"^-?(?:2[5-9]|[3-9]\d|\d{3,4}):[0-5]\d$"  # not a time of day
_LONG_CLOCK = r"^-?\d{1,4}:[0-5]\d:[0-5]\d"
_SECONDS = {"days": 86_400.0, "hours": 3600.0, "minutes": 60.0, "seconds": 1.0}


def seconds_of(text: pl.Series) -> pl.Series:
    """Return times of day and durations in seconds, or null for other text.

    The formats used by spreadsheets, pandas, polars and stopwatches are recognized.

    Example:
        >>> seconds_of(pl.Series(["1:30", "1 days 00:00:05", "PT2H"])).to_list()
        [5400.0, 86405.0, 7200.0]
        >>> seconds_of(pl.Series(["-0:30", "100:00", "-1 days +23:59:00"])).to_list()
        [-1800.0, 360000.0, -60.0]
    """
    seconds = clock_seconds(text)
    for pattern in (_DAYS_AND_CLOCK, _STOPWATCH, _ISO_DURATION):
        is_duration = text.str.contains(pattern) & text.str.contains(r"\d")
        is_duration = is_duration.fill_null(False)  # a missing cell is not a duration
        if is_duration.any():
            seconds = seconds.fill_null(_seconds(text, pattern).set(~is_duration, None))
    return seconds.set(text.str.contains(DATE_WITH_COLONS).fill_null(False), None)


def is_short_clock(text: pl.Series) -> pl.Series:
    """Return a mask of the durations such as 49:28, whose units are unclear."""
    return text.str.contains(_SHORT_CLOCK).fill_null(False)


def is_long_clock(text: pl.Series) -> pl.Series:
    """Return a mask of the durations and times such as 1:04:28."""
    return text.str.contains(_LONG_CLOCK).fill_null(False)


def clock_problem(text: pl.Series) -> str:
    """Return the reason durations cannot be read, with a fix; "" if they can be read.

    Example:
        >>> clock_problem(pl.Series(["49:28", "1:04:28"]))[:34]
        "'49:28' may be minutes and seconds"
        >>> clock_problem(pl.Series(["12:30", "12:30:15"]))
        ''
    """
    short = text.filter(is_short_clock(text))
    if short.is_empty():  # as in most columns
        return ""
    long = text.filter(is_long_clock(text))
    if long.is_empty():
        return ""
    example, other = short[0], long[0]
    return (
        f"{example!r} may be minutes and seconds, because {other!r} has three parts; "
        f"write all durations in the same form, such as '0:{example}'"
    )


def _seconds(text: pl.Series, pattern: str) -> pl.Series:
    parts = text.str.extract_groups(pattern).struct
    total = pl.repeat(0.0, len(text), eager=True)
    for name in set(parts.fields) & set(_SECONDS):
        count = parts.field(name).cast(pl.Float64).fill_null(0)
        total += count * _SECONDS[name]
    if "sign" in parts.fields:
        total *= 1 - 2 * (parts.field("sign") == "-").fill_null(False).cast(pl.Int8)
    return total

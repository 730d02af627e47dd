"""Converts ISO dates, with or without a time and a UTC offset, to times in UTC."""

import polars as pl

from assay.data.columns.formats._style import OFFSETS_AT_MIDNIGHT, UTC_OFFSETS
from assay.data.columns.formats.dates._dates import hour_of_day, plain_dates

__all__ = ["ISO", "may_have_offsets", "moments", "offsets_in", "with_offsets"]

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?:\s*([AaPp])\.?[Mm]\.?)?"
ISO = rf"^({_DAY})(?:[T ]{_CLOCK}\s*(Z|[+-]\d{{2}}:?\d{{2}})?)?$"
"""Pattern of a date, with or without a time and a UTC offset."""

_HOUR, _MINUTE, _SECOND, _HALF, _OFFSET = 2, 3, 4, 5, 6  # groups in ISO
_DAY_LENGTH = len("2024-12-31")
_MAY_BE_HALF = r"[AaPp]\.?[Mm]\.?"
_MAY_BE_OFFSET = r":.*[-Z+]"
_MAY_HAVE_OFFSET = r"(?::\d\d|T\d{4,6}).*(?:[+-]\d|Z|[A-Za-z]{3}|\))"
_MIDNIGHT = rf"^{_DAY}[T ]0?0:00(?::00(?:\.0+)?)?\s*(?:Z|[+-]\d)"
_MICROSECONDS = 1_000_000


def moments(cells: pl.Series, style: str) -> pl.Series:
    """Convert ISO dates, with or without a time, to times in UTC.

    UTC offsets are ignored in columns of days, which are stored as local midnights.
    """
    days = cells.str.extract(ISO, 1).str.to_date("%Y-%m-%d", strict=False)
    midnight = days.cast(pl.Datetime("us"))
    if (cells.str.len_bytes() <= _DAY_LENGTH).all():  # skip the slow parsing of times
        return midnight
    hour = _part(cells, _HOUR)
    if cells.str.contains(_MAY_BE_HALF).any():
        hour = hour_of_day(hour, cells.str.extract(ISO, _HALF))
    minutes = hour * 60 + _part(cells, _MINUTE)
    is_local = style.endswith(OFFSETS_AT_MIDNIGHT)
    if not is_local and cells.str.contains(_MAY_BE_OFFSET).any():
        minutes -= _offset(cells)
    passed = (minutes * 60 + _part(cells, _SECOND)) * _MICROSECONDS
    moment = midnight.cast(pl.Int64) + passed.round().cast(pl.Int64)
    return moment.cast(pl.Datetime("us"))


def _offset(cells: pl.Series) -> pl.Series:
    """Return the offsets from UTC in minutes, or 0 if there is none."""
    offset = cells.str.extract(ISO, _OFFSET).str.replace("Z", "+00:00")
    hours = offset.str.slice(1, 2).cast(pl.Float64)
    minutes = hours * 60 + offset.str.slice(-2).cast(pl.Float64)
    sign = 1 - 2 * offset.str.starts_with("-").cast(pl.Int8)
    return (sign * minutes).fill_null(0)


def may_have_offsets(cells: pl.Series) -> pl.Series:
    """Return a mask of the cells that may be times with a UTC offset or time zone."""
    return cells.str.contains(_MAY_HAVE_OFFSET).fill_null(False)


def with_offsets(cells: pl.Series, style: str = "") -> str:
    """Return the style of dates, including whether they have UTC offsets.

    Example:
        >>> with_offsets(pl.Series(["2024-12-31T15:30+09:00", "2024-12-31"]))
        'UTC offsets'
        >>> with_offsets(pl.Series(["31/12/2024 00:00+09:00"]), "day first")
        'day first, UTC offsets at midnight'
        >>> with_offsets(pl.Series(["2024-12-31"]))
        ''
    """
    if cells.dtype == pl.Datetime and getattr(cells.dtype, "time_zone", None):
        local = cells.dt.replace_time_zone(None).drop_nulls()
        are_days = bool((local.dt.truncate("1d") == local).all())
    elif cells.dtype == pl.String and may_have_offsets(cells).any():
        have_offset, are_midnights = offsets_in(plain_dates(cells, style))
        if not have_offset.any():
            return style
        are_days = bool(are_midnights.sum() == have_offset.sum())
    else:
        return style
    offsets = OFFSETS_AT_MIDNIGHT if are_days else UTC_OFFSETS
    return f"{style}, {offsets}" if style else offsets


def offsets_in(dates: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return masks of ISO times with UTC offsets and of the midnights among them."""
    have_offset = dates.str.extract(ISO, _OFFSET).is_not_null()
    return have_offset, have_offset & dates.str.contains(_MIDNIGHT)


def _part(cells: pl.Series, group: int) -> pl.Series:
    return cells.str.extract(ISO, group).cast(pl.Float64).fill_null(0)

"""Reads a column as a kind: number, boolean, date or category.

Training and prediction both pass through here, so that a value always means the same.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

__all__ = ["MISSING_WORDS", "Reading", "is_readable", "read_as", "tidy"]

MISSING_WORDS = ("?", "-", "NA", "N/A", "n/a", "NaN", "nan", "None", "NULL", "null")
"""Words for "no value" in a column that else holds numbers, dates or booleans."""

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?"
_ISO = rf"^({_DAY})(?:[T ]{_CLOCK}\s*(Z|[+-]\d{{2}}:?\d{{2}})?)?$"
_HOUR, _MINUTE, _SECOND, _OFFSET = 2, 3, 4, 5  # groups of _ISO
_MICROSECONDS = 1_000_000
_WHOLE_LIMIT = 2.0**53  # up to here a float counts exactly


@dataclass(frozen=True)
class Reading:
    """A column read as a kind.

    Args:
        values: the values; null where missing, and where stray is true.
        stray: rows whose text is no value of that kind, nor a word for "no value".
    """

    values: pl.Series
    stray: pl.Series


def is_readable(series: pl.Series) -> bool:
    """Whether the cells are plain values rather than lists, records or objects."""
    return not (series.dtype.is_nested() or series.dtype in (pl.Binary, pl.Object))


def tidy(series: pl.Series) -> pl.Series:
    """Return text without outer spaces, and null for empty text and for NaN."""
    if series.dtype in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    if series.dtype == pl.String:
        text = series.str.strip_chars()
        return text.set(text.str.len_bytes() == 0, None)
    if series.dtype.is_float():
        return series.fill_nan(None)
    if series.dtype == pl.Null:
        return series.cast(pl.Float64)
    return series


def read_as(series: pl.Series, kind: str) -> Reading:
    """Read a column as "number", "boolean", "date", "category" or "text".

    Args:
        series: the column as it came.
        kind: what to read it as.

    Example:
        >>> read_as(pl.Series(["1.5", "?", "many"]), "number").values.to_list()
        [1.5, None, None]
        >>> read_as(pl.Series(["1.5", "?", "many"]), "number").stray.to_list()
        [False, False, True]
    """
    if not is_readable(series):
        nothing = pl.Series(series.name, [None] * len(series), dtype=pl.Float64)
        return Reading(nothing, series.is_not_null())
    series = tidy(series)
    values = _READERS[kind](series)
    if values is series:  # nothing was lost in reading
        return Reading(values, pl.Series(np.zeros(len(series), bool)))
    stray = series.is_not_null() & values.is_null()
    if series.dtype == pl.String and kind not in ("category", "text"):
        stray &= ~series.is_in(MISSING_WORDS)
    return Reading(values, stray)


def _number(series: pl.Series) -> pl.Series:
    dtype = series.dtype
    if dtype == pl.Duration:
        return series.dt.total_microseconds() / _MICROSECONDS
    if dtype == pl.Time:
        return series.cast(pl.Int64) / 1_000_000_000
    if dtype.is_temporal():
        return _absent(series, pl.Float64)
    if dtype.is_numeric() and not dtype.is_decimal():
        return series
    return series.cast(pl.Float64, strict=False).fill_nan(None)


def _boolean(series: pl.Series) -> pl.Series:
    if series.dtype == pl.Boolean:
        return series
    if series.dtype == pl.String:
        lower = series.str.to_lowercase()
        values = lower == "true"
        return values.set(~lower.is_in(["true", "false"]), None)
    if series.dtype.is_numeric():
        values = series == 1
        return values.set(~series.is_in([0, 1]), None)
    return _absent(series, pl.Boolean)


def _date(series: pl.Series) -> pl.Series:
    dtype = series.dtype
    if dtype == pl.Datetime and getattr(dtype, "time_zone", None):
        series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if dtype in (pl.Date, pl.Datetime):
        return series.cast(pl.Datetime("us"))
    if dtype != pl.String:
        return _absent(series, pl.Datetime("us"))
    day = series.str.extract(_ISO, 1).str.to_date("%Y-%m-%d", strict=False)
    offset = series.str.extract(_ISO, _OFFSET).str.replace("Z", "+00:00")
    sign = 1 - 2 * offset.str.starts_with("-").cast(pl.Int8)
    minutes = _part(series, _HOUR) * 60 + _part(series, _MINUTE)
    minutes -= (
        sign
        * (
            offset.str.slice(1, 2).cast(pl.Float64) * 60
            + offset.str.slice(-2).cast(pl.Float64)
        )
    ).fill_null(0)
    passed = (minutes * 60 + _part(series, _SECOND)) * _MICROSECONDS
    moment = day.cast(pl.Datetime("us")).cast(pl.Int64) + passed.round().cast(pl.Int64)
    return moment.cast(pl.Datetime("us"))


def _part(series: pl.Series, group: int) -> pl.Series:
    return series.str.extract(_ISO, group).cast(pl.Float64).fill_null(0)


def _category(series: pl.Series) -> pl.Series:
    if series.dtype.is_float():
        # A whole number is written alike whether its column is whole or not.
        whole = (series == series.floor()) & (series.abs() < _WHOLE_LIMIT)
        text = series.cast(pl.String)
        return text.zip_with(
            ~whole.fill_null(False), series.cast(pl.Int64, strict=False).cast(pl.String)
        )
    return series.cast(pl.String)


def _absent(series: pl.Series, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    return pl.Series(series.name, [None] * len(series), dtype=dtype)


_READERS = {
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "category": _category,
    "text": _category,
}

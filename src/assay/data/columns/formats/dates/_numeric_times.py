"""Reads times that are stored as numbers.

Some programs store the time since 1970 in seconds or smaller units, spreadsheets store
days since the end of 1899, and other programs store dates as digits without separators.
The number of digits identifies the format.
"""

import polars as pl

__all__ = ["moments_of_numbers"]

_MAY_BE_TIME = r"^(?:\d{5,6}|\d{9,19})(?:\.\d*)?$"
_COMPACT = (
    # 20241231153000, 202412311530 and 202412
    r"^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.0)?$",
    r"^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()(?:\.0)?$",
    r"^((?:19|20)\d\d)(\d\d)()()()()(?:\.0)?$",
)
_MICROSECONDS = {
    # microseconds per unit (day, second, millisecond, ...), by the number of digits
    **{5: 86_400e6, 9: 1e6, 10: 1e6, 12: 1e3, 13: 1e3, 15: 1.0, 16: 1.0},
    **{18: 1e-3, 19: 1e-3},
}
_SPREADSHEET_DAYS = 25_569  # days from day 0 in spreadsheets to 1 January 1970


def moments_of_numbers(text: pl.Series) -> pl.Series:
    """Convert numbers to the times that they represent, and other text to null.

    Example:
        >>> numbers = pl.Series(["1704067200", "1704067200000", "45292.5", "202402"])
        >>> [str(moment) for moment in moments_of_numbers(numbers)]
        ['2024-01-01 00:00:00', '2024-01-01 00:00:00', '2024-01-01 12:00:00',
        '2024-02-01 00:00:00']
    """
    nothing = pl.repeat(None, len(text), dtype=pl.Datetime("us"), eager=True)
    if not text.str.contains(_MAY_BE_TIME).any():
        return nothing
    numbers = text.set(~text.str.contains(_MAY_BE_TIME), None)
    moments = nothing
    for pattern in _COMPACT:
        if numbers.str.contains(pattern).any():
            moments = moments.fill_null(_from_digits(numbers, pattern))
    return moments.fill_null(_from_counts(numbers)).alias(text.name)


def _from_digits(numbers: pl.Series, pattern: str) -> pl.Series:
    part = numbers.str.extract_groups(pattern).struct
    year, month, day, *clock = (part.field(name) for name in part.fields)
    hour, minute, second = (piece.replace("", "00") for piece in clock)
    dates = year + "-" + month + "-" + day.replace("", "01")
    written = dates + " " + hour + ":" + minute + ":" + second
    return written.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")


def _from_counts(numbers: pl.Series) -> pl.Series:
    digits = numbers.str.extract(r"^(\d+)", 1).str.len_bytes().cast(pl.Int64)
    unit = digits.replace_strict(_MICROSECONDS, default=None, return_dtype=pl.Float64)
    counts = numbers.cast(pl.Float64, strict=False)
    counts = counts.zip_with((digits != 5).fill_null(True), counts - _SPREADSHEET_DAYS)
    return (counts * unit).round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))

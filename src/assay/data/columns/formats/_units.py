"""Units that follow numbers, such as "kg" in "12.5 kg"."""

import re

import polars as pl

__all__ = [
    "MIN_WITH_UNIT",
    "unit_of",
    "units_of",
    "without_unit",
]

MIN_WITH_UNIT = 0.95
"""Minimum fraction of cells that contain the unit."""

_UNIT = (
    r"^[+-]?\d(?:[\d.,' ]*\d)?\.?\s*([°µμ]?[\p{L}--[ªº]][\p{L}/²³--[ªº]]{0,11}|[°Ω])$"
)


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

"""Units that follow numbers, such as "kg" in "12.5 kg", and signs such as "$"."""

import re

import polars as pl

from assay.data.columns.formats._numbers import CURRENCY

__all__ = [
    "MIN_WITH_UNIT",
    "UNIT",
    "is_ordinal",
    "signs_of",
    "unit_of",
    "units_of",
    "without_ordinal_endings",
    "without_unit",
]

MIN_WITH_UNIT = 0.95
"""Minimum fraction of cells that must contain the unit."""

UNIT = (
    r"^[+-]?\d(?:[\d.,' ]*\d)?\.?\s*([°µμ]?[\p{L}--[ªº]][\p{L}/²³--[ªº]]{0,11}|[°Ω+])$"
)
"""Pattern of a number with a unit; the first group matches the unit."""

# 11st is a weight in stones, so the endings must fit the numbers.
_ORDINAL = (
    r"(?i)^(?:(?<th>[\d,]*1[1-3]|[\d,]*[04-9])th|(?<st>(?:[\d,]*[02-9,])?1)st"
    r"|(?<nd>(?:[\d,]*[02-9,])?2)nd|(?<rd>(?:[\d,]*[02-9,])?3)rd)$"
)
_SAME_CURRENCY = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP"}
_SAME_CURRENCY |= {"Fr.": "CHF", "Fr ": "CHF", "SFr.": "CHF", "SFr ": "CHF"}
_SAME_CURRENCY |= {"¥": "JPY", "₹": "INR", "Rs": "INR", "Rs.": "INR"}


def unit_of(text: pl.Series) -> str:
    """Return the unit that follows most numbers in a column, or "" if there is none.

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
    """Return the unit that follows each number, or null if there is none."""
    return text.str.extract(UNIT, 1)


def signs_of(text: pl.Series) -> pl.Series:
    """Return the currency or percent sign of each number, or null if there is none.

    Example:
        >>> signs_of(pl.Series(["$5", "5 USD", "5 %", "5"])).to_list()
        ['USD', 'USD', '%', None]
    """
    return text.str.extract(f"({CURRENCY}|[%‰])", 1).replace(_SAME_CURRENCY)


def without_unit(text: pl.Series, unit: str) -> pl.Series:
    """Return the numbers without their unit, or null for numbers with a different sign.

    Example:
        >>> without_unit(pl.Series(["5 kg", "5", "$5"]), "kg").to_list()
        ['5', '5', None]
    """
    text = text.set((signs_of(text) != unit).fill_null(False), None)
    return text.str.replace(rf"^(.*\d\.?)\s*{re.escape(unit)}$", "$1")


def is_ordinal(text: pl.Series) -> pl.Series:
    """Return a mask of the English ordinals.

    Example:
        >>> is_ordinal(pl.Series(["1st", "12th", "1,003rd", "11st", "3"])).to_list()
        [True, True, True, False, False]
    """
    return text.str.contains(_ORDINAL).fill_null(False)


def without_ordinal_endings(text: pl.Series) -> pl.Series:
    """Return English ordinals as numbers, and other text unchanged.

    Example:
        >>> without_ordinal_endings(pl.Series(["172nd", "256th", "5"])).to_list()
        ['172', '256', '5']
    """
    return text.str.replace(_ORDINAL, "${th}${st}${nd}${rd}")

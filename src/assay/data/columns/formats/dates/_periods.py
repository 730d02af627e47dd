"""Converts weeks, months, quarters and half-years to the dates of their first days."""

import polars as pl

__all__ = [
    "MONTH_WITH_POINT",
    "first_days",
    "is_day_of_year",
    "is_season",
    "may_be_codes",
]

MONTH_WITH_POINT = r"^(?:0[1-9]|1[0-2])\.(?:19|20)\d\d$"
"""Pattern of months such as 08.2022."""

_YEAR = r"(?<year>(?:19|20)\d\d)"
_MAY_BE_PERIOD = r"(?i)^(?:(?:19|20)\d\d[-/ _]?[a-z]?|[1-4]?[qh]|\d\d?[-/ _]?)"
_WEEK = rf"(?i)^{_YEAR}[-/ _]?(?:W|Week|KW)[- ]?(?<week>\d\d?)(?:-?(?<day>[1-7]))?$"
_DAY_OF_YEAR = r"^(?:19|20)\d\d-(?:[0-2]\d\d|3[0-6]\d)$"
_NUMBERED = {
    # patterns of a year and a number, by the number of months in the period
    1: (
        rf"(?i)^{_YEAR}[-/ _]?M?(?<number>0[1-9]|1[0-2])$",
        rf"(?i)^{_YEAR}[-/ ]?[-/M](?<number>[1-9])$",
        rf"^(?<number>0?[1-9]|1[0-2])[-/]{_YEAR}$",
        rf"^(?<number>0[1-9]|1[0-2])[. _]{_YEAR}$",
    ),
    3: (
        rf"(?i)^{_YEAR}[-/ ]?Q(?<number>[1-4])$",
        rf"(?i)^Q(?<number>[1-4])[-/ ]?{_YEAR}$",
        rf"(?i)^(?<number>[1-4])Q[-/ ]?{_YEAR}$",
    ),
    6: (
        rf"(?i)^{_YEAR}[-/ ]?H(?<number>[12])$",
        rf"(?i)^H(?<number>[12])[-/ ]?{_YEAR}$",
        rf"(?i)^(?<number>[12])H[-/ ]?{_YEAR}$",
    ),
}
_SEASON = r"^(?:19|20)(?<first>\d\d)[-/](?<second>\d\d)$"


def first_days(text: pl.Series) -> pl.Series:
    """Rewrite periods and days of the year as dates, and keep all other text.

    Example:
        >>> first_days(pl.Series(["2024-02", "Q3 2024", "2024-W05-3"])).to_list()
        ['2024-02-01', '2024-07-01', '2024-01-31']
        >>> first_days(pl.Series(["2024-045", "2024H2", "H2O"])).to_list()
        ['2024-02-14', '2024-07-01', 'H2O']
    """
    if not text.str.contains(_MAY_BE_PERIOD).any():
        return text
    if text.str.contains(_DAY_OF_YEAR).any():
        days = text.str.extract(f"({_DAY_OF_YEAR[1:-1]})").str.to_date(
            "%Y-%j", strict=False
        )
        text = text.zip_with(~text.str.contains(_DAY_OF_YEAR), days.cast(pl.String))
    if text.str.contains(_WEEK).any():
        text = _written(_weeks(text), text)
    for num_months, patterns in _NUMBERED.items():
        for pattern in patterns:
            if text.str.contains(pattern).any():
                text = _written(_months(text, pattern, num_months), text)
    return text


def _weeks(text: pl.Series) -> pl.Series:
    """Return the date of the given weekday in each week, or of Monday by default."""
    part = text.str.extract_groups(_WEEK).struct.field
    days = (
        part("year")
        + " "
        + part("week").str.zfill(2)
        + " "
        + part("day").fill_null("1")
    )
    return days.str.to_date("%G %V %u", strict=False).cast(pl.String)


def _months(text: pl.Series, pattern: str, num_months: int) -> pl.Series:
    part = text.str.extract_groups(pattern).struct.field
    month = (part("number").cast(pl.Int64) - 1) * num_months + 1
    return part("year") + "-" + month.cast(pl.String).str.zfill(2) + "-01"


def _written(dates: pl.Series, text: pl.Series) -> pl.Series:
    return dates.fill_null(text).alias(text.name)


def may_be_codes(text: pl.Series) -> bool:
    """Return whether the values may be codes or seasons that look like dates.

    Values such as 2024-001 are often case numbers, and values such as 2009-10 may be
    seasons that span two years.

    Example:
        >>> may_be_codes(pl.Series(["2023-001", "2023-002"]))
        True
        >>> may_be_codes(pl.Series(["2009-10", "2010-11"]))
        True
        >>> may_be_codes(pl.Series(["2009-10", "2009-11"]))
        False
    """
    known = text.drop_nulls()
    return bool(is_day_of_year(known).all() or is_season(known).all())


def is_day_of_year(text: pl.Series) -> pl.Series:
    """Return a mask of the days such as 2024-045."""
    return text.str.contains(_DAY_OF_YEAR)


def is_season(text: pl.Series) -> pl.Series:
    """Return a mask of the seasons such as 2009-10, which span two years."""
    part = text.str.extract_groups(_SEASON).struct.field
    first, second = (part(name).cast(pl.Int64) for name in ("first", "second"))
    return ((first + 1) % 100 == second).fill_null(False)

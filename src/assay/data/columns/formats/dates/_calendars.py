"""Recognizes years from other calendars that were read as Gregorian years."""

from typing import NamedTuple

import polars as pl

__all__ = ["Calendar", "YearsFound", "is_unusual", "other_calendar_in"]


class Calendar(NamedTuple):
    """A calendar other than the Gregorian calendar.

    Args:
        name: name of the calendar, with an article.
        first_year: first likely year, which is about 1900.
        last_year: last likely year, which is about 2100.
        fix: how to convert the dates.
    """

    name: str
    first_year: int
    last_year: int
    fix: str


_CONVERT = "If so, convert the dates to the Gregorian calendar."
_CALENDARS = (
    # These years correspond to about 1900 to 2100, and are rare in Gregorian dates.
    Calendar("the Islamic or the Persian calendar", 1300, 1500, _CONVERT),
    Calendar(
        *("the Buddhist calendar", 2443, 2643, "If so, subtract 543 from the years.")
    ),
    Calendar("the Jewish calendar", 5660, 5861, _CONVERT),
)
_USUAL_YEARS = 1501, 2442  # no other calendar has a likely year in this range


class YearsFound(NamedTuple):
    """Years that may belong to another calendar.

    Args:
        calendar: the other calendar.
        year: the first such year, as an example.
        num_rows: number of dates with such years.
    """

    calendar: Calendar
    year: int
    num_rows: int


def is_unusual(dates: pl.Expr) -> pl.Expr:
    """Return an expression that is true for dates whose year may be wrong.

    These are all dates outside the years 1501 to 2442.

    Example:
        >>> frame = pl.DataFrame({"date": ["2567-02-01", "2024-02-01"]})
        >>> frame.select(is_unusual(pl.all().str.to_date()))["date"].to_list()
        [True, False]
    """
    return ~dates.dt.year().is_between(*_USUAL_YEARS)


def other_calendar_in(dates: pl.Series) -> YearsFound | None:
    """Return the years that may belong to another calendar, or None.

    Example:
        >>> dates = pl.Series(["2567-02-01", "2024-02-01"]).str.to_date()
        >>> found = other_calendar_in(dates)
        >>> found.calendar.name, found.year, found.num_rows
        ('the Buddhist calendar', 2567, 1)
    """
    years = dates.dt.year().drop_nulls()
    for calendar in _CALENDARS:
        within = years.filter(years.is_between(calendar.first_year, calendar.last_year))
        if len(within):
            return YearsFound(calendar, int(within[0]), len(within))
    return None

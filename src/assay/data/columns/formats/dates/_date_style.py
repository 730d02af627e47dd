"""Detects whether the day or the month comes first in the dates in a column."""

import polars as pl

from assay.data.columns.formats._style import DAY_FIRST, MONTH_FIRST, Style
from assay.data.columns.formats.dates._dates import MONTH_NAME, slash_dates

__all__ = ["date_style", "order_problem", "short_year_problem", "short_years"]

_SHORT_YEAR = rf"(?i)^\d{{1,2}}(?:/\d{{1,2}}/|[ -]{MONTH_NAME}[ -])\d{{2}}$"
_FIX = "write them as 2024-12-31"


def date_style(cells: pl.Series) -> Style:
    """Return the style of a column of dates such as 31/12/2024: day or month first.

    Example:
        >>> date_style(pl.Series(["1/2/2024", "31/12/2024"])).name
        'day first'
        >>> date_style(pl.Series(["1/2/2024", "3/4/2024"])).problem[:34]
        'day and month could be swapped in '
    """
    short = _short_years_of(cells)
    first, second = slash_dates(cells)
    # Dates with hyphens are not counted here, because 1-2-2024 may also be a code.
    num_cells = int((first.is_not_null() & cells.str.contains("/")).sum())
    if short.sum() > num_cells:
        problem = short_year_problem(cells.filter(short)[0])
        return Style("", problem, int(short.sum()))
    day_first, month_first = ((part > 12).fill_null(False) for part in (first, second))
    if day_first.any() and month_first.any():
        one, other = (cells.filter(which)[0] for which in (day_first, month_first))
        problem = f"the day comes first in {one!r} but second in {other!r}"
        return Style("", f"{problem}; {_FIX}", num_cells)
    if day_first.any() or month_first.any():
        return Style(DAY_FIRST if day_first.any() else MONTH_FIRST)
    if not num_cells:
        return Style()
    example = cells.filter(first.is_not_null() & cells.str.contains("/"))[0]
    return Style("", order_problem(example), num_cells)


def order_problem(example: str) -> str:
    """Return the reason dates such as 1/2/2024 cannot be read, with a fix."""
    return f"day and month could be swapped in dates such as {example!r}; {_FIX}"


def short_year_problem(example: str) -> str:
    """Return the reason dates with two-digit years cannot be read, with a fix."""
    return f"dates such as {example!r} have two-digit years; {_FIX}"


def short_years(cells: pl.Series) -> pl.Series:
    """Return a mask of the dates such as 31/12/24 and 31 Dec 24."""
    return cells.str.contains(_SHORT_YEAR).fill_null(False)


def _short_years_of(cells: pl.Series) -> pl.Series:
    """Return a mask of the dates with two-digit years.

    Dates with dots count only if at least one of them has a day greater than 12,
    because version numbers such as 10.04.06 look the same.
    """
    slashed = short_years(cells)
    form = r"^(0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.\d\d$"
    dotted = cells.str.extract(form, 1).cast(pl.Int64)
    if (dotted > 12).any():
        return slashed | dotted.is_not_null()
    return slashed

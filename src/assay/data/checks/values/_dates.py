"""Checks for dates written as numbers, and for dates in other calendars."""

import re

import numpy as np
import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.checks.values._placeholders import MIN_ROWS, unusual_dates
from assay.data.columns._parse import read_as
from assay.data.columns._wording import counted
from assay.data.columns.formats.dates._calendars import (
    other_calendar_in,
)
from assay.data.table._column_names import names_where
from assay.records import Finding

__all__ = ["compact_dates", "other_calendar"]

_LIKELY_YEARS = 1900, 2100
_MIN_TIME = 10_000  # smaller numbers have too few digits to be dates or times
_MIN_MONTHS = 6  # minimum number of different months written as decimals
_TIME_NAME = re.compile(
    r"(?i:(?:^|[\W_])(?:date|time|datetime|epoch|ts|month|period)(?:$|[\W_])|stamp|_at$)"
    r"|(?:Date|Time|At)$"
)


def other_calendar(context: CheckContext) -> list[Finding]:
    """Report dates whose years belong to another calendar, such as 2567 and 1446."""
    found = [
        (dates.name, match)
        for dates in unusual_dates(context)
        if (match := other_calendar_in(dates)) is not None
    ]
    return [
        Finding(
            "other_calendar",
            "warning",
            f"{name!r} contains years such as {match.year} in "
            f"{counted(match.num_rows, 'row')}. They may belong to "
            f"{match.calendar.name}, but are read as Gregorian years.",
            numbers={"column": name, "year": match.year, "num_rows": match.num_rows},
            remedy=f"{match.calendar.fix} To leave the column out, write "
            f"ignore=[{name!r}].",
        )
        for name, match in found
    ]


def compact_dates(context: CheckContext) -> list[Finding]:
    """Report numbers that may be times, such as 20241231 and seconds since 1970."""
    frame, findings = context.dataset.frame, []
    if frame.height < MIN_ROWS:
        return []
    # the first rows are enough to rule out most columns
    names = [column.name for column in context.features_of_kind("number")]
    first = frame.select(names).head(MIN_ROWS)
    too_early = set(names_where(first, pl.all() < _MIN_TIME))
    no_months = set(names_where(first, ~pl.all().is_between(1, _LIKELY_YEARS[1] + 1)))
    for name in names:
        cells = frame[name]
        if name not in too_early and (example := _compact_date(name, cells)):
            what, fix = "dates", f"write kinds={{{name!r}: 'date'}}"
        elif name not in no_months and (example := _month_as_decimal(cells)):
            what, fix = "months", f"write them as {example[1]}"
        else:
            continue
        findings.append(
            Finding(
                "compact_dates",
                "advice",
                f"{name!r} is treated as a number, but may contain {what}: for "
                f"example, {example[0]} may mean {example[1]}.",
                numbers={"column": name, "example": example[0]},
                remedy=f"If so, {fix}.",
            )
        )
    return findings


def _month_as_decimal(values: pl.Series) -> tuple[float, str] | None:
    """Return a number and its month if all numbers may be months, such as 2024.05.

    The year may also come last, as in 5.2024. Numbers that are not months rarely all
    have such decimals. At least one month must be before October, because 2024.1 may
    also be a version or a decimal.
    """
    first = values.first(ignore_nulls=True)
    if not isinstance(first, float):
        return None
    for scale in (100, 10_000):
        if _years_and_months(np.array([first]), scale) is None:
            continue
        distinct = values.drop_nulls().unique(maintain_order=True).to_numpy()
        found = _years_and_months(distinct, scale)
        if found is None:
            continue
        years, months = found
        if len(np.unique(months)) >= _MIN_MONTHS and months.min() < 10:
            return float(distinct[0]), f"{years[0]:.0f}-{months[0]:02.0f}"
    return None


def _years_and_months(
    numbers: np.ndarray, scale: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Split numbers into years and months, or return None if any has other parts.

    Args:
        numbers: (n,) floats.
        scale: 100 if the months are the decimals, as in 2024.05; 10,000 if the years
            are, as in 5.2024.
    """
    whole = np.floor(numbers)
    decimals = np.round((numbers - whole) * scale)
    years, months = (whole, decimals) if scale == 100 else (decimals, whole)
    are_months = np.abs(whole + decimals / scale - numbers) < 1e-9
    are_months &= (years >= _LIKELY_YEARS[0]) & (years <= _LIKELY_YEARS[1])
    are_months &= (months >= 1) & (months <= 12)
    return (years, months) if are_months.all() else None


def _compact_date(name: str, values: pl.Series) -> tuple[int, str] | None:
    """Return an example of a number and its date, if all numbers may be dates."""
    values = values.drop_nulls()
    if len(values) < MIN_ROWS or values.dtype not in (pl.Int64, pl.Float64):
        return None
    for some in (values.head(MIN_ROWS), values):
        if not _may_be_dates(some.to_numpy(), name):
            return None
        numbers = some.cast(pl.Float64).floor().cast(pl.Int64, strict=False)
        dates = read_as(numbers, "date").values
        is_likely = dates.dt.year().is_between(*_LIKELY_YEARS).all()
        if dates.null_count() or not is_likely:
            return None
    if values.n_unique() < MIN_ROWS and not _TIME_NAME.search(name):
        return None
    return int(values[0]), str(dates[0]).removesuffix(" 00:00:00")


def _may_be_dates(numbers: np.ndarray, name: str) -> bool:
    """Return whether numbers may be dates, judging by the name or number of digits.

    Unless the column name suggests times, the numbers must have the digits of a date
    without separators, because other numbers are rarely valid dates.
    """
    if _TIME_NAME.search(name):
        return True
    has_digits = [
        (numbers >= 10 ** (count - 1)) & (numbers < 10**count) for count in (8, 12, 14)
    ]
    return bool(np.any(has_digits, axis=0).all())

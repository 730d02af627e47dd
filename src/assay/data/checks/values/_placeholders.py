"""Checks for values that stand for missing values, such as -999 and the year 9999."""

import re
from collections.abc import Iterator

import numpy as np
import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.columns._wording import counted
from assay.data.columns.formats.dates._calendars import is_unusual
from assay.data.table._column_names import names_where
from assay.records import Finding

__all__ = ["MIN_ROWS", "placeholder_date", "placeholder_number", "unusual_dates"]

MIN_ROWS = 20
"""With fewer rows, a value that looks suspicious is often a coincidence."""

MIN_PLACEHOLDERS = 2
"""Minimum number of rows with a placeholder. A single one may be a typo."""

_PLACEHOLDER = re.compile(r"-?9{2,6}")


def placeholder_number(context: CheckContext) -> list[Finding]:
    """Report numbers such as -999 that are far from all other values in a column."""
    dataset = context.dataset
    columns = [dataset.frame[c.name] for c in context.features_of_kind("number")]
    found = [("advice", column, "leave these cells empty") for column in columns]
    if dataset.task.kind == "regression":
        target = pl.Series(dataset.task.target, dataset.target[context.known_rows])
        found.append(("warning", target, "leave these rows out"))
    return [
        Finding(
            "placeholder_number",
            severity,
            f"{column.name!r} is {value:g} in {counted(num_rows, 'row')}, far from "
            f"all other values ({low:g} to {high:g}). This may mean that the value "
            "is missing.",
            numbers={"column": column.name, "value": value, "num_rows": num_rows},
            remedy=f"If so, {remedy}.",
        )
        for severity, column, remedy in found
        for value, num_rows, low, high in _placeholder(column.drop_nulls().to_numpy())
    ]


def placeholder_date(context: CheckContext) -> list[Finding]:
    """Report dates in the year 9999, which databases use for "never"."""
    counts = [
        (dates.name, int((dates.dt.year() == 9999).sum()))
        for dates in unusual_dates(context)
    ]
    return [
        Finding(
            "placeholder_date",
            "advice",
            f"{name!r} is in the year 9999 in {counted(num_rows, 'row')}. This may "
            "mean that the value is missing.",
            numbers={"column": name, "num_rows": num_rows},
            remedy="If so, leave these cells empty.",
        )
        for name, num_rows in counts
        if num_rows
    ]


def unusual_dates(context: CheckContext) -> list[pl.Series]:
    """Return the columns with at least one date whose year may be wrong."""
    frame = context.dataset.frame
    dates = frame.select(column.name for column in context.features_of_kind("date"))
    return [dates[name] for name in names_where(dates, is_unusual(pl.all()))]


def _placeholder(values: np.ndarray) -> Iterator[tuple[float, int, float, float]]:
    """Yield a placeholder, how often it occurs, and the range of the other values.

    A placeholder consists only of nines, or is the only negative value in the column.
    """
    if len(values) < MIN_ROWS:
        return
    for extreme in (values.min(), values.max()):
        is_nines = _PLACEHOLDER.fullmatch(f"{extreme:.0f}")
        if extreme % 1 or not (is_nines or extreme < 0):
            continue
        others = values[values != extreme]
        num_rows = len(values) - len(others)
        if num_rows < MIN_PLACEHOLDERS or len(others) < MIN_ROWS:
            continue
        low, high = float(others.min()), float(others.max())
        if not is_nines and (low < 0 or low == high):
            continue
        if max(low - extreme, extreme - high) > high - low:
            yield float(extreme), num_rows, low, high
            return

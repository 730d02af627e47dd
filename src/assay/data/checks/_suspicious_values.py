"""Checks for placeholders, dates read as numbers, and spelling variants."""

import re

import numpy as np
import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.columns._column import Column
from assay.data.columns._parse import MISSING_WORDS
from assay.data.columns._wording import counted
from assay.data.columns.formats._dates import is_compact_date
from assay.records import Finding

__all__ = [
    "compact_dates",
    "missing_class",
    "placeholder_date",
    "placeholder_number",
    "spelling_variants",
]

MIN_ROWS = 20
"""With fewer rows, a value that looks suspicious is often a coincidence."""

MIN_PLACEHOLDERS = 2
"""Minimum number of rows with a placeholder; a single one may be a typo."""

_PLACEHOLDER = re.compile(r"-?9{2,6}")
_SHOWN_SPELLINGS = 3
_MISSING_CLASSES = ("missing", "unknown", "not available")


def spelling_variants(context: CheckContext) -> list[Finding]:
    """Report classes and categories that differ only in case, spaces or hyphens."""
    dataset = context.dataset
    classes = [c for c in dataset.task.classes if isinstance(c, str)]
    labels = pl.Series(classes, dtype=pl.String)
    found = [("warning", dataset.task.target, _variants(labels))]
    for column in _features_of_kind(context, "category"):
        found.append(("advice", column.name, _variants(dataset.frame[column.name])))
    return [
        Finding(
            "spelling_variants",
            severity,
            f"{name!r} contains {_listed(spellings)}, which count as different values.",
            numbers={"column": name, "spellings": spellings},
            remedy="If they mean the same thing, spell them the same way.",
        )
        for severity, name, spellings in found
        if spellings
    ]


def missing_class(context: CheckContext) -> list[Finding]:
    """Report classes such as "NA", which may mean that the target is missing."""
    dataset = context.dataset
    return [
        Finding(
            "missing_class",
            "warning",
            f"{name!r} is a class of {dataset.task.target!r}, but it may mean that the "
            "target is missing.",
            numbers={"class": name},
            remedy="If so, leave these rows out.",
        )
        for name in dataset.task.classes
        if name in MISSING_WORDS or str(name).lower() in _MISSING_CLASSES
    ]


def _variants(words: pl.Series) -> list[str]:
    """Return the first group of words that a reader would consider the same."""
    distinct = words.drop_nulls().unique().sort()
    plain = distinct.str.to_lowercase().str.replace_all(r"[\s_-]+", " ")
    repeated = plain.filter(plain.is_duplicated())
    return distinct.filter(plain == repeated[0]).to_list() if len(repeated) else []


def _listed(words: list[str]) -> str:
    *first, last = (repr(word) for word in words[:_SHOWN_SPELLINGS])
    return f"{', '.join(first)} and {last}"


def placeholder_number(context: CheckContext) -> list[Finding]:
    """Report numbers such as -999 that are far from all other values in a column."""
    findings = []
    for column in _features_of_kind(context, "number"):
        values = context.dataset.frame[column.name].drop_nulls()
        if (found := _placeholder(values)) is None:
            continue
        value, num_rows, low, high = found
        findings.append(
            Finding(
                "placeholder_number",
                "advice",
                f"{column.name!r} is {value:g} in {counted(num_rows, 'row')}, far from "
                f"all other values ({low:g} to {high:g}). It may mean that the value "
                "is missing.",
                numbers={"column": column.name, "value": value, "num_rows": num_rows},
                remedy="If so, leave these cells empty.",
            )
        )
    return findings


def placeholder_date(context: CheckContext) -> list[Finding]:
    """Report dates in the year 9999, which databases use for "never"."""
    findings = []
    for column in _features_of_kind(context, "date"):
        num_rows = int((context.dataset.frame[column.name].dt.year() == 9999).sum())
        if num_rows:
            findings.append(
                Finding(
                    "placeholder_date",
                    "advice",
                    f"{column.name!r} is in the year 9999 in "
                    f"{counted(num_rows, 'row')}. It may mean that the value is "
                    "missing.",
                    numbers={"column": column.name, "num_rows": num_rows},
                    remedy="If so, leave these cells empty.",
                )
            )
    return findings


def _placeholder(values: pl.Series) -> tuple[float, int, float, float] | None:
    """Return a placeholder, the number of its rows, and the range of other values."""
    if len(values) < MIN_ROWS:
        return None
    for extreme in (values.min(), values.max()):
        assert isinstance(extreme, int | float)
        if not _PLACEHOLDER.fullmatch(f"{extreme:.0f}") or extreme != int(extreme):
            continue
        others = values.filter(values != extreme)
        num_rows = len(values) - len(others)
        if num_rows < MIN_PLACEHOLDERS or len(others) < MIN_ROWS:
            continue
        low, high = float(np.asarray(others).min()), float(np.asarray(others).max())
        if max(low - extreme, extreme - high) > high - low:
            return float(extreme), num_rows, low, high
    return None


def compact_dates(context: CheckContext) -> list[Finding]:
    """Report numbers that may be dates, such as 20241231."""
    return [
        Finding(
            "compact_dates",
            "advice",
            f"{column.name!r} is read as a number, but may contain dates, such as "
            f"{example}.",
            numbers={"column": column.name, "example": example},
            remedy=f"If so, write kinds={{{column.name!r}: 'date'}}.",
        )
        for column in _features_of_kind(context, "number")
        if (example := _compact_date(context.dataset.frame[column.name].drop_nulls()))
    ]


def _compact_date(values: pl.Series) -> int | None:
    """Return an example if all numbers are dates written without separators."""
    if len(values) < MIN_ROWS:
        return None
    for some in (values.head(MIN_ROWS), values):  # a few rows rule out most columns
        if not bool((some.cast(pl.Float64) % 1 == 0).all()):
            return None
        text = some.cast(pl.Int64, strict=False).cast(pl.String)
        is_date = is_compact_date(text)
        if not (is_date & text.str.to_date("%Y%m%d", strict=False).is_not_null()).all():
            return None
    return int(values[0]) if values.n_unique() >= MIN_ROWS else None


def _features_of_kind(context: CheckContext, kind: str) -> list[Column]:
    return [column for column in context.features if column.kind == kind]

"""Checks for placeholders, dates stored as numbers, and spelling variants."""

import re
from collections.abc import Iterator

import numpy as np
import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.columns._column import Column
from assay.data.columns._parse import MISSING_WORDS, read_as
from assay.data.columns._wording import counted
from assay.data.preparation._other_scales import sizes_if_other
from assay.data.preparation.encoders._impute_and_scale import Scale, to_floats
from assay.records import Finding

__all__ = [
    "compact_dates",
    "missing_class",
    "other_scale",
    "placeholder_date",
    "placeholder_number",
    "spelling_variants",
]

MIN_ROWS = 20
"""With fewer rows, a value that looks suspicious is often a coincidence."""

MIN_PLACEHOLDERS = 2
"""Minimum number of rows with a placeholder. One may be a typo."""

_LIKELY_YEARS = 1900, 2100
_MIN_TIME = 10_000  # smaller numbers have too few digits to be a date or a time
_TIME_NAME = re.compile(
    r"(?i:(?:^|[\W_])(?:date|time|datetime|epoch|ts|month|period)(?:$|[\W_])|stamp|_at$)"
    r"|(?:Date|Time|At)$"
)
_PLACEHOLDER = re.compile(r"-?9{2,6}")
_SHOWN_SPELLINGS = 3
_MISSING_CLASSES = ("missing", "unknown", "not available")


def spelling_variants(context: CheckContext) -> list[Finding]:
    """Report classes, categories and groups that are spelled in several ways.

    The spellings differ only in case, spaces or hyphens.
    """
    dataset, split = context.dataset, context.split
    classes = [c for c in dataset.task.classes if isinstance(c, str)]
    labels = pl.Series(classes, dtype=pl.String)
    found = [("warning", dataset.task.target, _variants(labels))]
    if split is not None and split.by == "group":  # variants may be in different parts
        groups = dataset.values(str(split.column)).cast(pl.String)
        found.append(("warning", str(split.column), _variants(groups)))
    grouped = [name for _, name, spellings in found if spellings]
    for column in _features_of_kind(context, "category"):
        if column.name not in grouped:
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
    """Return the first group of words that users would consider equal."""
    distinct = words.drop_nulls().unique().sort()
    plain = distinct.str.to_lowercase().str.replace_all(r"[\s_-]+", " ")
    repeated = plain.filter(plain.is_duplicated())
    return distinct.filter(plain == repeated[0]).to_list() if len(repeated) else []


def _listed(words: list[str]) -> str:
    *first, last = (repr(word) for word in words[:_SHOWN_SPELLINGS])
    return f"{', '.join(first)} and {last}"


def other_scale(context: CheckContext) -> list[Finding]:
    """Report columns whose scale in a given test set differs from the other rows."""
    dataset, split = context.dataset, context.split
    if split is None or split.by != "given":
        return []
    columns = [dataset.frame[c.name] for c in _features_of_kind(context, "number")]
    if dataset.task.kind == "regression":
        columns.append(pl.Series(dataset.task.target, dataset.target))
    findings = []
    for column in columns:
        numbers = to_floats(column)
        scale = Scale.fit(numbers[context.known_rows])
        if sizes := sizes_if_other(numbers[split.test], scale):
            findings.append(
                Finding(
                    "other_scale",
                    "warning",
                    f"{column.name!r} is usually about {sizes[0]}, but about "
                    f"{sizes[1]} in the test set.",
                    numbers={"column": column.name},
                    remedy="Check its unit and its decimal and thousands separators.",
                )
            )
    return findings


def placeholder_number(context: CheckContext) -> list[Finding]:
    """Report numbers such as -999 that are far from all other values in a column."""
    dataset = context.dataset
    columns = [dataset.frame[c.name] for c in _features_of_kind(context, "number")]
    found = [("advice", column, "leave these cells empty") for column in columns]
    if dataset.task.kind == "regression":
        target = pl.Series(dataset.task.target, dataset.target[context.known_rows])
        found.append(("warning", target, "leave these rows out"))
    return [
        Finding(
            "placeholder_number",
            severity,
            f"{column.name!r} is {value:g} in {counted(num_rows, 'row')}, far from "
            f"all other values ({low:g} to {high:g}). It may mean that the value "
            "is missing.",
            numbers={"column": column.name, "value": value, "num_rows": num_rows},
            remedy=f"If so, {remedy}.",
        )
        for severity, column, remedy in found
        for value, num_rows, low, high in _placeholder(column.drop_nulls())
    ]


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


def _placeholder(values: pl.Series) -> Iterator[tuple[float, int, float, float]]:
    """Yield a placeholder, its number of rows, and the range of the other values.

    A placeholder consists only of nines, or is the only negative value in the column.
    """
    if len(values) < MIN_ROWS:
        return
    for extreme in (values.min(), values.max()):
        assert isinstance(extreme, int | float)
        is_nines = _PLACEHOLDER.fullmatch(f"{extreme:.0f}")
        if extreme % 1 or not (is_nines or extreme < 0):
            continue
        others = values.filter(values != extreme)
        if not is_nines and ((others < 0).any() or others.n_unique() < 2):
            continue
        num_rows = len(values) - len(others)
        if num_rows < MIN_PLACEHOLDERS or len(others) < MIN_ROWS:
            continue
        low, high = float(np.asarray(others).min()), float(np.asarray(others).max())
        if max(low - extreme, extreme - high) > high - low:
            yield float(extreme), num_rows, low, high
            return


def compact_dates(context: CheckContext) -> list[Finding]:
    """Report numbers that may be times, such as 20241231 and seconds since 1970."""
    found = [
        (column.name, _compact_date(column.name, context.dataset.frame[column.name]))
        for column in _features_of_kind(context, "number")
    ]
    return [
        Finding(
            "compact_dates",
            "advice",
            f"{name!r} is treated as a number, but may contain dates: for example, "
            f"{example[0]} may mean {example[1]}.",
            numbers={"column": name, "example": example[0]},
            remedy=f"If so, write kinds={{{name!r}: 'date'}}.",
        )
        for name, example in found
        if example is not None
    ]


def _compact_date(name: str, values: pl.Series) -> tuple[int, str] | None:
    """Return an example of a number and its date, if all numbers may be dates."""
    values = values.drop_nulls()
    if len(values) < MIN_ROWS or values.dtype not in (pl.Int64, pl.Float64):
        return None
    first = values.head(MIN_ROWS)  # the first rows rule out most columns
    if not (first.to_numpy() >= _MIN_TIME).all():
        return None
    for some in (first, values):
        text = some.cast(pl.Float64).floor().cast(pl.Int64, strict=False)
        dates = read_as(text, "date").values
        if not _are_likely(dates, text.cast(pl.String), name):
            return None
    if values.n_unique() < MIN_ROWS and not _TIME_NAME.search(name):
        return None
    return int(values[0]), str(dates[0]).removesuffix(" 00:00:00")


def _are_likely(dates: pl.Series, digits: pl.Series, name: str) -> bool:
    """Return whether dates are in a plausible range of years.

    Unless the column name suggests times, the numbers must be dates without separators,
    because other numbers are rarely valid dates.
    """
    years = dates.dt.year()
    if dates.null_count() or not years.is_between(*_LIKELY_YEARS).all():
        return False
    is_written = digits.str.len_bytes().is_in([8, 12, 14]).all()
    return bool(is_written) or _TIME_NAME.search(name) is not None


def _features_of_kind(context: CheckContext, kind: str) -> list[Column]:
    return [column for column in context.features if column.kind == kind]

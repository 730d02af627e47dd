"""Checks for values that are spelled in several ways or may mean "no value"."""

from typing import TypeVar

import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.columns._parse import MISSING_WORDS
from assay.data.table._column_names import names_where
from assay.records import Finding

__all__ = ["missing_class", "spelling_variants"]

_Words = TypeVar("_Words", pl.Series, pl.Expr)

_SHOWN_SPELLINGS = 3
_MISSING_CLASSES = ("missing", "unknown", "not available")


def spelling_variants(context: CheckContext) -> list[Finding]:
    """Report classes, categories and groups that are spelled in several ways.

    The spellings differ only in case, spaces, hyphens or trailing punctuation.
    """
    dataset, split = context.dataset, context.split
    classes = [c for c in dataset.task.classes if isinstance(c, str)]
    labels = pl.Series(classes, dtype=pl.String)
    found = [("warning", dataset.task.target, _variants(labels))]
    if split is not None and split.by == "group":  # variants may be in different parts
        groups = dataset.values(str(split.column)).cast(pl.String)
        found.append(("warning", str(split.column), _variants(groups)))
    grouped = [name for _, name, spellings in found if spellings]
    names = [c.name for c in context.features_of_kind("category")]
    names = [name for name in names if name not in grouped]
    # Most columns have no variants. One query rules them out.
    distinct = pl.all().drop_nulls().unique()
    repeat = _plain(distinct).is_duplicated()
    for name in names_where(dataset.frame.select(names), repeat):
        found.append(("advice", name, _variants(dataset.frame[name])))
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
    """Return the first group of words that probably mean the same thing."""
    distinct = words.drop_nulls().unique().sort()
    plain = _plain(distinct)
    repeated = plain.filter(plain.is_duplicated())
    return distinct.filter(plain == repeated[0]).to_list() if len(repeated) else []


def _plain(words: _Words) -> _Words:
    """Return words in lower case, without differences in spaces and punctuation."""
    plain = words.str.to_lowercase().str.replace_all(r"[\s_-]+", " ")
    return plain.str.strip_chars_end(" .,;:")


def _listed(words: list[str]) -> str:
    *first, last = (repr(word) for word in words[:_SHOWN_SPELLINGS])
    return f"{', '.join(first)} and {last}"

"""Checks of columns: what is constant, missing, unusable or badly written."""

import polars as pl

from assay.data.checks._context import View, listed
from assay.data.columns._column import Column
from assay.records import Finding

__all__ = [
    "constant_column",
    "id_column",
    "missing_values",
    "stray_text",
    "unusable_text",
]

MUCH_MISSING = 0.30
"""Above this share, filling in the median says more than the column itself."""


def constant_column(view: View) -> list[Finding]:
    """Name columns that never change; they are left out by themselves."""
    found = _of_kind(view, "constant")
    if not found:
        return []
    names = [column.name for column in found]
    return [
        Finding(
            "constant_column",
            "info",
            f"{listed(names)}: the same in every row, so left out.",
            numbers={"num_columns": len(names), "columns": names},
        )
    ]


def id_column(view: View) -> list[Finding]:
    """Name columns that number the rows; learning them by heart does not carry over."""
    return [
        Finding(
            "id_column",
            "advice",
            f"{column.name!r} looks like an id ({column.reason}), so it is left out.",
            numbers={
                "column": column.name,
                "num_distinct": column.num_distinct,
                "num_examples": view.dataset.num_examples,
            },
            remedy=f"If it is more than a name: kinds={{{column.name!r}: "
            f"'{_other_kind(view, column)}'}}.",
        )
        for column in _of_kind(view, "id")
        if column.name != view.dataset.layout.series_column
    ]


def unusable_text(view: View) -> list[Finding]:
    """Name columns of unreadable numbers or records, and text beside other inputs."""
    found = [
        Finding(
            "unusable_text",
            "advice",
            f"{column.name!r} is left out, its cells are no input ({column.reason}).",
            numbers={"column": column.name, "num_distinct": column.num_distinct},
            remedy="Write numbers with a decimal point, or derive columns from it.",
        )
        for column in _of_kind(view, "unusable")
    ]
    return found + [
        Finding(
            "unusable_text",
            "advice",
            f"{column.name!r} is text, which is left out beside other inputs.",
            numbers={"column": column.name, "num_distinct": column.num_distinct},
            remedy=f"To read it alone: kinds={{{column.name!r}: 'text'}}.",
        )
        for column in _of_kind(view, "text")
        if column.beside
    ]


def stray_text(view: View) -> list[Finding]:
    """Name columns whose text was taken as missing since it is no number."""
    return [
        Finding(
            "stray_text",
            "advice",
            f"{column.num_stray} cells of {column.name!r} are no {column.kind}; they "
            "count as missing.",
            numbers={
                "column": column.name,
                "num_stray": column.num_stray,
                "share": column.num_stray / view.dataset.num_examples,
            },
            remedy="Correct these cells, or leave them empty.",
        )
        for column in view.features
        if column.num_stray
    ]


def missing_values(view: View) -> list[Finding]:
    """Say how much is missing in each column."""
    rows = view.dataset.num_examples
    shares = {
        column.name: column.num_missing / rows
        for column in view.dataset.columns
        if column.num_missing and not column.ignored
    }
    if not shares:
        return []
    worst = max(shares, key=shares.__getitem__)
    much = [name for name, share in shares.items() if share > MUCH_MISSING]
    return [
        Finding(
            "missing_values",
            "advice" if much else "info",
            f"{len(shares)} columns lack values; most of all {worst!r}, in "
            f"{shares[worst]:.1%} of the rows. Numbers are filled with the median of "
            "the training rows and flagged; for categories, missing is one more.",
            numbers={"shares": shares, "worst": worst, "much": MUCH_MISSING},
            remedy=f"Check why, or leave out: ignore={much!r}." if much else "",
        )
    ]


def _of_kind(view: View, kind: str) -> list[Column]:
    columns = view.dataset.columns
    return [c for c in columns if c.kind == kind and not c.ignored]


def _other_kind(view: View, column: Column) -> str:
    dtype = view.dataset.frame[column.name].dtype
    return "category" if dtype == pl.String else "number"

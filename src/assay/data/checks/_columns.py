"""Checks for constant, incomplete, unusable and unusually formatted columns."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from assay.data.checks._context import CheckContext, join_names
from assay.data.columns._column import SOLE_INPUT_KINDS, Column
from assay.data.columns._parse import read_as
from assay.data.columns._text_kind import MOSTLY_DATES, MOSTLY_NUMBERS
from assay.data.columns._unusable_words import UNCERTAIN
from assay.data.columns._wording import counted
from assay.data.columns.formats._durations import seconds_of
from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._style import describe_style
from assay.records import Finding

__all__ = [
    "ambiguous_points",
    "constant_column",
    "id_column",
    "merged_versions",
    "missing_values",
    "mostly_numbers",
    "rewritten_text",
    "sole_input",
    "stray_text",
    "unusable_text",
]

_FIRST_VALUES = 1_000

MUCH_MISSING = 0.30
"""Fraction of missing values above which a column should be investigated."""


def constant_column(context: CheckContext) -> list[Finding]:
    """Report columns left out because they have the same value in every row."""
    names = [column.name for column in _of_kind(context, "constant")]
    if not names:
        return []
    return [
        Finding(
            "constant_column",
            "info",
            f"Constant columns were left out: {join_names(names)}.",
            numbers={"num_columns": len(names), "columns": names},
        )
    ]


def id_column(context: CheckContext) -> list[Finding]:
    """Report columns that merely identify rows and cannot help predict new ones."""
    return [
        Finding(
            "id_column",
            "advice",
            f"{column.name!r} looks like an id ({column.reason}), so it is left out.",
            numbers={
                "column": column.name,
                "num_distinct": column.num_distinct,
                "num_examples": context.dataset.num_examples,
            },
            remedy=f"If its values are meaningful, write kinds={{{column.name!r}: "
            f"'{_other_kind(context, column)}'}}.{_hint_on_numbers(context, column)}",
        )
        for column in _of_kind(context, "id")
        if column.name != context.dataset.layout.series_column
    ]


def unusable_text(context: CheckContext) -> list[Finding]:
    """Report unusable columns, and text columns left out in favor of other inputs."""
    findings = [
        Finding(
            "unusable_text",
            "advice",
            f"{column.name!r} cannot be used, so it is left out ({column.reason}).",
            numbers={"column": column.name, "num_distinct": column.num_distinct},
            remedy=_remedy_for_unusable(column),
        )
        for column in _of_kind(context, "unusable")
    ]
    return findings + [
        Finding(
            "unusable_text",
            "advice",
            f"{column.name!r} is text, so it is left out in favor of other inputs.",
            numbers={"column": column.name, "num_distinct": column.num_distinct},
            remedy="To use it as the sole input, write "
            f"kinds={{{column.name!r}: 'text'}}.{_hint_on_numbers(context, column)}",
        )
        for column in _of_kind(context, "text")
        if column.set_aside and not _sole_input(context)
    ]


def sole_input(context: CheckContext) -> list[Finding]:
    """Report the columns left out because of images, sequences or text."""
    names = [c.name for c in context.dataset.columns if c.set_aside and not c.ignored]
    if not names or (sole := _sole_input(context)) is None:
        return []
    what = sole.kind if sole.kind == "text" else f"{sole.kind}s"
    return [
        Finding(
            "sole_input",
            "advice",
            f"{sole.name!r} contains {what}, which cannot be combined with other "
            f"columns, so these are left out: {join_names(names)}.",
            numbers={"column": sole.name, "num_columns": len(names), "columns": names},
            remedy=f"To use the other columns instead, write ignore=[{sole.name!r}].",
        )
    ]


def _sole_input(context: CheckContext) -> Column | None:
    kinds = SOLE_INPUT_KINDS
    return next((c for c in context.features if c.kind in kinds), None)


def mostly_numbers(context: CheckContext) -> list[Finding]:
    """Report categorical columns that mix numbers and words, or values like 5 ± 1."""
    return [
        Finding(
            "mostly_numbers",
            "advice",
            f"{column.name!r} is treated as categorical ({column.reason}).",
            numbers={"column": column.name, "num_distinct": column.num_distinct},
            remedy="If the words mean that a number is missing, write "
            f"kinds={{{column.name!r}: 'number'}}."
            if MOSTLY_NUMBERS in column.reason
            else _remedy_for_unusable(column),
        )
        for column in context.features
        if column.kind == "category"
        and (MOSTLY_NUMBERS in column.reason or column.reason.startswith(UNCERTAIN))
    ]


def _remedy_for_unusable(column: Column) -> str:
    for reason, kind in ((MOSTLY_NUMBERS, "number"), (MOSTLY_DATES, "date")):
        if reason in column.reason:
            return (
                "Correct these values, or treat them as missing: "
                f"kinds={{{column.name!r}: {kind!r}}}."
            )
    return "Replace it with columns of numbers, dates or categories."


def stray_text(context: CheckContext) -> list[Finding]:
    """Report columns in which cells with unreadable text count as missing."""
    return [
        Finding(
            "stray_text",
            "advice",
            f"{column.name!r} contains {counted(column.num_stray, 'cell')} with text "
            f"that is not a {column.kind}; "
            f"{'it counts' if column.num_stray == 1 else 'they count'} as missing.",
            numbers={
                "column": column.name,
                "num_stray": column.num_stray,
                "share": column.num_stray / context.dataset.num_examples,
            },
            remedy="Correct these cells, or leave them empty.",
        )
        for column in context.features
        if column.num_stray
    ]


def ambiguous_points(context: CheckContext) -> list[Finding]:
    """Report numeric columns in which "." may be a thousands separator."""
    return [
        Finding(
            "ambiguous_points",
            "advice",
            f"{column.name!r} contains numbers such as {column.ambiguous!r} among "
            "whole numbers below 1000. '.' is interpreted as a decimal point, but may "
            "be a thousands separator.",
            numbers={"column": column.name, "example": column.ambiguous},
            remedy="If so, write these numbers without separators, such as "
            f"{column.ambiguous.replace('.', '')}.",
        )
        for column in context.features
        if column.ambiguous
    ]


def merged_versions(context: CheckContext) -> list[Finding]:
    """Report versions, such as 1.1 and 1.10, that are equal if read as numbers."""
    return [
        Finding(
            "merged_versions",
            "advice",
            f"{column.name!r} is treated as a number, so {column.version!r} equals "
            f"{column.version[:-1]!r}, but the column may contain version or section "
            "numbers.",
            numbers={"column": column.name, "example": column.version},
            remedy=f"If so, write kinds={{{column.name!r}: 'category'}}.",
        )
        for column in context.features
        if column.version
    ]


def rewritten_text(context: CheckContext) -> list[Finding]:
    """Report columns of numbers or dates in a human-readable format."""
    columns = [column for column in context.features if column.rewritten]
    quantities = _quantities(columns)
    return [
        Finding(
            "rewritten_text",
            "info",
            f"{column.name!r} contains text such as {column.rewritten!r}, which is "
            f"interpreted as {quantities[column.name]}{describe_style(column.style)}.",
            numbers={"column": column.name, "example": column.rewritten},
            remedy=f"If this is wrong, write kinds={{{column.name!r}: 'category'}}.",
        )
        for column in columns
    ]


def _quantities(columns: Sequence[Column]) -> dict[str, str]:
    """Return a description of each column's example value, by column name."""
    by_format: dict[tuple[str, str], list[Column]] = defaultdict(list)
    for column in columns:
        by_format[column.kind, column.style].append(column)
    quantities = {}
    for (kind, style), alike in by_format.items():  # one by one would be slow
        examples = pl.Series([column.rewritten for column in alike])
        values: Iterable[Any] = read_as(examples, kind, style).values
        clocks = examples.str.contains(":", literal=True)
        if not style:
            clocks |= seconds_of(ordinary_notation(examples)).is_not_null()
        for column, value, is_clock in zip(alike, values, clocks, strict=True):
            quantities[column.name] = _quantity(kind, value, is_clock=is_clock)
    return quantities


def _quantity(kind: str, value: Any, *, is_clock: bool) -> str:
    if kind == "date":
        return f"the date {value:%Y-%m-%d}"
    return f"{value:.10g} seconds" if is_clock else f"the number {value:.10g}"


def missing_values(context: CheckContext) -> list[Finding]:
    """Report the fraction of missing values in each column."""
    rows = context.dataset.num_examples
    shares = {
        column.name: column.num_missing / rows
        for column in context.dataset.columns
        if column.num_missing and not column.ignored and column.kind != "constant"
    }
    if not shares:
        return []
    worst = max(shares, key=shares.__getitem__)
    much = [name for name, share in shares.items() if share > MUCH_MISSING]
    return [
        Finding(
            "missing_values",
            "advice" if much else "info",
            f"Values are missing in {counted(len(shares), 'column')}, most often in "
            f"{worst!r} ({shares[worst]:.1%} of the rows). Missing numbers are "
            "replaced by the median of the training rows and flagged. Missing "
            "categories form a separate category.",
            numbers={"shares": shares, "worst": worst, "much": MUCH_MISSING},
            remedy=f"Find out why, or leave these columns out: ignore={much!r}."
            if much
            else "",
        )
    ]


def _of_kind(context: CheckContext, kind: str) -> list[Column]:
    columns = context.dataset.columns
    return [c for c in columns if c.kind == kind and not c.ignored]


def _hint_on_numbers(context: CheckContext, column: Column) -> str:
    """Return a hint if all values, such as "~12.5" and "12 sq ft", contain digits."""
    if _other_kind(context, column) == "date":
        return ""
    values = context.dataset.frame[column.name].drop_nulls()
    has_rows = len(values) > 0 and values.dtype == pl.String
    if not has_rows or not values.str.contains(r"\d").all():
        return ""
    return " If its values are quantities, write them as plain numbers, such as 12.5."


def _other_kind(context: CheckContext, column: Column) -> str:
    values = context.dataset.frame[column.name]
    if values.dtype != pl.String:
        return "number"
    some = values.drop_nulls().head(_FIRST_VALUES)
    are_codes = some.str.contains(r"^\d+$").any()  # 01234 could be read as a date
    return "category" if are_codes or read_as(some, "date").stray.any() else "date"

"""Excludes unsuitable columns, such as constants, ids and conflicting columns."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from assay._errors import Faults
from assay.data.columns._column import ARRAY_KINDS, Column
from assay.data.columns._unusable_words import (
    MAY_BE_UNUSABLE,
    UNCERTAIN,
    uncertainty_problem,
    why_unusable,
    with_uncertainty,
)
from assay.data.columns.formats._words import mean_words
from assay.data.table._column_names import names_where

__all__ = [
    "are_mostly_distinct",
    "exclude_useless",
    "set_aside_conflicting",
    "use_counts_if_alone",
]

ID_MIN_ROWS = 20
"""With fewer rows than this, ordinary values are often all distinct by chance."""

MAX_DISTINCT_SHARE = 0.5
"""Maximum fraction of distinct values in a column of categories. Above this fraction,
categories would occur fewer than twice on average."""

_FIRST_ROWS = 1_000  # examined first, because examining all rows takes longer

MIN_TEXT_WORDS = 3
"""A column whose values average at least this many words contains sentences."""

_ID_NAME = re.compile(
    r"(?i:^|[\W_])(?i:id|uuid|guid|key|index|idx|row|rowid|no|nr)\W*$|[a-z](Id|ID)$"
    r"|^[#№]$"
)

_QUANTITY = re.compile(r"[%‰°€$£¥]|[^\W\d_]")  # row numbers have no units
_SAVED_REASON = "whole numbers in an unnamed column"
_MIN_INDEX = 3  # fewer consecutive numbers may be a coincidence
_MIN_DISTINCT = 10  # minimum number of distinct row numbers if they are not in order
_SAVED_INDEX = re.compile(
    r"(?i)^(unnamed:? ?\d*|level_\d+|__index_level_\d+__|column_0)$"
)


def use_counts_if_alone(columns: list[Column], frame: pl.DataFrame) -> list[Column]:
    """If there are no other inputs, use the numeric columns that look like ids."""
    if any(column.used for column in columns):
        return columns
    return [
        replace(column, kind="number", reason="numbers, as there are no other inputs")
        if column.kind == "id" and frame[column.name].dtype.is_numeric()
        else column
        for column in columns
    ]


def set_aside_conflicting(
    columns: list[Column], kinds: Mapping[str, str], faults: Faults
) -> list[Column]:
    """Set aside the columns that cannot be combined with other inputs.

    A column of images or sequences must be the sole input, and so must a column that
    the user declared as text. Other text columns are set aside if there are inputs of
    other kinds.

    Args:
        columns: the columns of a data set.
        kinds: the kinds set by the user, by column name.
        faults: collects a fault if several columns must each be the sole input.
    """
    used = [column for column in columns if column.used]
    arrays = [column for column in used if column.kind in ARRAY_KINDS]
    texts = [column for column in used if column.kind == "text"]
    set_as_text = [column for column in texts if column.name in kinds]
    inputs = arrays or set_as_text or (texts if len(texts) == len(used) else [])
    if len(inputs) > 1:
        names = [column.name for column in inputs]
        faults.add(
            "A network accepts only one column of images, sequences or text, but got "
            f"{names}. Write ignore={names[1:]!r}."
        )
    if not inputs:
        inputs = [column for column in used if column.kind != "text"]
    kept = {column.name for column in inputs}
    return [
        replace(column, set_aside=True)
        if column.used and column.name not in kept
        else column
        for column in columns
    ]


def exclude_useless(
    columns: Sequence[Column], values: Sequence[pl.Series]
) -> list[Column]:
    """Return the columns, with constants, ids and unusable columns marked as such.

    All columns are examined together, which is much faster for many short columns.

    Args:
        columns: descriptions of the columns.
        values: the values of each column.
    """
    # A column may lack a name, so the columns are numbered.
    numbers = [str(number) for number in range(len(columns))]
    rows = list(zip(numbers, columns, values, strict=True))
    categories = [row for row in rows if row[1].kind == "category"]
    words = _frame(row for row in categories if _may_be_id(row[1], len(row[2])))
    are_words = {*words.columns}
    uncertain = {*with_uncertainty(_frame(categories))}
    sentences = {*names_where(words, mean_words(pl.all()) >= MIN_TEXT_WORDS)}
    may_be_unusable = {*names_where(words, pl.all().str.contains(MAY_BE_UNUSABLE))}
    excluded = []
    for number, column, cells in rows:
        column = _exclude_useless(column, cells)
        if number in uncertain and (reason := uncertainty_problem(cells)):
            column = replace(column, reason=reason)
        if number in are_words:
            reason = why_unusable(cells) if number in may_be_unusable else ""
            kind = "text" if number in sentences else "id"
            column = _exclude_words(column, len(cells), kind, reason)
        excluded.append(column)
    return excluded


def _frame(rows: Iterable[tuple[str, Column, pl.Series]]) -> pl.DataFrame:
    """Return a frame of the values in which each column is named by its number."""
    return pl.DataFrame([values.alias(number) for number, _, values in rows])


def _exclude_useless(column: Column, values: pl.Series) -> Column:
    num_values = len(values) - column.num_missing
    if num_values == 0:
        return replace(column, kind="constant", reason="no value in any row")
    if column.num_distinct == 1 and not column.num_missing:
        return replace(column, kind="constant", reason="the same value in every row")
    if column.kind == "number" and _is_saved_index(column, values):
        return replace(column, kind="id", reason=_SAVED_REASON)
    if column.kind == "number" and num_values >= ID_MIN_ROWS:
        return _number_id(column, values)
    return column


def _number_id(column: Column, values: pl.Series) -> Column:
    """Return the column, marked as an id if its values only identify the rows."""
    for some in (values.head(_FIRST_ROWS), values):  # try a few values first
        numbers = _known_numbers(some)
        if (numbers != np.floor(numbers)).any():
            return column
    is_distinct = column.num_distinct == len(numbers)
    if is_distinct and _ID_NAME.search(column.name):
        return replace(
            column, kind="id", reason="all values differ, and the name suggests an id"
        )
    repeats = column.num_distinct <= MAX_DISTINCT_SHARE * len(numbers)
    if _SAVED_INDEX.search(column.name) and not repeats:
        return replace(column, kind="id", reason=_SAVED_REASON)
    # Distinct whole numbers without gaps are row numbers, even if the rows were
    # reordered later.
    span = numbers.max() - numbers.min()
    has_gaps = column.num_missing or span != len(numbers) - 1
    if is_distinct and not has_gaps and not _QUANTITY.search(column.rewritten):
        return replace(column, kind="id", reason="consecutive row numbers")
    return column


def _is_saved_index(column: Column, values: pl.Series) -> bool:
    """Return whether a column contains the saved row numbers of one or more frames."""
    if not _SAVED_INDEX.search(column.name):
        return False
    numbers = _known_numbers(values)
    if len(numbers) < _MIN_INDEX:
        return False
    counts = numbers[1:] == numbers[:-1] + 1
    counts_up = bool(np.all(counts | (numbers[1:] == numbers[0])) and counts.any())
    starts = numbers[0] in (0, 1) or len(numbers) >= ID_MIN_ROWS
    return (counts_up and starts) or _is_shuffled_index(numbers)


def _is_shuffled_index(numbers: np.ndarray) -> bool:
    """Return whether numbers are row numbers of one or more frames, in any order.

    A frame that contains a row number also contains all smaller ones, so a number never
    occurs more often than a smaller one.
    """
    if (numbers != np.floor(numbers)).any():
        return False
    distinct, counts = np.unique(numbers, return_counts=True)
    has_no_gaps = bool((np.diff(distinct) == 1).all()) and distinct[0] in (0, 1)
    return len(distinct) >= _MIN_DISTINCT and has_no_gaps and _never_rises(counts)


def _never_rises(counts: np.ndarray) -> bool:
    return bool((np.diff(counts) <= 0).all())


def _known_numbers(values: pl.Series) -> np.ndarray:
    """Return the values that are not missing, as float64."""
    numbers = values.to_numpy().astype(np.float64)
    return numbers[~np.isnan(numbers)]


def _may_be_id(column: Column, num_rows: int) -> bool:
    return are_mostly_distinct(column.num_distinct, num_rows - column.num_missing)


def are_mostly_distinct(num_distinct: int, num_values: int) -> bool:
    """Return whether there are enough values, and more than half are distinct."""
    most = MAX_DISTINCT_SHARE * num_values
    return num_values >= ID_MIN_ROWS and num_distinct > most


def _exclude_words(column: Column, num_rows: int, kind: str, reason: str) -> Column:
    """Return a column of mostly distinct words, marked as unusable or as `kind`.

    Args:
        column: description of the column.
        num_rows: number of rows, including those without a value.
        kind: the kind of the column if it is usable, "text" or "id".
        reason: the reason the column is unusable; "" if it is usable.
    """
    if column.reason.startswith(UNCERTAIN):
        return replace(column, kind="unusable")
    if reason:
        return replace(column, kind="unusable", reason=reason)
    num_values = num_rows - column.num_missing
    reason = f"{column.num_distinct} different values in {num_values} rows"
    return replace(column, kind=kind, reason=reason)

"""Finds the rows of a table that are not examples.

Spreadsheets write empty rows below a table and totals in its last row, files that were
joined repeat the line of column names, and some tables have lines of units, types or
questions below the names.
"""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl

from assay.data.columns._joined_tables import (
    MIN_NUMERIC,
    SAMPLE_ROWS,
    are_numbers,
    check_one_table,
    repeats_of_names,
)
from assay.data.columns._parse import MISSING_WORDS, read_as
from assay.data.columns._wording import counted

__all__ = ["without_other_rows"]

_MAX_DESCRIBED = 3  # names, questions and codes are exported in up to three lines
_ABSENT = ("", *MISSING_WORDS)
_STARTS_WITH_DIGIT = re.compile(r"[^\w(\[]*\d")  # unlike most units
_RULE = re.compile(r"[-=_]+")  # a line below the names
_TOTAL = re.compile(
    r"(?i)(grand |sub)?total(s|e|en)?|sums?|summen?|gesamt(summe)?|insgesamt|suma|somme"
    r"|totaal|итого|合計|合计"
)

Row = Sequence[str]


def without_other_rows(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return the rows of a table that are examples, and notes on the other rows.

    Raises:
        InputError: a row contains the column names of another table.

    Example:
        >>> frame = pl.DataFrame({"a": ["cm", "1", "a"], "b": ["kg", "2", "b"]})
        >>> kept, notes = without_other_rows(frame)
        >>> kept.rows()
        [('1', '2')]
        >>> print("\\n".join(notes))
        1 row that repeats the column names was left out.
        The first row was left out, because it seems to contain units: ['cm', 'kg'].
    """
    notes = []
    if frame.width < 2 or not frame.height:
        return frame, notes
    if all(column.null_count() for column in frame):
        is_empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
        frame, count = frame.filter(~is_empty), int(is_empty.sum())
        notes += _note(count, "without any value")
    if not all(column.dtype == pl.String for column in frame):
        return frame, notes
    repeats = repeats_of_names(frame)
    below = _rows_below(frame, repeats)
    frame = frame.filter(~repeats) if repeats.any() else frame
    notes += _note(int(repeats.sum()), "that repeats the column names")
    frame, more = _without_descriptions(frame, below)
    check_one_table(frame)
    frame, totals = _without_totals(frame)
    return frame, notes + more + totals


def _note(count: int, which: str) -> list[str]:
    verb = "was" if count == 1 else "were"
    return [f"{counted(count, 'row')} {which} {verb} left out."] if count else []


def _rows_below(frame: pl.DataFrame, repeats: pl.Series) -> list[Row]:
    """Return the different rows directly below repeated names, which may be units."""
    rows = repeats.arg_true().to_numpy() + 1
    return list(dict.fromkeys(map(_cells, frame[rows[rows < frame.height]].rows())))


def _without_descriptions(
    frame: pl.DataFrame, below_names: Sequence[Row]
) -> tuple[pl.DataFrame, list[str]]:
    """Leave out the rows that describe the columns, such as units, and note them.

    Args:
        frame: the rows without repeated names.
        below_names: the rows directly below repeated names.
    """
    first = _first_descriptions(frame)
    more = [row for row in below_names if row not in first and _describes(row, frame)]
    if not first and not more:
        return frame, []
    is_other = _equal_any(frame, [*first, *more])
    notes = []
    if len(first) == 1 and _is_rule(first[0]):
        notes.append("The first row was left out, because it only contains dashes.")
    elif len(first) == 1:
        notes.append(
            "The first row was left out, because it seems to contain units: "
            f"{[*first[0]]}."
        )
    elif first:
        notes.append(
            f"The first {len(first)} rows were left out, because they seem to describe "
            f"the columns: {[*first[0]]}."
        )
    num_more = int(is_other.sum()) - len(first)
    notes += _note(num_more, "of units or descriptions among the others")
    return frame.filter(~is_other), notes


def _first_descriptions(frame: pl.DataFrame) -> list[Row]:
    rows: list[Row] = []
    for number in range(min(_MAX_DESCRIBED, frame.height)):
        row = _cells(frame.row(number))
        if any(map(_STARTS_WITH_DIGIT.match, row)):
            return []
        rows.append(row)
        if number == 0 and _is_rule(row):
            return rows
        below = frame[number + 1 :]
        # Only the first line must have a cell for several columns of numbers.
        fewest = [MIN_NUMERIC] + [1] * number
        if all(
            _describes(row, below, rows, fewest=few)
            for row, few in zip(rows, fewest, strict=True)
        ):
            return rows
    return []


def _describes(
    row: Row,
    below: pl.DataFrame,
    others: Sequence[Row] = (),
    *,
    fewest: int = MIN_NUMERIC,
) -> bool:
    """Return whether a row describes the columns.

    All columns of numbers must have text there, and no other column may have a value
    that occurs again.

    Args:
        row: the cells of the row.
        below: rows of examples.
        others: rows that may describe the columns, too, and may be repeated below.
        fewest: minimum number of columns of numbers that have text in the row.
    """
    below = below.head(SAMPLE_ROWS)
    described = [row, *others]
    below = below.filter(~_equal_any(below, described))
    num_numeric = 0
    for cell, column in zip(row, below, strict=True):
        if cell in _ABSENT:
            continue
        if _STARTS_WITH_DIGIT.match(cell):
            return False
        if are_numbers(column):
            num_numeric += 1
        elif (column.str.strip_chars() == cell).any():
            return False
    return num_numeric >= fewest


def _is_rule(row: Row) -> bool:
    return all(map(_RULE.fullmatch, row))


def _cells(row: Sequence[str | None]) -> Row:
    return tuple((cell or "").strip() for cell in row)


def _equal_any(frame: pl.DataFrame, rows: Sequence[Row]) -> pl.Series:
    """Return a mask of the rows that are equal to one of the given rows."""
    mask = np.zeros(frame.height, bool)
    for row in rows:
        equal = np.arange(frame.height)
        for cell, column in zip(row, frame, strict=True):
            cells = column[equal].str.strip_chars().fill_null("")
            equal = equal[(cells == cell).to_numpy()]
        mask[equal] = True
    return pl.Series(mask)


def _without_totals(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Leave out a last row that contains the sums of the numbers above it."""
    if frame.height < 3 or not any(map(_TOTAL.fullmatch, _cells(frame.row(-1)))):
        return frame, []
    above, num_sums = frame[:-1], 0
    for cell, column in zip(_cells(frame.row(-1)), above, strict=True):
        if not cell or _TOTAL.fullmatch(cell):
            continue
        if not are_numbers(column):
            return frame, []
        total = read_as(pl.Series([cell]), "number").values[0]
        values = read_as(column, "number").values
        if total is None or not np.isclose(total, float(values.sum()), rtol=1e-6):
            return frame, []
        num_sums += 1
    if not num_sums:
        return frame, []
    return above, ["The last row was left out, because it contains the totals."]

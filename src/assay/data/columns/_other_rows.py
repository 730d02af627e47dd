"""Finds the rows of a table that are not examples.

Spreadsheets often have empty rows below a table and totals in its last rows.
Concatenated files repeat the header row, and some tables have rows of units, types or
questions below the header.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.data.columns._joined_tables import (
    MIN_NUMERIC,
    SAMPLE_ROWS,
    are_numbers,
    check_one_table,
    numbers_of,
    numeric_columns,
    repeats_of_names,
)
from assay.data.columns._parse import MISSING_WORDS, read_as
from assay.data.columns._wording import counted
from assay.data.columns.formats.dates._date_style import date_style
from assay.data.columns.formats.dates._dates import slash_dates
from assay.data.columns.together._stacked import Stacked
from assay.data.table._column_names import names_where

__all__ = ["without_other_rows"]

_MAX_DESCRIBED = 3  # exports have up to three lines of names, questions and codes
_ABSENT = ("", *MISSING_WORDS)
_STARTS_WITH_DIGIT = re.compile(r"[^\w(\[]*\d")  # units rarely start with a digit
_HAS_DIGIT = pl.all().str.contains(r"\d")
_RULE = re.compile(r"[-=_]+")  # a line drawn below the names
_SUMMARIES: dict[str, Callable[[pl.Series], Any]] = {
    # patterns that match the names of each statistic, without a trailing colon
    r"(grand |sub)?total(s|e|en)?|sums?|summen?|gesamt(summe)?|insgesamt|suma|somme"
    r"|totaal|итого|合計|合计": pl.Series.sum,
    r"averages?|avg\.?|means?|mittelwert|durchschnitt|moyenne|media|promedio|média"
    r"|gemiddelde|średnia|среднее|平均": pl.Series.mean,
    r"median": pl.Series.median,
    r"min(imum)?\.?": pl.Series.min,
    r"max(imum)?\.?": pl.Series.max,
    r"std\.?( ?dev\.?)?|stdev|sd|standard deviation": pl.Series.std,
}
_TOTAL, _MEAN, *_ = _SUMMARIES
_MAX_SUMMARIES = 8

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
    num_repeats = int(repeats.sum())
    verb = "repeats" if num_repeats == 1 else "repeat"
    notes += _note(num_repeats, f"that {verb} the column names")
    frame, more = _without_descriptions(frame, below)
    check_one_table(frame)
    frame, totals = _without_summaries(frame)
    return frame, notes + more + totals


def _note(count: int, which: str) -> list[str]:
    verb = "was" if count == 1 else "were"
    return [f"{counted(count, 'row')} {which} {verb} left out."] if count else []


def _rows_below(frame: pl.DataFrame, repeats: pl.Series) -> list[Row]:
    """Return the distinct rows right below repeated names. They may contain units."""
    rows = repeats.arg_true().to_numpy() + 1
    return list(dict.fromkeys(map(_cells, frame[rows[rows < frame.height]].rows())))


def _without_descriptions(
    frame: pl.DataFrame, below_names: Sequence[Row]
) -> tuple[pl.DataFrame, list[str]]:
    """Remove rows that describe the columns, such as units, and return notes on them.

    Args:
        frame: the table without the rows that repeat the column names.
        below_names: the rows directly below repeated names.
    """
    first = _first_descriptions(frame)
    more = [row for row in below_names if row not in first and _describes(row, frame)]
    if not first and not more:
        return frame, []
    is_other = _equal_any(frame, [*first, *more])
    notes = []
    if len(first) == 1 and _is_rule(first[0]):
        notes.append(
            "The first row was left out, because it only underlines the column names."
        )
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
    notes += _note(num_more, "of units or descriptions further down")
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
        # Rows after the first may have text in a single numeric column.
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

    The row must contain text in columns of numbers or dates. In all other columns, its
    value must not occur again in the rows below.

    Args:
        row: cells of the row to examine.
        below: the rows below that row.
        others: other rows that may describe the columns; copies of them in `below` are
            ignored.
        fewest: minimum number of columns of numbers or dates in which the row has text.
    """
    below = below.head(SAMPLE_ROWS)
    described = [row, *others]
    below = below.filter(~_equal_any(below, described))
    cells = {n: c for n, c in zip(below.columns, row, strict=True) if c not in _ABSENT}
    if not cells or any(map(_STARTS_WITH_DIGIT.match, cells.values())):
        return False
    below = below[[*cells]]
    stripped = below.select(pl.all().str.strip_chars())
    again = [c.name for c in stripped if cells[c.name] in c.to_list()]
    with_digits = names_where(below[again], _HAS_DIGIT)
    again.sort(key=set(with_digits).__contains__)  # columns of words come first
    if again and not _numbers_or_dates(below[again[:1]]):  # the usual case
        return False
    numeric = _numbers_or_dates(below)
    return numeric.issuperset(again) and len(numeric) >= fewest


def _numbers_or_dates(frame: pl.DataFrame) -> set[str]:
    """Return the names of the columns that contain only numbers or only dates."""
    numeric = set(numeric_columns(frame))
    others = [n for n in names_where(frame, _HAS_DIGIT) if n not in numeric]
    return numeric | _dates([frame[name] for name in others])


def _dates(columns: Sequence[pl.Series]) -> set[str]:
    """Return the names of the columns in which all values are dates."""
    if not columns:
        return set()
    stacked = Stacked(columns)
    are_dates, _ = stacked.read(read_as(stacked.text, "date"))
    may_need_style = stacked.count(slash_dates(stacked.text)[0].is_not_null()) > 0
    return {
        column.name
        for column, are, may_need in zip(
            columns, are_dates, may_need_style, strict=True
        )
        if are or (may_need and _are_dates(column))
    }


def _are_dates(column: pl.Series) -> bool:
    """Return whether a column has values, and all are dates in the column's style."""
    reading = read_as(column, "date", date_style(column).name)
    return reading.values.null_count() < len(column) and not reading.stray.any()


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
            if equal.size <= SAMPLE_ROWS:
                break
            cells = column[equal].str.strip_chars().fill_null("")
            equal = equal[(cells == cell).to_numpy()]
        for number, some in zip(equal, frame[equal].rows(), strict=True):
            pairs = zip(row, some, strict=True)
            mask[number] |= all(cell == (other or "").strip() for cell, other in pairs)
    return pl.Series(mask)


def _without_summaries(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Remove the last rows if they contain statistics of the numbers above them."""
    rows: list[tuple[Row, str]] = []
    for row in map(_cells, reversed(frame.tail(_MAX_SUMMARIES).rows())):
        if not (word := next(filter(None, map(_summary, row)), "")):
            break
        rows.append((row, word))
    for some in (rows, rows[:1]):  # the rows above the last one may be examples
        above = frame[: frame.height - len(some)]
        if some and above.height > 1 and _are_summaries(some, above):
            return above, [_note_on_summaries(some)]
    return frame, []


def _are_summaries(rows: Sequence[tuple[Row, str]], above: pl.DataFrame) -> bool:
    counts = []
    for row, word in rows:
        counts.append(_num_equal(row, word, above))
        if not counts[-1]:
            return False
    # A single number may equal the maximum by chance, and "Max" may be a name.
    return sum(counts) > 1 or rows[0][1] in (_TOTAL, _MEAN)


def _note_on_summaries(rows: Sequence[tuple[Row, str]]) -> str:
    if len(rows) > 1:
        note = f"The last {len(rows)} rows were left out, because they contain sums, "
        return f"{note}means or other summaries."
    names = {_TOTAL: "totals", _MEAN: "means"}
    name = names.get(rows[0][1], "summaries")
    return f"The last row was left out, because it contains the {name}."


def _summary(cell: str) -> str:
    """Return the `_SUMMARIES` key for a cell such as "Total:", or "" if it has none."""
    words = cell.removesuffix(":").strip().lower()
    return next((word for word in _SUMMARIES if re.fullmatch(word, words)), "")


def _num_equal(row: Row, word: str, above: pl.DataFrame) -> int:
    """Return how many cells equal their column's statistic, or 0 if a cell differs."""
    num_equal = 0
    for cell, column in zip(row, above, strict=True):
        if not cell or _summary(cell):
            continue
        if not are_numbers(column):
            return 0
        *_, found = numbers = numbers_of(pl.concat([column, pl.Series([cell])])).values
        statistic = _SUMMARIES[word](numbers[:-1])
        if found is None or statistic is None:
            return 0
        num_digits = len(re.split("[.,]", cell)[-1]) if re.search("[.,]", cell) else 0
        rounding = 0.6 * 10.0**-num_digits if num_digits or word != _TOTAL else 0
        if not np.isclose(found, float(statistic), rtol=1e-6, atol=rounding):
            return 0
        num_equal += 1
    return num_equal

"""Finds the rows of a table that are not examples.

Spreadsheets write empty rows below a table, files that were joined repeat the line of
column names, and some tables have a line of units below the names.
"""

import re

import numpy as np
import polars as pl

from assay.data.columns._column import NAMELESS
from assay.data.columns._parse import MISSING_WORDS, read_as
from assay.data.columns._wording import counted

__all__ = ["without_other_rows"]

_SAMPLE_ROWS = 100  # number of rows to examine for numeric columns
_MIN_NUMERIC = 2  # a single cell that is not a number is probably a typo
_ABSENT = ("", *MISSING_WORDS)
_STARTS_WITH_DIGIT = re.compile(r"[^\w(\[]*\d")  # unlike most units


def without_other_rows(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return the rows of a table that are examples, and notes on the other rows.

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
    repeats = _repeats_of_names(frame)
    frame = frame.filter(~repeats) if repeats.any() else frame
    notes += _note(int(repeats.sum()), "that repeats the column names")
    if units := _units(frame):
        frame = frame[1:]
        notes.append(
            f"The first row was left out, because it seems to contain units: {units}."
        )
    return frame, notes


def _note(count: int, which: str) -> list[str]:
    verb = "was" if count == 1 else "were"
    return [f"{counted(count, 'row')} {which} {verb} left out."] if count else []


def _repeats_of_names(frame: pl.DataFrame) -> pl.Series:
    """Return a mask of the rows in which each cell is the name of its column."""
    repeats = np.arange(frame.height)
    for column in frame:  # usually, no row is left after the first column
        cells = column[repeats].str.strip_chars().str.to_lowercase()
        same = (cells == column.name.lower()).fill_null(False)
        if NAMELESS.fullmatch(column.name):
            same |= cells.is_null()
        repeats = repeats[same.to_numpy()]
    mask = np.zeros(frame.height, bool)
    above = frame[: repeats[0]] if repeats.size else frame[:0]
    # In a table without numbers, a row may equal the column names by chance.
    # The first row may contain units, so the rows below it are also checked.
    if not (_has_numbers(above) or _has_numbers(above[1:])):
        return pl.Series(mask)
    mask[repeats] = True
    return pl.Series(mask)


def _has_numbers(frame: pl.DataFrame) -> bool:
    """Return whether there is a column in which all values are numbers."""
    readings = (read_as(column, "number") for column in frame.head(_SAMPLE_ROWS))
    return any(
        reading.values.null_count() < frame.height and not reading.stray.any()
        for reading in readings
    )


def _units(frame: pl.DataFrame) -> list[str]:
    """Return the cells of the first row if it contains units; [] otherwise.

    In this row, several numeric columns must contain text that does not start with a
    digit. Text in other columns must not occur again in the rows below.
    """
    first, below = frame[:1], frame[1 : 1 + _SAMPLE_ROWS]
    cells = [(column[0] or "").strip() for column in first]
    num_numeric = 0
    for cell, column in zip(cells, below, strict=True):
        if cell in _ABSENT:
            continue
        if _STARTS_WITH_DIGIT.match(cell):
            return []
        numbers = read_as(column, "number")
        if numbers.values.null_count() < len(column) and not numbers.stray.any():
            num_numeric += 1
        elif (column.str.strip_chars() == cell).any():
            return []
    return cells if num_numeric >= _MIN_NUMERIC else []

"""Finds header rows left among the data when files were concatenated."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data.columns._column import NAMELESS
from assay.data.columns._parse import MISSING_WORDS, Reading, read_as
from assay.data.columns.formats._number_style import number_style
from assay.data.columns.formats._numbers import has_decimal_commas
from assay.data.columns.together._stacked import COLUMNS_AT_ONCE, Stacked

__all__ = [
    "MIN_NUMERIC",
    "SAMPLE_ROWS",
    "are_numbers",
    "check_one_table",
    "numbers_of",
    "numeric_columns",
    "repeats_of_names",
    "rows_of_names",
]

SAMPLE_ROWS = 100
"""Number of rows that are checked to find the numeric columns."""

MIN_NUMERIC = 2
"""A repeated header must contain words in at least this many numeric columns. A word
in only one of them may be a typo."""

_WORD = r"^\s*[\p{L}_#(\[]"


def rows_of_names(frame: pl.DataFrame) -> np.ndarray:
    """Return the row numbers at which every cell is the name of its column.

    Example:
        >>> rows_of_names(pl.DataFrame({"a": ["1", "a"], "b": ["2", "B"]}))
        array([1])
    """
    rows = np.arange(frame.height)
    for column in frame:  # usually, the first column rules out all rows
        if not rows.size or column.dtype != pl.String:
            return rows[:0]
        cells = _plain(column[rows])
        same = (cells == column.name.lower()).fill_null(False)
        if NAMELESS.fullmatch(column.name):
            same |= cells.is_null()
        rows = rows[same.to_numpy()]
    return rows


def repeats_of_names(frame: pl.DataFrame) -> pl.Series:
    """Return a mask of the rows that repeat the column names."""
    repeats = rows_of_names(frame)
    mask = np.zeros(frame.height, bool)
    above = frame[: repeats[0]] if repeats.size else frame[:0]
    if not above.height:
        return pl.Series(mask)
    # If no column is numeric, a row may equal the header by chance.
    if not (_has_numbers(above) or _has_numbers(above[1:])):  # row 0 may contain units
        return pl.Series(mask)
    mask[repeats] = True
    return pl.Series(mask)


def check_one_table(frame: pl.DataFrame) -> None:
    """Raise an InputError if a row contains the column names of another table.

    Such a row has a word in every numeric column, and none of its words occurs twice
    in the row. The columns below it may be in a different order.

    Example:
        >>> rows = {"a": ["1", "2", "b", "30"], "b": ["10", "20", "a", "3"]}
        >>> check_one_table(pl.DataFrame(rows))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        assay._errors.InputError: The row ['b', 'a'] contains the column names in ...
    """
    numeric, rows = _words_among_numbers(frame, SAMPLE_ROWS)
    if rows and len(numeric) < MIN_NUMERIC:
        numeric, rows = _words_among_numbers(frame, 1)
    if len(numeric) < MIN_NUMERIC:
        return
    for row in rows:
        cells = [(cell or "").strip() for cell in frame.row(row)]
        if _are_names(frame, cells, numeric):
            raise InputError(_another_table(frame.columns, cells))


def _words_among_numbers(
    frame: pl.DataFrame, sample_rows: int
) -> tuple[set[str], list[int]]:
    """Return the numeric columns, and the row numbers with words in all of them.

    Usually, the first column already rules out all rows, so the other columns are not
    read.
    """
    numeric = set[str]()
    rows = np.arange(1, frame.height)  # the first row may describe the columns
    for name in numeric_columns(frame.head(sample_rows)):
        numeric.add(name)
        cells = frame[name][rows]
        are_words = cells.str.contains(_WORD) & ~cells.is_in(MISSING_WORDS)
        rows = rows[are_words.fill_null(False).to_numpy()]
        if not rows.size:
            break
    return numeric, rows.tolist()


def numeric_columns(frame: pl.DataFrame) -> Iterator[str]:
    """Yield the names of the columns that have values, all of them numbers.

    Often, only the first such name is needed, so the first column is read alone and the
    others are read in groups.
    """
    names = _may_be_numeric(frame)
    for start in (0, *range(1, len(names), COLUMNS_AT_ONCE)):
        together = names[start : start + COLUMNS_AT_ONCE] if start else names[:1]
        if together:
            yield from _numeric_among(frame.select(together))


def _numeric_among(frame: pl.DataFrame) -> list[str]:
    """Return the names of the columns for which `are_numbers` is true.

    All columns are read together.
    """
    stacked = Stacked(frame.get_columns())
    reading = read_as(stacked.text, "number")
    have_commas = stacked.count(has_decimal_commas(stacked.text)) > 0
    are_numeric, have_stray = stacked.read(reading)
    return [
        name
        for name, is_numeric, may_be in zip(
            frame.columns, are_numeric, have_stray & have_commas, strict=True
        )
        if is_numeric or (may_be and are_numbers(frame[name]))
    ]


def _may_be_numeric(frame: pl.DataFrame) -> list[str]:
    """Return the names of the columns whose first value may be a number."""
    first = frame.select(pl.all().drop_nulls().first())
    cells = pl.Series(first.row(0), dtype=pl.String)
    fits = ~read_as(cells, "number").stray | has_decimal_commas(cells).fill_null(False)
    return [name for name, may in zip(frame.columns, fits, strict=True) if may]


def are_numbers(column: pl.Series) -> bool:
    """Return whether a column has values and all of them are numbers."""
    reading = numbers_of(column)
    return reading.values.null_count() < len(column) and not reading.stray.any()


def numbers_of(column: pl.Series) -> Reading:
    """Return a column converted to numbers. Decimal commas are recognized."""
    reading = read_as(column, "number")
    if reading.stray.any() and has_decimal_commas(column).any():
        return read_as(column, "number", number_style(column).name)
    return reading


def _are_names(frame: pl.DataFrame, cells: Sequence[str], numeric: set[str]) -> bool:
    if not all(cells) or len(set(cells)) < len(cells):
        return False
    return all(
        name in numeric or (frame[name].str.strip_chars() == cell).sum() == 1
        for name, cell in zip(frame.columns, cells, strict=True)
    )


def _another_table(names: Sequence[str], cells: list[str]) -> str:
    if {cell.lower() for cell in cells} == {name.lower() for name in names}:
        return (
            f"The row {cells} contains the column names in a different order. Write "
            "the columns of all joined tables in the same order."
        )
    return (
        f"The row {cells} seems to contain the column names of another table. Save "
        "each table in a file of its own."
    )


def _plain(cells: pl.Series) -> pl.Series:
    return cells.str.strip_chars().str.to_lowercase()


def _has_numbers(frame: pl.DataFrame) -> bool:
    """Return whether a table has a numeric column."""
    return next(numeric_columns(frame.head(SAMPLE_ROWS)), None) is not None

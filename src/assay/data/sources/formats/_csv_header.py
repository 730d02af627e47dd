"""Detects the header and the title lines of a delimited file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay._errors import InputError
from assay.data.columns._parse import MISSING_WORDS
from assay.data.columns._select import NO_HEADER
from assay.data.sources.formats._csv_separator import (
    CONSISTENT,
    Row,
    Sample,
    best_sample,
    first_lines,
    has_hash,
    has_number,
    read_sample,
)
from assay.data.sources.formats.text._header_block import (
    NUMBER,
    are_counted,
    are_groups,
    names_below_groups,
)

__all__ = ["Dialect", "find_dialect"]

_MAX_TITLE_LINES = 20  # more lines are probably a separate table
_TEXT_FORMULA = re.compile(r'^="(.*)"$')
_FRACTION = re.compile(r"[+-]?\d*[.,]\d+")


@dataclass(frozen=True)
class Dialect:
    """The layout of a delimited file.

    Args:
        separator: character between the cells.
        names: names of the columns, in file order; "" for a column without a name.
        start: index of the first line that contains a row.
        has_comments: whether lines that begin with '#' are comments.
        notes: messages about how the layout was detected.
    """

    separator: str
    names: tuple[str, ...]
    start: int
    has_comments: bool
    notes: tuple[str, ...]


def find_dialect(path: Path, content: bytes) -> Dialect:
    """Detect the layout of a file from its first lines.

    Args:
        path: path of the file; if its suffix is `.tsv`, tabs are tried first.
        content: UTF-8 text, without a byte order mark.

    Raises:
        InputError: the first lines cannot be read, or contain only numbers.
    """
    text = first_lines(content)
    # Some spreadsheet programs specify the separator as "sep=;" on the first line.
    named = re.match(r"\s*\"?sep ?= ?(.)\1*\"?\r?\n", text, re.IGNORECASE)
    if named:
        sample = read_sample(text, named[1])
        skipped = next(i for i, row in enumerate(sample.rows) if any(row)) + 1
    else:
        sample, skipped = best_sample(text, path), 0
    position = _header_position(sample, skipped)
    *groups, position = _header_rows(sample.rows, position)
    above = sample.rows[skipped:position]
    bare = [_TEXT_FORMULA.sub(r"\1", name.strip()) for name in sample.rows[position]]
    names = bare
    for group in reversed(groups):
        names = names_below_groups(sample.rows[group], names)
    notes = (
        []
        if sample.separator in (",", "\t")
        else [f"The cells are separated by {sample.separator!r}."]
    )
    if titles := [" ".join(filter(None, row)) for row in above if any(row)]:
        used = "left out" if names == bare else "prepended to repeated names"
        notes.append(f"Lines above the column names were {used}: {titles}.")
    below = [row for row in sample.rows[position + 1 :] if row]
    names, more = _complete(names, below)
    notes += more or _note_on_header(names, below)
    return Dialect(
        separator=sample.separator,
        names=tuple(names),
        start=sample.ends[position],
        has_comments=any(has_hash(row) for row in above),
        notes=tuple(notes),
    )


def _complete(names: list[str], below: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return one name for each cell of a row, and a note if a name was missing.

    R writes row names without a column name, and some programs end either the rows or
    the header with a separator.
    """
    rows = [row for row in below if not has_hash(row)]
    if rows and names[-1] == "" and all(len(row) == len(names) - 1 for row in rows):
        return names[:-1], []
    too_few = min(len(rows), len(names)) < 2
    if too_few or any(len(row) != len(names) + 1 for row in rows):
        return names, []
    if not any(row[-1].strip() for row in rows):
        return [*names, ""], []
    first = [row[0].strip() for row in rows]
    # Row names are unique. Repeated values suggest that a cell contains the separator.
    if len(set(first)) < len(first) or any(map(_FRACTION.fullmatch, first)):
        return names, []
    note = "The rows have one more cell than the header, so the first column has no "
    return ["", *names], [f"{note}name."]


def _header_position(sample: Sample, skipped: int) -> int:
    """Return the position of the header, which may follow comments and titles."""
    rows = sample.rows
    first = next((i for i in range(skipped, len(rows)) if rows[i]), skipped)
    for position in range(first, min(first + _MAX_TITLE_LINES, len(rows))):
        row, below = rows[position], rows[position + 1 :]
        if not row or _is_comment(row, below, sample):
            continue
        if not (_is_title(row, sample.width) and _header_follows(below, sample)):
            return position
    return first


def _header_rows(rows: Sequence[Row], first: int) -> list[int]:
    """Return the positions of the header rows. The last row has the column names."""
    found = [first]
    below = [position for position in range(first + 1, len(rows)) if rows[position]]
    while are_groups(rows[found[-1]], [rows[position] for position in below]):
        found.append(below.pop(0))
    return found


def _is_comment(row: Row, below: Sequence[Row], sample: Sample) -> bool:
    """Return whether a row is a comment rather than a header such as "#id,size"."""
    if not has_hash(row):
        return False
    if len(row) != sample.width:
        return True
    rows = [r for r in below if r and not has_hash(r)][:2]
    if len(rows) < 2 or set(rows[0]) & set(MISSING_WORDS):
        return False
    return not has_number(rows[0]) and has_number(rows[1])


def _is_title(row: Row, width: int) -> bool:
    num_filled = sum(bool(cell.strip()) for cell in row)
    # Spreadsheets pad titles with separators.
    return len(row) != width or (num_filled <= 1 and width >= 3)


def _header_follows(below: Sequence[Row], sample: Sample) -> bool:
    """Return whether the next complete rows are names followed by rows of numbers."""
    rows = [row for row in below[: 2 * _MAX_TITLE_LINES] if len(row) == sample.width]
    rows = [row for row in rows if sum(map(bool, row)) > 1]
    if len(rows) < 2:
        return False
    if are_groups(rows[0], rows[1:]):
        return True
    if has_number(rows[0]) and not are_counted(rows[0], rows[1:]):
        return False
    return all(cell.strip() for cell in rows[0]) and any(map(has_number, rows[1:]))


def _note_on_header(names: Sequence[str], below: Sequence[Row]) -> list[str]:
    """Return a note if at least half of the names look like values in their columns."""
    shown, are_names = ",".join(names[:5]), are_counted(names, below)
    if not any(name for name in names if not NUMBER.fullmatch(name)):
        if not are_names:
            raise InputError(_no_names(names))
        return [
            f"The numbers {shown!r} were used as column names, because they are evenly "
            "spaced. If they are data, add a header row above them."
        ]
    if are_names:
        return []
    like_data = 0
    for position, name in enumerate(names):
        cells = [row[position].strip() for row in below if position < len(row)]
        if NUMBER.fullmatch(name):
            like_data += any(map(NUMBER.fullmatch, cells))
        elif _is_above_numbers(name, cells):
            return []
        else:
            like_data += bool(name) and name in cells
    if not like_data or 2 * like_data < sum(map(bool, names)):
        return []
    return [
        f"{NO_HEADER}{shown!r}, was used as column names but looks like "
        "data. If it is data, add a header row above it."
    ]


def _no_names(names: Sequence[str]) -> str:
    shown = ",".join(names[:5])
    return (
        "The first line must contain the column names, but it contains numbers: "
        f"{shown!r}. Add a header row above it, or if the numbers are names, put a "
        f"letter before each, as in 'x{names[0]}'."
    )


def _is_above_numbers(name: str, cells: Sequence[str]) -> bool:
    """Return whether a word is above a column of numbers, so it must be a name.

    The word, and a unit below it, may be repeated among the numbers if files were
    joined.
    """
    others = [cell for cell in cells if cell not in ("", name)]
    num_numbers = sum(map(bool, map(NUMBER.fullmatch, others)))
    return bool(name and others) and num_numbers >= CONSISTENT * len(others)

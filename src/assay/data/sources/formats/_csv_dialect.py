"""Detects the separator, the header and the title lines of a delimited file."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay._errors import InputError
from assay.data.columns._parse import MISSING_WORDS
from assay.data.columns._select import NO_HEADER
from assay.data.sources.formats.text._cells import SEPARATORS, csv_rows
from assay.data.sources.formats.text._header_block import (
    NUMBER,
    are_groups,
    names_below_groups,
)

__all__ = ["SPACES", "Dialect", "find_dialect"]

SPACES = " "  # one or more spaces separate the cells of an aligned table
_SAMPLE_BYTES = 1 << 20
_SAMPLE_ROWS = 100
_MAX_TITLE_LINES = 20  # more lines are probably a separate table
_CONSISTENT = 0.8  # minimum fraction of lines with the usual number of cells
_TEXT_FORMULA = re.compile(r'^="(.*)"$')
_FRACTION = re.compile(r"[+-]?\d*[.,]\d+")

Row = list[str]


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


@dataclass(frozen=True)
class _Sample:
    """The first records of a file, read with one separator.

    Args:
        separator: character between the cells.
        rows: the cells of each record; [] for a blank line.
        ends: the number of lines up to the end of each record.
        width: the most common number of cells.
        share: fraction of records that have the most common number of cells.
    """

    separator: str
    rows: list[Row]
    ends: list[int]
    width: int
    share: float


def find_dialect(path: Path, content: bytes) -> Dialect:
    """Detect the layout of a file from its first lines.

    Args:
        path: path of the file; with the suffix `.tsv`, tabs separate the cells.
        content: UTF-8 text, without a byte order mark.

    Raises:
        InputError: the first lines cannot be read.
    """
    text = _first_lines(content)
    # Some spreadsheet programs specify the separator as "sep=;" on the first line.
    named = re.match(r"\s*\"?sep ?= ?(.)\1*\"?\r?\n", text, re.IGNORECASE)
    if named:
        sample = _sample(text, named[1])
        skipped = next(i for i, row in enumerate(sample.rows) if any(row)) + 1
    else:
        sample, skipped = _best_sample(text, path), 0
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
        has_comments=any(_has_hash(row) for row in above),
        notes=tuple(notes),
    )


def _complete(names: list[str], below: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return one name for each cell of the rows, and a note if one was missing.

    R writes row names without a column name, and some programs end either the rows or
    the header with a separator.
    """
    rows = [row for row in below if not _has_hash(row)]
    if rows and names[-1] == "" and all(len(row) == len(names) - 1 for row in rows):
        return names[:-1], []
    too_few = min(len(rows), len(names)) < 2
    if too_few or any(len(row) != len(names) + 1 for row in rows):
        return names, []
    if not any(row[-1].strip() for row in rows):
        return [*names, ""], []
    first = [row[0].strip() for row in rows]
    # Row names are unique. If they are not, the separator occurs within a cell.
    if len(set(first)) < len(first) or any(map(_FRACTION.fullmatch, first)):
        return names, []
    note = "The rows have one more cell than the header, so the first column has no "
    return ["", *names], [f"{note}name."]


def _first_lines(content: bytes) -> str:
    """Return the complete lines in the first megabyte, but at least three lines."""
    end = _SAMPLE_BYTES
    if content.count(b"\n", 0, end) < 3:  # a very long header
        end = 0
        for _ in range(3):
            end = (content.find(b"\n", end) + 1) or len(content)
    elif end < len(content):
        end = content.rfind(b"\n", 0, end) + 1
    return content[:end].decode("utf-8", errors="replace")


def _sample(text: str, separator: str) -> _Sample:
    rows, ends = [], []
    reader = csv_rows(io.StringIO(text, newline="\n"), separator)
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:  # reported later, when all lines are checked
        pass
    filled = [len(row) for row in rows if row and not _has_hash(row)]
    counts = Counter(filled).most_common()
    width = max((n for n, c in counts if c == counts[0][1]), default=1)
    share = filled.count(width) / len(filled) if filled else 0.0
    return _Sample(separator, rows, ends, width, share)


def _best_sample(text: str, path: Path) -> _Sample:
    """Return a sample with the usual separator, or with one that fits better."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    usual = ";" if "," not in first and ";" in first else ","
    usual = "\t" if path.suffix.lower() == ".tsv" else usual
    sample = _sample(text, usual)
    if not sample.rows:
        raise InputError(
            f"The first lines of {str(path)!r} cannot be read as a table. Check their "
            "quotes."
        )
    if sample.width > 1 and sample.share == 1:
        return sample
    others = [_sample(text, s) for s in SEPARATORS if s != usual]
    fitting = [s for s in (sample, *filter(_is_table, others)) if s.width > 1]
    if not fitting and (aligned := _aligned_sample(text)):
        return aligned
    # If fractions are equal, max returns the first, which has the usual separator.
    return max(fitting, key=lambda s: s.share, default=sample)


def _aligned_sample(text: str) -> _Sample | None:
    """Return a sample split at spaces, or None if it is not a table.

    In prose, the number of words varies between lines.
    """
    lines = [line.strip() for line in text.splitlines()]
    sample = _sample("\n".join(lines), SPACES)
    rows = [row for row in sample.rows if row and not _has_hash(row)]
    is_table = sample.width > 1 and {len(row) for row in rows[1:]} == {sample.width}
    is_table = is_table and sample.width - len(rows[0]) in (0, 1) and len(rows[0]) > 1
    return sample if is_table and all(map(_has_number, rows[1:])) else None


def _is_table(sample: _Sample) -> bool:
    """Return whether the sample is a table when split at the separator.

    In a column of words, every line may contain the separator once by chance.
    """
    rows = [row for row in sample.rows if row and not _has_hash(row)]
    table = list(itertools.dropwhile(lambda row: len(row) != sample.width, rows))
    share = sum(len(row) == sample.width for row in table) / max(len(table), 1)
    if sample.width == 1 or share < _CONSISTENT:
        return False
    has_numbers = len(table) > 1 and all(map(_has_number, table[1:]))
    return len(rows[0]) == sample.width or has_numbers


def _header_position(sample: _Sample, skipped: int) -> int:
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


def _has_hash(row: Row) -> bool:
    return bool(row) and row[0].startswith("#")


def _is_comment(row: Row, below: Sequence[Row], sample: _Sample) -> bool:
    """Return whether a row is a comment rather than a header such as "#id,size"."""
    if not _has_hash(row):
        return False
    if len(row) != sample.width:
        return True
    rows = [r for r in below if r and not _has_hash(r)][:2]
    if len(rows) < 2 or set(rows[0]) & set(MISSING_WORDS):
        return False
    return not _has_number(rows[0]) and _has_number(rows[1])


def _is_title(row: Row, width: int) -> bool:
    num_filled = sum(bool(cell.strip()) for cell in row)
    # Spreadsheets pad titles with separators.
    return len(row) != width or (num_filled <= 1 and width >= 3)


def _header_follows(below: Sequence[Row], sample: _Sample) -> bool:
    """Return whether the next complete rows are a row of names and rows of numbers."""
    rows = [row for row in below[: 2 * _MAX_TITLE_LINES] if len(row) == sample.width]
    rows = [row for row in rows if sum(map(bool, row)) > 1]
    if len(rows) < 2:
        return False
    if are_groups(rows[0], rows[1:]):
        return True
    if _has_number(rows[0]):
        return False
    return all(cell.strip() for cell in rows[0]) and any(map(_has_number, rows[1:]))


def _has_number(row: Row) -> bool:
    return any(map(NUMBER.fullmatch, row))


def _note_on_header(names: Sequence[str], below: Sequence[Row]) -> list[str]:
    """Return a note if most of the names look like values of their columns."""
    if all(map(NUMBER.fullmatch, names)):
        return []  # the reader raises an error in this case
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
    shown = ",".join(names[:5])
    return [
        f"{NO_HEADER}{shown!r}, was used as column names but looks like "
        "data. If it is data, add a header row above it."
    ]


def _is_above_numbers(name: str, cells: Sequence[str]) -> bool:
    """Return whether a word is above a column of numbers, which makes it a column name.

    The word, and a unit below it, may be repeated among the numbers if files were
    joined.
    """
    others = [cell for cell in cells if cell not in ("", name)]
    num_numbers = sum(map(bool, map(NUMBER.fullmatch, others)))
    return bool(name and others) and num_numbers >= _CONSISTENT * len(others)

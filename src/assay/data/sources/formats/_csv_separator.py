"""Finds the separator of a delimited file, and reads the first records with it."""

import csv
import io
import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from assay._errors import InputError
from assay.data.sources.formats.text._cells import SEPARATORS, csv_rows
from assay.data.sources.formats.text._header_block import NUMBER

__all__ = [
    "CONSISTENT",
    "SPACES",
    "Row",
    "Sample",
    "best_sample",
    "first_lines",
    "has_hash",
    "has_number",
    "read_sample",
]

SPACES = " "  # one or more spaces separate the cells of an aligned table
CONSISTENT = 0.8  # minimum fraction of lines with the usual number of cells
_SAMPLE_BYTES = 1 << 20
_SAMPLE_ROWS = 100

Row = list[str]


@dataclass(frozen=True)
class Sample:
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


def first_lines(content: bytes) -> str:
    """Return the complete lines in the first megabyte, but at least three lines."""
    end = _SAMPLE_BYTES
    if content.count(b"\n", 0, end) < 3:  # a very long header
        end = 0
        for _ in range(3):
            end = (content.find(b"\n", end) + 1) or len(content)
    elif end < len(content):
        end = content.rfind(b"\n", 0, end) + 1
    return content[:end].decode("utf-8", errors="replace")


def read_sample(text: str, separator: str) -> Sample:
    """Return the first records of a text, split at a separator."""
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
    filled = [len(row) for row in rows if row and not has_hash(row)]
    counts = Counter(filled).most_common()
    width = max((n for n, c in counts if c == counts[0][1]), default=1)
    share = filled.count(width) / len(filled) if filled else 0.0
    return Sample(separator, rows, ends, width, share)


def best_sample(text: str, path: Path) -> Sample:
    """Return a sample split at the usual separator, or at one that fits better."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    usual = ";" if "," not in first and ";" in first else ","
    usual = "\t" if path.suffix.lower() == ".tsv" else usual
    sample = read_sample(text, usual)
    if not sample.rows:
        raise InputError(
            f"The first lines of {str(path)!r} cannot be read as a table. Check their "
            "quotes."
        )
    if sample.width > 1 and sample.share == 1:
        return sample
    others = [read_sample(text, s) for s in SEPARATORS if s != usual]
    fitting = [s for s in (sample, *filter(_is_table, others)) if s.width > 1]
    if not fitting and (aligned := _aligned_sample(text)):
        return aligned
    # If fractions are equal, max returns the first, which has the usual separator.
    return max(fitting, key=lambda s: s.share, default=sample)


def _aligned_sample(text: str) -> Sample | None:
    """Return a sample split at spaces, or None if it is not a table.

    Prose is not a table, because the number of words per line varies.
    """
    lines = [line.strip() for line in text.splitlines()]
    sample = read_sample("\n".join(lines), SPACES)
    rows = [row for row in sample.rows if row and not has_hash(row)]
    is_table = sample.width > 1 and {len(row) for row in rows[1:]} == {sample.width}
    is_table = is_table and sample.width - len(rows[0]) in (0, 1) and len(rows[0]) > 1
    return sample if is_table and all(map(has_number, rows[1:])) else None


def _is_table(sample: Sample) -> bool:
    """Return whether a sample is a table when split at its separator.

    The first row is checked as well, because every line of a text column may contain
    the separator once by chance.
    """
    rows = [row for row in sample.rows if row and not has_hash(row)]
    table = list(itertools.dropwhile(lambda row: len(row) != sample.width, rows))
    share = sum(len(row) == sample.width for row in table) / max(len(table), 1)
    if sample.width == 1 or share < CONSISTENT:
        return False
    has_numbers = len(table) > 1 and all(map(has_number, table[1:]))
    return len(rows[0]) == sample.width or has_numbers


def has_hash(row: Row) -> bool:
    return bool(row) and row[0].startswith("#")


def has_number(row: Row) -> bool:
    return any(map(NUMBER.fullmatch, row))

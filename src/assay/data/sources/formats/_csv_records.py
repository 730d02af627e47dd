"""Finds the rows of a delimited file among comments and blank lines."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assay._errors import InputError
from assay.data.columns._wording import counted
from assay.data.sources.formats._csv_header import Dialect
from assay.data.sources.formats.text._cells import csv_rows
from assay.data.sources.formats.text._header_block import NUMBER

__all__ = ["Records", "check_records", "find_records"]

_SHOWN_LINES = 3  # maximum number of lines listed in a message


@dataclass(frozen=True)
class Records:
    """The records below the header, in which quoted cells may contain line breaks.

    Args:
        body: byte offset of the first record in the content.
        starts: byte offset of each record (n,).
        lines: number of the last line of each record (n,), counted from 1.
        counts: number of cells in each record (n,); 0 for a blank line.
    """

    body: int
    starts: np.ndarray
    lines: np.ndarray
    counts: np.ndarray

    def text(self, content: bytes, record: int) -> bytes:
        """Return the bytes of a record."""
        end = self.starts[record + 1] if record + 1 < len(self.starts) else len(content)
        return content[self.starts[record] : end]

    def join(self, content: bytes, kept: np.ndarray) -> bytes:
        """Return the bytes of the records selected by the mask `kept` (n,)."""
        edges = np.flatnonzero(np.diff(kept, prepend=False, append=False))
        bounds = np.append(self.starts, len(content))[edges].tolist()
        pairs = zip(bounds[::2], bounds[1::2], strict=True)
        return b"".join(content[start:stop] for start, stop in pairs)


def find_records(path: Path, content: bytes, dialect: Dialect) -> Records:
    """Return the records below the header of a file."""
    codes = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    if not ends.size or ends[-1] != codes.size - 1:
        ends = np.append(ends, codes.size)
    starts = np.concatenate([[0], ends[:-1] + 1])
    body = int(starts[dialect.start]) if dialect.start < len(starts) else len(content)
    if b'"' in content:
        return _quoted_records(path, content, dialect, starts)
    last = np.minimum(ends, codes.size) - 1
    lengths = ends - starts - ((last >= starts) & (codes[last] == ord("\r")))
    marks = np.flatnonzero(codes == ord(dialect.separator))
    counts = np.searchsorted(marks, ends) - np.searchsorted(marks, starts) + 1
    counts = np.where(lengths > 0, counts, 0)[dialect.start :]
    lines = np.arange(dialect.start, len(starts)) + 1
    return Records(body, starts[dialect.start :], lines, counts)


def _quoted_records(
    path: Path, content: bytes, dialect: Dialect, starts: np.ndarray
) -> Records:
    """Return the records of a file in which quoted cells may contain line feeds."""
    start = dialect.start
    body = int(starts[start]) if start < len(starts) else len(content)
    text = io.StringIO(content[body:].decode(), newline="\n")
    reader = csv_rows(text, dialect.separator)
    lasts, counts, last, example = [], [], 0, []
    try:
        for row in reader:
            num_lines = reader.line_num - last
            if num_lines > 2 and _holds_rows(row, example, dialect.separator):
                raise InputError(_unclosed(path, start + last, start + reader.line_num))
            example, last = row if num_lines == 1 else example, reader.line_num
            lasts.append(reader.line_num)
            counts.append(len(row))
    except csv.Error as error:
        raise InputError(
            f"Line {start + reader.line_num} of {str(path)!r} cannot be read: {error}. "
            "Check its quotes."
        ) from None
    lines = start + np.array(lasts, dtype=int)
    offsets = starts[np.append(start, lines)[: len(lines)]]
    return Records(body, offsets, lines, np.array(counts, dtype=int))


def _holds_rows(row: Sequence[str], example: Sequence[str], separator: str) -> bool:
    """Return whether a cell contains whole rows, with numbers where `example` has them.

    Two stray quotes in different rows merge the rows between them into one cell.
    Without this check, the rows in that cell would be silently lost.
    """
    numeric = [n for n, cell in enumerate(example) if NUMBER.fullmatch(cell)]
    for cell in row:
        inner = [line.split(separator) for line in cell.split("\n")[1:-1]]
        if not inner or any(len(cells) != len(example) for cells in inner):
            continue
        if any(all(NUMBER.fullmatch(cells[n]) for cells in inner) for n in numeric):
            return True
    return False


def _unclosed(path: Path, before: int, last: int) -> str:
    return (
        f"A quoted cell in {str(path)!r} extends from line {before + 1} to line "
        f"{last}, but the lines between them look like rows. Remove or double the "
        "stray quotes on these two lines."
    )


def check_records(
    records: Records, content: bytes, dialect: Dialect
) -> tuple[np.ndarray, list[str]]:
    """Return a mask (n,) of the records that are rows, and notes on the other records.

    Raises:
        InputError: rows differ from the header in their number of cells.
    """
    width, counts = len(dialect.names), records.counts
    kept = np.ones(len(counts), dtype=bool)
    if width == 1:  # a blank line is a missing value
        blank = np.zeros(0, dtype=int)
        wrong = np.flatnonzero(counts > 1)
    else:
        blank = np.flatnonzero(counts == 0)
        wrong = np.flatnonzero((counts != width) & (counts > 0))
    is_space = [not records.text(content, r).strip() for r in wrong.tolist()]
    blank, wrong = np.append(blank, wrong[is_space]), wrong[~np.array(is_space, bool)]
    is_comment = [records.text(content, r).lstrip()[:1] == b"#" for r in wrong.tolist()]
    comments, wrong = wrong[is_comment], wrong[~np.array(is_comment, bool)]
    if dialect.has_comments:
        hashes = np.frombuffer(content, np.uint8)[records.starts] == ord("#")
        comments = np.union1d(comments, np.flatnonzero(hashes))
    if wrong.size:
        raise InputError(_ragged(records, wrong, width))
    kept[blank] = kept[comments] = False
    notes = []
    for name, left_out in (("empty", blank), ("comment", comments)):
        if left_out.size:
            lines = counted(left_out.size, f"{name} line")
            verb = "was" if left_out.size == 1 else "were"
            notes.append(f"{lines} {verb} left out.")
    return kept, notes


def _ragged(records: Records, wrong: np.ndarray, width: int) -> str:
    shown = ", ".join(str(line) for line in records.lines[wrong[:_SHOWN_LINES]])
    if wrong.size > _SHOWN_LINES:
        shown += f" and {wrong.size - _SHOWN_LINES} more"
    fixes = []
    if (records.counts[wrong] > width).any():
        fixes.append("Put cells that contain the separator in double quotes.")
    first = int(records.lines[wrong[0] - 1]) + 1 if wrong[0] else 0
    if 0 < first < records.lines[wrong[0]]:
        fixes.append(f"A quoted cell begins on line {first}; check its quotes.")
    if (records.counts[wrong] < width).any():
        fixes.append("Complete or remove lines that are too short.")
    return (
        f"Every line must have {counted(width, 'cell')}, like the header, but line "
        f"{records.lines[wrong[0]]} has {records.counts[wrong[0]]}. These lines differ "
        f"from the header: {shown}. {' '.join(fixes)}"
    )

"""Reads text files with commas, tabs, semicolons or bars between the cells.

Every cell is read as text and converted later, so that the kind of a column never
depends on how many rows a reader inspects first, and no digits are lost.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.columns._wording import counted
from assay.data.sources.formats._csv_dialect import Dialect, csv_rows, find_dialect
from assay.data.sources.formats._damaged import check_num_columns
from assay.data.table._memory import check_size

__all__ = ["read_csv"]

_SAMPLE_BYTES = 1 << 20
_BYTES_PER_CELL = 24  # a 16-byte text view, then an 8-byte number
_SHOWN_LINES = 3  # line numbers listed in a message
_ROWS_AT_ONCE = 100_000  # Python objects take about 100 bytes per cell
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_csv(path: Path) -> tuple[pl.DataFrame, list[str]]:
    """Read a delimited file as text columns; also return notes on how it was read.

    Raises:
        InputError: the file is empty, not UTF-8, or too large, or it lacks a header,
            repeats a column name, or has lines with different numbers of cells.
    """
    _check_size(path)
    content = _text_of(path)
    dialect = find_dialect(path, content)
    names = _column_names(dialect)
    records = _find_records(path, content, dialect)
    kept, notes = _check_records(records, content, dialect)
    body = content[records.body :] if kept.all() else records.join(content, kept)
    num_rows = int(kept.sum())
    frame = _parse(body, dialect.separator, names)
    if frame is None or frame.height != num_rows:
        frame = _parse_slowly(body, dialect.separator, names)
    return frame, [*dialect.notes, *notes]


def _check_size(path: Path) -> None:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample.removeprefix(_BOM).strip(b"\0 \t\r\n"):
        raise InputError(
            f"The file {str(path)!r} is empty. Write a line of column names and the "
            "rows below it."
        )
    counts = Counter(sample)
    cells = max(counts[ord(mark)] for mark in ",;\t|") + counts[ord("\n")] + 1
    size = path.stat().st_size
    check_size(str(path), size + size / len(sample) * cells * _BYTES_PER_CELL)


def _text_of(path: Path) -> bytes:
    """Return the UTF-8 text of a file, with lines that end in a line feed."""
    content = path.read_bytes()
    try:
        if content.startswith(_UTF16_BOMS):  # "Unicode text" exported by spreadsheets
            content = content.decode("utf-16").encode()
        content = content.removeprefix(_BOM)
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(
            f"The file {str(path)!r} is not UTF-8 text. Save it again as UTF-8."
        ) from None
    if b"\0" in content[:_SAMPLE_BYTES].lstrip().split(b"\n", 1)[0]:
        raise InputError(
            f"The file {str(path)!r} contains NUL bytes. Save the table again as text."
        )
    num_returns = content.count(b"\r")
    if num_returns != content.count(b"\r\n") and (
        b'"' not in content or b"\n" not in content
    ):
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content


def _column_names(dialect: Dialect) -> list[str]:
    faults, names = Faults(), dialect.names
    check_num_columns(len(names))
    if all(_NUMBER.fullmatch(name) for name in names):
        shown = dialect.separator.join(names[:5])
        faults.add(
            "The first line must name the columns, but it contains numbers: "
            f"{shown!r}. Write a line of names above it."
        )
    else:
        counts = Counter(name for name in names if name)
        for name in (name for name, count in counts.items() if count > 1):
            fix = f"{counts[name]} columns have this name. Rename all but one."
            faults.add(fault(f"columns.count({name!r}) == 1", "column", name, fix))
    faults.raise_if_any()
    # Writing a frame with its row numbers produces a column without a name.
    return [name or f"column_{position}" for position, name in enumerate(names)]


@dataclass(frozen=True)
class _Records:
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
        """Return the bytes of the records that a mask selects."""
        edges = np.flatnonzero(np.diff(kept, prepend=False, append=False))
        bounds = np.append(self.starts, len(content))[edges].tolist()
        pairs = zip(bounds[::2], bounds[1::2], strict=True)
        return b"".join(content[start:stop] for start, stop in pairs)


def _find_records(path: Path, content: bytes, dialect: Dialect) -> _Records:
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
    return _Records(body, starts[dialect.start :], lines, counts)


def _quoted_records(
    path: Path, content: bytes, dialect: Dialect, starts: np.ndarray
) -> _Records:
    """Return the records of a file in which quoted cells may contain line feeds."""
    start = dialect.start
    body = int(starts[start]) if start < len(starts) else len(content)
    text = io.StringIO(content[body:].decode(), newline="\n")
    reader = csv_rows(text, dialect.separator)
    lasts, counts = [], []
    try:
        for row in reader:
            lasts.append(reader.line_num)
            counts.append(len(row))
    except csv.Error as error:
        raise InputError(
            f"Line {start + reader.line_num} of {str(path)!r} cannot be read: {error}. "
            "Check its quotes."
        ) from None
    lines = start + np.array(lasts, dtype=int)
    places = starts[np.append(start, lines)[: len(lines)]]
    return _Records(body, places, lines, np.array(counts, dtype=int))


def _check_records(
    records: _Records, content: bytes, dialect: Dialect
) -> tuple[np.ndarray, list[str]]:
    """Return which records are rows (n,), and notes on the others.

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


def _ragged(records: _Records, wrong: np.ndarray, width: int) -> str:
    shown = ", ".join(str(line) for line in records.lines[wrong[:_SHOWN_LINES]])
    if wrong.size > _SHOWN_LINES:
        shown += f" and {wrong.size - _SHOWN_LINES} more"
    return (
        f"Every line must have {counted(width, 'cell')} like the header, but line "
        f"{records.lines[wrong[0]]} has {records.counts[wrong[0]]}. These lines differ "
        f"from the header: {shown}. "
        "Put cells that contain the separator in double quotes."
    )


def _parse(body: bytes, separator: str, names: Sequence[str]) -> pl.DataFrame | None:
    """Return the rows of a regular file; None if polars cannot read it."""
    # polars treats a quote after a space as part of the cell.
    spaced = rf"(?:^|[\n{re.escape(separator)}]) +\"".encode()
    if b' "' in body and re.search(spaced, body):
        return None
    try:
        return pl.read_csv(
            body,
            separator=separator,
            has_header=False,
            new_columns=list(names),
            schema=dict.fromkeys(names, pl.String),
            raise_if_empty=False,
        )
    except (
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
    ):  # such as a quote within a cell: 5" pipe
        return None


def _parse_slowly(body: bytes, separator: str, names: Sequence[str]) -> pl.DataFrame:
    """Return the rows of any file, using the slower reader that checked the file."""
    schema = dict.fromkeys(names, pl.String)
    frames, rows = [pl.DataFrame(schema=schema)], []
    for row in csv_rows(io.StringIO(body.decode(), newline="\n"), separator):
        rows.append([cell or None for cell in row] or [None])
        if len(rows) == _ROWS_AT_ONCE:
            frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
            rows = []
    if rows:
        frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
    return pl.concat(frames)

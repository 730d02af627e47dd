"""Reads text files with cells separated by commas, tabs, semicolons, pipes or spaces.

Every cell is read as text and converted later, so that no digits are lost and the kind
of a column does not depend on a sample of its first rows.
"""

import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.columns._select import NO_HEADER
from assay.data.sources.formats._csv_header import Dialect, find_dialect
from assay.data.sources.formats._csv_records import check_records, find_records
from assay.data.sources.formats._csv_separator import SPACES
from assay.data.sources.formats._damaged import check_num_columns
from assay.data.sources.formats.text._cells import csv_rows
from assay.data.sources.formats.text._decode import BOM, text_of
from assay.data.sources.formats.text._drawn_lines import without_drawn_lines
from assay.data.sources.formats.text._quotes import with_usual_quotes
from assay.data.table._memory import check_size
from assay.data.table._table import FileRows

__all__ = ["read_csv"]

_SHOWN = 5  # maximum number of names listed in a message
_SAMPLE_BYTES = 1 << 20
_BYTES_PER_CELL = 24  # 16 bytes for a text view, and 8 bytes for a number
_BLOCK_BYTES = 1 << 18  # small enough for the processor's cache
_ROWS_AT_ONCE = 100_000  # Python objects take about 100 bytes per cell


def read_csv(path: Path) -> FileRows:
    """Read a delimited file as text columns.

    Raises:
        InputError: the file is empty, too large or not Unicode text, lacks a header,
            repeats a column name, or has lines with different numbers of cells.
    """
    _check_size(path)
    content = without_drawn_lines(with_usual_quotes(text_of(path)))
    dialect = find_dialect(path, content)
    if dialect.separator == SPACES:
        content = _with_single_spaces(content)
        dialect = find_dialect(path, content)
    names = _column_names(dialect)
    frame = _parse_plain(content, dialect, names)
    if frame is not None:
        return FileRows(frame, dialect.notes, dialect.separator)
    records = find_records(path, content, dialect)
    kept, notes = check_records(records, content, dialect)
    body = content[records.body :] if kept.all() else records.join(content, kept)
    num_rows = int(kept.sum())
    frame = None
    if not _has_quotes_after_spaces(body, dialect.separator):
        frame = _parse(body, dialect.separator, names)
    if frame is None or frame.height != num_rows:
        frame = _parse_slowly(body, dialect.separator, names)
    return FileRows(frame, [*dialect.notes, *notes], dialect.separator)


def _check_size(path: Path) -> None:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample.removeprefix(BOM).strip(b"\0 \t\r\n"):
        raise InputError(
            f"The file {str(path)!r} is empty. Write a header row and the rows "
            "below it."
        )
    counts = Counter(sample)
    cells = max(counts[ord(mark)] for mark in ",;\t|") + counts[ord("\n")] + 1
    size = path.stat().st_size
    check_size(str(path), size + size / len(sample) * cells * _BYTES_PER_CELL)


def _with_single_spaces(content: bytes) -> bytes:
    """Return the lines of an aligned table with one space between the cells."""
    return re.sub(rb" {2,}", b" ", re.sub(rb"(?m)^ +| +(?=\r?$)", b"", content))


def _column_names(dialect: Dialect) -> list[str]:
    faults, names = Faults(), dialect.names
    check_num_columns(len(names))
    counts = Counter(name for name in names if name)
    repeated = [name for name, count in counts.items() if count > 1]
    headers = [note for note in dialect.notes if note.startswith(NO_HEADER)]
    if repeated and headers:
        fix = f"Otherwise, rename the columns with equal names: {repeated[:_SHOWN]}."
        raise InputError(f"{headers[0]} {fix}")
    for name in repeated:
        fix = f"{counts[name]} columns have this name. Rename all but one."
        faults.add(fault(f"columns.count({name!r}) == 1", "column", name, fix))
    faults.raise_if_any()
    # If a frame was saved with row numbers, the column of row numbers has no name.
    nameless = [position for position, name in enumerate(names) if not name]
    prefix = "column_"
    while set(names) & {f"{prefix}{position}" for position in nameless}:
        prefix = f"unnamed_{prefix}"
    return [name or f"{prefix}{position}" for position, name in enumerate(names)]


def _parse_plain(
    content: bytes, dialect: Dialect, names: Sequence[str]
) -> pl.DataFrame | None:
    """Return the rows of a file that has no quotes and one row per line.

    Most files have this form. Counting the separators is enough to verify it: polars
    rejects lines with too many cells, so if the total is right, no line has too few.

    Returns:
        The rows, or None if the lines must be examined one by one.
    """
    if len(names) == 1 or dialect.has_comments or b'"' in content:
        return None
    start = 0
    for _ in range(dialect.start):
        start = content.find(b"\n", start) + 1
        if not start:  # the file contains only a header
            return None
    num_lines = _count(content, b"\n", start) + (not content.endswith(b"\n"))
    num_separators = _count(content, dialect.separator.encode(), start)
    if num_separators != num_lines * (len(names) - 1):
        return None
    frame = _parse(content, dialect.separator, names, skip_lines=dialect.start)
    return frame if frame is not None and frame.height == num_lines else None


def _count(content: bytes, character: bytes, start: int) -> int:
    """Count the occurrences of a character. This is much faster than `bytes.count`."""
    codes = np.frombuffer(content, np.uint8, offset=start)
    blocks = (codes[i : i + _BLOCK_BYTES] for i in range(0, len(codes), _BLOCK_BYTES))
    return sum(int(np.count_nonzero(block == ord(character))) for block in blocks)


def _has_quotes_after_spaces(body: bytes, separator: str) -> bool:
    """Return whether spaces precede a quoted cell, which polars cannot read."""
    spaced = rf"(?:^|[\n{re.escape(separator)}]) +\"".encode()
    return b' "' in body and re.search(spaced, body) is not None


def _parse(
    content: bytes, separator: str, names: Sequence[str], *, skip_lines: int = 0
) -> pl.DataFrame | None:
    """Return the rows after the skipped lines, or None if polars cannot read them."""
    try:
        return pl.read_csv(
            content,
            skip_lines=skip_lines,
            separator=separator,
            has_header=False,
            new_columns=list(names),
            schema=dict.fromkeys(names, pl.String),
            raise_if_empty=False,
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None  # for example, if a cell contains a quote, as in 5" pipe


def _parse_slowly(body: bytes, separator: str, names: Sequence[str]) -> pl.DataFrame:
    """Parse the rows with the slower reader that checked the file."""
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

"""Comma- and tab-separated files.

Every cell is read as text and typed afterwards, so that a kind never depends on how
many rows a reader happened to look at first.
"""

import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.table._memory import check_size

__all__ = ["read_csv"]

_SAMPLE_BYTES = 1 << 20
_BYTES_PER_CELL = 24  # a 16-byte text view, then an 8-byte number
_SHOWN_LINES = 3
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def read_csv(path: Path) -> tuple[pl.DataFrame, list[str]]:
    """Read a separated file as text columns; also return notes on how it was read.

    Raises:
        InputError: it is empty, not UTF-8, too large, has no header, repeats a column
            name or has lines of different lengths.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample.strip():
        raise InputError(
            fault("the file holds rows", "source", str(path), "The file is empty.")
        )
    separator = _separator(path, sample)
    cells = sample.count(separator.encode()) + sample.count(b"\n") + 1
    size = path.stat().st_size
    check_size(str(path), size + size / len(sample) * cells * _BYTES_PER_CELL)
    header = _header(path, separator)
    _check_lines(path, separator, num_columns=len(header))
    frame = pl.read_csv(
        path,
        separator=separator,
        has_header=False,
        skip_rows=1,
        new_columns=header,
        schema=dict.fromkeys(header, pl.String),
        raise_if_empty=False,
    )
    notes = []
    if separator == ";":
        notes.append("The header holds no comma, so ';' separates the cells.")
    if len(header) > 1:
        full = frame.filter(~pl.all_horizontal(pl.all().is_null()))
        if full.height < frame.height:
            notes.append(f"{frame.height - full.height} empty lines were left out.")
        frame = full
    return frame, notes


def _separator(path: Path, sample: bytes) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    first = sample.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 1)[0]
    return ";" if b"," not in first and b";" in first else ","


def _header(path: Path, separator: str) -> list[str]:
    faults = Faults()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file, delimiter=separator))
    except UnicodeDecodeError:
        raise InputError(_encoding_fault(path)) from None
    names = [name.strip() for name in names]
    if all(_NUMBER.fullmatch(name) for name in names):
        faults.add(
            fault(
                "the first line names the columns",
                "first_line",
                separator.join(names[:5]),
                "It holds numbers; write a line of names above it.",
            )
        )
    else:
        held = Counter(name for name in names if name)
        repeated = [name for name, count in held.items() if count > 1]
        for name in repeated:
            faults.add(
                fault(
                    "column names are unique",
                    "column",
                    name,
                    f"{names.count(name)} columns have this name; rename all but one.",
                )
            )
    faults.raise_if_any()
    # A nameless column is what writing a frame with its row numbers leaves behind.
    return [name or f"column_{position}" for position, name in enumerate(names)]


def _check_lines(path: Path, separator: str, *, num_columns: int) -> None:
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(_encoding_fault(path)) from None
    if b'"' in content:
        lines, counts = _quoted_counts(path, separator)
    else:
        lines, counts = _plain_counts(content, separator)
    wrong = np.flatnonzero(counts != num_columns)
    if wrong.size:
        first = wrong[0]
        shown = ", ".join(str(line) for line in lines[wrong[:_SHOWN_LINES]])
        more = "" if wrong.size <= _SHOWN_LINES else f" and {wrong.size - _SHOWN_LINES}"
        more += " more" if more else ""
        raise InputError(
            fault(
                f"every line holds {num_columns} cells",
                f"line_{lines[first]}",
                int(counts[first]),
                f"{wrong.size} lines differ from the header: {shown}{more}. "
                "Put cells that hold the separator in double quotes.",
            )
        )


def _plain_counts(content: bytes, separator: str) -> tuple[np.ndarray, np.ndarray]:
    """Number and cell count of each line that is not blank; nothing is quoted."""
    codes = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    if not ends.size or ends[-1] != codes.size - 1:
        ends = np.append(ends, codes.size)
    starts = np.concatenate([[0], ends[:-1] + 1])
    last = np.minimum(ends, codes.size) - 1
    length = ends - starts - ((last >= starts) & (codes[last] == ord("\r")))
    marks = np.flatnonzero(codes == ord(separator))
    counts = np.searchsorted(marks, ends) - np.searchsorted(marks, starts) + 1
    filled = length > 0
    return np.flatnonzero(filled) + 1, counts[filled]


def _quoted_counts(path: Path, separator: str) -> tuple[np.ndarray, np.ndarray]:
    lines, counts = [], []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        for row in reader:
            if row:
                lines.append(reader.line_num)
                counts.append(len(row))
    return np.array(lines, dtype=int), np.array(counts, dtype=int)


def _encoding_fault(path: Path) -> str:
    return fault(
        "the file is UTF-8 text", "source", str(path), "Save it again as UTF-8."
    )

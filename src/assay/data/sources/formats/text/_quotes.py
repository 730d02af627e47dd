"""Rewrites text tables with unusual quotes as tables with the usual double quotes."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from assay.data.sources.formats.text._cells import SEPARATORS, csv_rows

__all__ = ["with_usual_quotes"]

_MARKS = (("'", "'"), ("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"))
_SAMPLE_BYTES = 1 << 20
_SAMPLE_LINES = 100
_MIN_QUOTED = 2  # minimum per column, because a single quoted cell may be a quoted word
_WHOLE_LINE = re.compile(r'\s*"((?:[^"]|"")*)"\s*')
_ESCAPED_QUOTE = re.compile(
    rb'(?m)(?:^|[,;\t|]) *"(?:[^"\\\n]|\\.|"")*\\"(?![,;\t|\r\n"]|\Z)'
)

Cells = list[str]


def with_usual_quotes(content: bytes) -> bytes:
    """Rewrite a text table with standard double quotes around its cells.

    Quotes within cells are doubled. A table is rewritten if each line is a single
    quoted cell, if cells are quoted with other marks, or if a backslash escapes the
    quotes within cells. All other tables are returned unchanged.

    Args:
        content: UTF-8 text.
    """
    if b'\\"' in content and _ESCAPED_QUOTE.search(content):
        # Databases and Spark escape quotes with backslashes.
        return re.sub(rb'\\(["\\])', _unescaped, content)
    start = content[:_SAMPLE_BYTES]
    if b'\n"' in start and (lines := _unwrapped(content)):
        return lines
    for marks in _MARKS:
        if marks[0].encode() in start and b'"' not in start:
            for separator in SEPARATORS:
                if rewritten := _requoted(content, separator, marks):
                    return rewritten
    return content


def _unescaped(match: re.Match[bytes]) -> bytes:
    return b'""' if match[1] == b'"' else b"\\"


def _lines(content: bytes) -> Iterator[str]:
    """Return the lines that are not blank."""
    return filter(str.strip, content.decode(errors="replace").split("\n"))


def _unwrapped(content: bytes) -> bytes | None:
    """Return a table without the quotes around each line, or None if it has none.

    Spreadsheets quote whole lines if all cells of a row were pasted into one cell.
    """
    written = []
    for number, line in enumerate(_lines(content)):
        match = _WHOLE_LINE.fullmatch(line)
        if match is None and number:
            return None
        written.append(match[1].replace('""', '"') if match else line.strip())
    if len(written) < 2:
        return None
    for separator in SEPARATORS:
        rows = csv_rows(io.StringIO("\n".join(written), newline="\n"), separator)
        if len(widths := {len(row) for row in rows}) == 1 and widths != {1}:
            return "\n".join([*written, ""]).encode()
    return None


def _requoted(content: bytes, separator: str, marks: tuple[str, str]) -> bytes | None:
    """Return a table with double quotes instead of other quotation marks.

    Returns:
        The table, or None if its cells are not quoted with these marks.
    """
    split = _splitter(separator, marks)
    sample = [split(line) for line in islice(_lines(content), _SAMPLE_LINES)]
    if not _has_quoted_column(sample, marks):
        return None
    text, width = io.StringIO(), len(sample[0] or ())
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    for line in _lines(content):
        cells = split(line)
        if cells is None or len(cells) != width:
            return None
        writer.writerow([_unquoted(cell, marks) for cell in cells])
    return text.getvalue().encode()


def _splitter(separator: str, marks: tuple[str, str]) -> Callable[[str], Cells | None]:
    """Return a function that splits a line into cells and keeps their quotes."""
    first, last = map(re.escape, marks)
    quoted = rf"{first}(?:[^{last}\\]|{last}{last}|\\.)*{last}"
    plain = rf"[^{re.escape(separator)}]*"
    cell = rf"[ \t\r]*({quoted}|(?![ \t\r]*{first}){plain})[ \t\r]*"
    pattern = re.compile(rf"{cell}(?:{re.escape(separator)}|$)")

    def split(line: str) -> Cells | None:
        cells, position, end = [], 0, len(line)
        while True:
            match = pattern.match(line, position)
            if match is None:
                return None
            cells.append(match[1].strip())
            position = match.end()
            if position >= end:
                return cells + [""] * line.endswith(separator)

    return split


def _has_quoted_column(rows: Sequence[Cells | None], marks: tuple[str, str]) -> bool:
    """Return whether the rows are a table that has a column of quoted cells."""
    tables = [row for row in rows if row is not None]
    if len(tables) < len(rows) or len({len(row) for row in tables}) != 1:
        return False
    if len(tables[0]) < 2:
        return False
    for column in zip(*tables[1:], strict=True):
        filled = [cell for cell in column if cell]
        if len(filled) >= _MIN_QUOTED and all(_is_quoted(c, marks) for c in filled):
            return True
    return False


def _is_quoted(cell: str, marks: tuple[str, str]) -> bool:
    return len(cell) > 1 and cell.startswith(marks[0]) and cell.endswith(marks[1])


def _unquoted(cell: str, marks: tuple[str, str]) -> str:
    if not _is_quoted(cell, marks):
        return cell
    inner = cell[1:-1].replace(2 * marks[1], marks[1])
    return re.sub(r"\\(['\"\\])", r"\1", inner)

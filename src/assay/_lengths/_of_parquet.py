"""Validates the lengths stored in a Parquet file.

References:
    Apache Parquet, parquet.thrift.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from assay._lengths._thrift import read_struct

__all__ = ["check_parquet_lengths"]

_MAGIC = b"PAR1"
_MOST_FOOTER_BYTES = 1 << 18  # parsing this many bytes takes about 0.25 s
_MOST_PAGES = 5_000  # checking this many pages takes about 0.25 s
_HEADER_BYTES = 1 << 10  # enough for most page headers
_MOST_HEADER_BYTES = 1 << 20
# field numbers in parquet.thrift
_ROW_GROUPS, _COLUMNS, _COLUMN = 4, 1, 3
_NUM_VALUES, _COMPRESSED, _DATA_PAGE, _DICTIONARY_PAGE = 5, 7, 9, 11
_PAGE_UNPACKED, _PAGE_PACKED = 2, 3
_DATA, _DICTIONARY, _DATA_2 = 5, 7, 8  # page types
_COUNTS, _LEVEL_BYTES = (1, 2, 3), (5, 6)  # field numbers in version 2 data pages


def check_parquet_lengths(path: Path) -> None:
    """Raise a ValueError if a length in a Parquet file is impossible.

    To save time, only the first 5,000 pages are checked. If the metadata is very long,
    nothing is checked. Lengths inside pages are not checked.

    Args:
        path: a Parquet file.

    Raises:
        ValueError: a length is negative or exceeds the size of the file.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        footer = _footer(file, size)
        if footer is None:
            return
        left = _MOST_PAGES
        for column in _columns(footer):
            left -= _check_column(file, column, size=size, most=left)


def _footer(file: BinaryIO, size: int) -> dict[int, Any] | None:
    """Return the file metadata, or None if it is damaged or too long to check.

    Polars reports damaged metadata when it reads the file.
    """
    if size < 12:
        return None
    file.seek(size - 8)
    tail = file.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or length > size - 12 or length > _MOST_FOOTER_BYTES:
        return None
    file.seek(size - 8 - length)
    return read_struct(file.read(length))[0]


def _columns(footer: Mapping[int, Any]) -> Iterator[Mapping[int, Any]]:
    for group in _elements(footer, _ROW_GROUPS):
        for chunk in _elements(group, _COLUMNS):
            if isinstance(column := chunk.get(_COLUMN), dict):
                yield column


def _elements(fields: Mapping[int, Any], number: int) -> list[dict[int, Any]]:
    found = fields.get(number)
    if not isinstance(found, list):
        return []
    return [one for one in found if isinstance(one, dict)]


def _check_column(
    file: BinaryIO, column: Mapping[int, Any], *, size: int, most: int
) -> int:
    """Check a column's pages in one row group and return the number of pages checked.

    Args:
        file: the open Parquet file.
        column: column metadata from the footer.
        size: number of bytes in the file.
        most: maximum number of pages to check.
    """
    num_values = _length(column, _NUM_VALUES, 1 << 62)
    length = _length(column, _COMPRESSED, size)
    starts = [column[n] for n in (_DATA_PAGE, _DICTIONARY_PAGE) if column.get(n)]
    position = min((start for start in starts if isinstance(start, int)), default=0)
    if not 0 <= position <= size - length:
        raise ValueError(f"a column starts at {position:,}, outside the file")
    end, num_pages = position + length, 0
    while position < end and num_values > 0 and num_pages < most:
        header, header_bytes = _header(file, position)
        position += header_bytes
        position += _check_page(header, size - position, num_values)
        num_values -= _num_values(header)
        num_pages += 1
    return num_pages


def _check_page(header: Mapping[int, Any], left: int, num_values: int) -> int:
    """Check the lengths in a page header and return the page size without the header.

    Args:
        header: fields of the page header.
        left: number of bytes between the header and the end of the file.
        num_values: number of the column's values that are not in earlier pages.
    """
    packed = _length(header, _PAGE_PACKED, left)
    unpacked = _length(header, _PAGE_UNPACKED, 1 << 31)
    if isinstance(page := header.get(_DATA), dict):
        _length(page, 1, num_values)
    if isinstance(page := header.get(_DICTIONARY), dict):
        _length(page, 1, 8 * unpacked + 1)
    if isinstance(page := header.get(_DATA_2), dict):
        for number in _COUNTS:
            _length(page, number, num_values)
        for number in _LEVEL_BYTES:
            _length(page, number, packed)
    return packed


def _num_values(header: Mapping[int, Any]) -> int:
    pages = (header.get(number) for number in (_DATA, _DATA_2))
    return sum(page.get(1, 0) for page in pages if isinstance(page, dict))


def _header(file: BinaryIO, position: int) -> tuple[dict[int, Any], int]:
    """Return the fields of a page header and the size of the header in bytes."""
    size = _HEADER_BYTES
    while True:
        file.seek(position)
        try:
            return read_struct(file.read(size))
        except ValueError:
            size *= 8
            if size > _MOST_HEADER_BYTES:
                raise


def _length(fields: Mapping[int, Any], number: int, most: int) -> int:
    value = fields.get(number, 0)
    if not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"a length in the metadata is {value}")
    return value

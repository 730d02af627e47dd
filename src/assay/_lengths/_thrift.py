"""Reads structs in Thrift's compact protocol, which Parquet uses for its metadata."""

import struct
from typing import Any

__all__ = ["read_struct"]

_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = (
    *(1, 2, 3, 7, 8, 9, 10, 11, 12),
)
_INTEGERS = (4, 5, 6)
_MOST_NESTED = 32


class _Reader:
    """Reads bytes from a position and raises an IndexError at the end of the data."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data, self.position = data, position

    def varint(self) -> int:
        value = self.byte()
        if value < 0x80:  # almost all numbers fit in one byte
            return value
        value, shift = value & 0x7F, 7
        while (byte := self.byte()) >= 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise ValueError("a number has more than 64 bits")
        return value | byte << shift

    def byte(self) -> int:
        byte = self.data[self.position]
        self.position += 1
        return byte

    def integer(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def binary(self) -> bytes:
        size, start = self.varint(), self.position
        self.check(size)
        self.position += size
        return self.data[start : self.position]

    def check(self, size: int) -> None:
        """Raise a ValueError if fewer than `size` bytes are left."""
        if size > len(self.data) - self.position:
            raise ValueError(f"a length of {size:,} exceeds the remaining bytes")

    def struct(self, nested: int = 0) -> dict[int, Any]:
        fields: dict[int, Any] = {}
        number = 0
        while (head := self.byte()) != 0:
            step, kind = head >> 4, head & 15
            number = number + step if step else self.integer()
            if kind in _INTEGERS:
                fields[number] = self.integer()
            elif kind in (_TRUE, _FALSE):
                fields[number] = kind == _TRUE
            else:
                fields[number] = self.value(kind, nested)
        return fields

    def value(self, kind: int, nested: int) -> Any:
        if nested > _MOST_NESTED:
            raise ValueError(f"the metadata is nested {nested} levels deep")
        if kind in _INTEGERS:
            return self.integer()
        if kind == _BINARY:
            return self.binary()
        if kind == _STRUCT:
            return self.struct(nested + 1)
        if kind in (_LIST, _SET):
            return self.sequence(nested)
        if kind == _DOUBLE:
            self.check(8)
            self.position += 8
            return struct.unpack_from("<d", self.data, self.position - 8)[0]
        if kind in (_TRUE, _FALSE, _BYTE):  # booleans in a list take one byte each
            return self.byte()
        if kind == _MAP:
            return self.mapping(nested)
        raise ValueError(f"unknown type {kind}")

    def sequence(self, nested: int) -> list[Any]:
        head = self.byte()
        size, kind = head >> 4, head & 15
        if size == 15:
            size = self.varint()
        self.check(size)  # each element takes at least one byte
        return [self.value(kind, nested + 1) for _ in range(size)]

    def mapping(self, nested: int) -> list[tuple[Any, Any]]:
        size = self.varint()
        if not size:
            return []
        self.check(size)
        kinds = self.byte()
        return [
            (self.value(kinds >> 4, nested + 1), self.value(kinds & 15, nested + 1))
            for _ in range(size)
        ]


def read_struct(data: bytes) -> tuple[dict[int, Any], int]:
    """Return a struct's fields, keyed by field number, and the number of bytes read.

    Raises:
        ValueError: the data are truncated, or a length exceeds the remaining bytes.

    Example:
        >>> read_struct(bytes([0x15, 0x08, 0x18, 0x01, 0x61, 0x00]))
        ({1: 4, 2: b'a'}, 6)
    """
    reader = _Reader(data)
    try:
        return reader.struct(), reader.position
    except IndexError:
        raise ValueError("the metadata ends too early") from None

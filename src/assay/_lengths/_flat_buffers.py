"""Reads tables in FlatBuffers, the format of Arrow's metadata.

References:
    FlatBuffers, Binary Format.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["FlatTable"]


class FlatTable(NamedTuple):
    """A table in a FlatBuffer.

    Args:
        data: bytes that contain the table.
        position: index of the first byte of the table.
    """

    data: bytes
    position: int

    def _at(self, position: int, form: str) -> int:
        if position < 0:
            raise struct.error("outside of the buffer")
        return struct.unpack_from(form, self.data, position)[0]

    def _field(self, number: int) -> int | None:
        """Return the position of a field, or None if it is absent."""
        vtable = self.position - self._at(self.position, "<i")
        slot = 4 + 2 * number
        if slot >= self._at(vtable, "<H"):
            return None
        offset = self._at(vtable + slot, "<H")
        return self.position + offset if offset else None

    def has(self, number: int) -> bool:
        """Return whether a field is present."""
        return self._field(number) is not None

    def number(self, number: int, form: str) -> int:
        """Return the whole number in a field, or 0 if the field is absent."""
        position = self._field(number)
        return 0 if position is None else self._at(position, form)

    def table(self, number: int) -> "FlatTable":
        """Return the table in a field."""
        position = self._field(number)
        if position is None:
            raise struct.error("a table is missing")
        return self.table_at(position - self.position)

    def vector(self, number: int, form: str) -> Iterator[tuple[int, ...]]:
        """Return the structs in a field's vector; nothing if the field is absent."""
        position = self._field(number)
        if position is None:
            return iter(())
        start = position + self._at(position, "<I")
        end = start + 4 + self._at(start, "<I") * struct.calcsize(form)
        if not 0 <= start <= end <= len(self.data):
            raise struct.error("a vector is longer than the buffer")
        return struct.iter_unpack(form, self.data[start + 4 : end])

    def table_at(self, offset: int) -> "FlatTable":
        """Return the table that the number at an offset points to."""
        position = self.position + offset
        return FlatTable(self.data, position + self._at(position, "<I"))

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
        place: position of the first byte of the table.
    """

    data: bytes
    place: int

    def _at(self, place: int, form: str) -> int:
        if place < 0:
            raise struct.error("outside of the buffer")
        return struct.unpack_from(form, self.data, place)[0]

    def _field(self, number: int) -> int | None:
        """Return the position of a field, or None if it is absent."""
        vtable = self.place - self._at(self.place, "<i")
        slot = 4 + 2 * number
        if slot >= self._at(vtable, "<H"):
            return None
        offset = self._at(vtable + slot, "<H")
        return self.place + offset if offset else None

    def has(self, number: int) -> bool:
        """Return whether a field is present."""
        return self._field(number) is not None

    def number(self, number: int, form: str) -> int:
        """Return the whole number in a field; 0 if it is absent."""
        place = self._field(number)
        return 0 if place is None else self._at(place, form)

    def table(self, number: int) -> "FlatTable":
        """Return the table in a field."""
        place = self._field(number)
        if place is None:
            raise struct.error("a table is absent")
        return self.table_at(place - self.place)

    def vector(self, number: int, form: str) -> Iterator[tuple[int, ...]]:
        """Return the structs of the vector in a field; empty if it is absent."""
        place = self._field(number)
        if place is None:
            return iter(())
        start = place + self._at(place, "<I")
        end = start + 4 + self._at(start, "<I") * struct.calcsize(form)
        if not 0 <= start <= end <= len(self.data):
            raise struct.error("a vector is longer than the buffer")
        return struct.iter_unpack(form, self.data[start + 4 : end])

    def table_at(self, offset: int) -> "FlatTable":
        """Return the table at the position that the number at an offset points to."""
        place = self.place + offset
        return FlatTable(self.data, place + self._at(place, "<I"))

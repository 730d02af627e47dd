"""Checks an Arrow stream before it is read.

A few bytes of such a stream can require any amount of memory, because buffers may be
compressed, and columns without buffers have only a number as their length.

References:
    Apache Arrow, Columnar Format, "Encapsulated message format"; FlatBuffers, Binary
    Format.
"""

import struct
from typing import NamedTuple

from assay.serving._refusal import Refusal

__all__ = ["count_rows", "no_stream"]

_CONTINUATION = 0xFFFFFFFF
_DICTIONARY, _BATCH = 2, 3  # kinds of messages
_COMPRESSION = 3  # index of this field in a batch


def count_rows(body: bytes) -> int:
    """Return the number of rows in an Arrow stream.

    Raises:
        Refusal: the body is not a stream, or is compressed.
    """
    place, num_rows = 0, 0
    try:
        while place + 8 <= len(body):
            marker, size = struct.unpack_from("<Ii", body, place)
            if marker != _CONTINUATION or size < 0:
                raise no_stream("a message has no mark")
            if size == 0:  # the end of the stream
                break
            message = _Table(body, place + 8).table_at(0)
            kind, batch = message.number(1, "<B"), message.table(2)
            if kind == _DICTIONARY:
                batch = batch.table(1)
            if kind in (_DICTIONARY, _BATCH) and batch.has(_COMPRESSION):
                raise Refusal(
                    415, "The Arrow stream is compressed. Write it uncompressed."
                )
            num_rows += max(batch.number(0, "<q"), 0) if kind == _BATCH else 0
            place += 8 + size + max(message.number(3, "<q"), 0)
    except struct.error:
        raise no_stream("it ends too early") from None
    return num_rows


def no_stream(reason: str) -> Refusal:
    """Return the error for a body that is not a stream."""
    return Refusal(400, f"The body is not an Arrow stream: {reason}. Send one frame.")


class _Table(NamedTuple):
    """A table in a FlatBuffer.

    Args:
        data: bytes that contain it.
        place: position of its first byte.
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
        """Return a whole number; 0 if it is absent."""
        place = self._field(number)
        return 0 if place is None else self._at(place, form)

    def table(self, number: int) -> "_Table":
        """Return a table in a field."""
        place = self._field(number)
        if place is None:
            raise struct.error("a table is absent")
        return self.table_at(place - self.place)

    def table_at(self, offset: int) -> "_Table":
        """Return the table to which the number at an offset points."""
        place = self.place + offset
        return _Table(self.data, place + self._at(place, "<I"))

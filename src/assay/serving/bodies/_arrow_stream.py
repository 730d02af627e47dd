"""Checks an Arrow stream before it is read.

Even a small stream can require an unlimited amount of memory, because buffers may be
compressed, and the length of a column without buffers is just a number in the stream.

References:
    Apache Arrow, Columnar Format, "Encapsulated message format".
"""

import struct

from assay._lengths._flat_buffers import FlatTable
from assay.serving._refusal import Refusal

__all__ = ["count_rows", "no_stream"]

_FILE = b"ARROW1"  # first bytes of an Arrow file
_CONTINUATION = 0xFFFFFFFF
_DICTIONARY, _BATCH = 2, 3  # types of messages
_COMPRESSION = 3  # index of the compression field in a batch


def count_rows(body: bytes) -> int:
    """Return the number of rows in an Arrow stream.

    Raises:
        Refusal: the body is not a stream, or is compressed.
    """
    place, num_rows = 0, 0
    if body.startswith(_FILE):
        raise no_stream("it is an Arrow file; use write_ipc_stream instead")
    try:
        while place + 8 <= len(body):
            marker, size = struct.unpack_from("<Ii", body, place)
            if marker != _CONTINUATION or size < 0:
                raise no_stream("a message has no marker")
            if size == 0:  # end of the stream
                break
            message = FlatTable(body, place + 8).table_at(0)
            kind, batch = message.number(1, "<B"), message.table(2)
            if kind == _DICTIONARY:
                batch = batch.table(1)
            if kind in (_DICTIONARY, _BATCH) and batch.has(_COMPRESSION):
                raise Refusal(
                    415, "The Arrow stream is compressed. Send it uncompressed."
                )
            num_rows += max(batch.number(0, "<q"), 0) if kind == _BATCH else 0
            place += 8 + size + max(message.number(3, "<q"), 0)
            if place > len(body):
                raise no_stream("it ends too early")
    except struct.error:
        raise no_stream("it ends too early") from None
    return num_rows


def no_stream(reason: str) -> Refusal:
    """Return the error for a body that is not an Arrow stream."""
    fix = "Send one table as an Arrow stream."
    return Refusal(400, f"The body is not an Arrow stream: {reason}. {fix}")

"""Validates the lengths stored in an Arrow file or stream.

References:
    Apache Arrow, Columnar Format, "IPC file format" and "IPC streaming format".
"""

import struct
from pathlib import Path
from typing import BinaryIO

from assay._lengths._flat_buffers import FlatTable
from assay._memory import available_bytes

__all__ = ["check_arrow_lengths", "check_stream_lengths", "is_arrow_stream"]

_MAGIC = b"ARROW1"
_MARKER = b"\xff" * 4  # precedes the size of each message in a stream
_BLOCK = "<qi4xq"  # start, metadata size and body size in bytes
_PAIR = "<qq"
_DICTIONARIES, _BATCHES = 2, 3  # field numbers in the footer
_NODES, _BUFFERS, _COMPRESSION = 1, 2, 3  # field numbers in a batch
_UNCOMPRESSED = -1
_MOST_RATIO = 1 << 15  # maximum compression ratio; zstd can store 128 kB in 4 bytes
_MOST_BUFFERS = 100_000  # checking this many buffers takes about 0.5 s


def check_arrow_lengths(path: Path) -> None:
    """Raise a ValueError if a length in an Arrow file is impossible.

    To save time, only about the first 100,000 buffers of a file are checked.

    Args:
        path: an Arrow file.

    Raises:
        ValueError: a length is negative, or greater than the file allows.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - 10, 0))
        tail = file.read(10)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or length > size - 10:
            return  # Polars reports this error when it reads the file
        file.seek(size - 10 - length)
        try:
            footer = FlatTable(file.read(length), 0).table_at(0)
            left = _MOST_BUFFERS
            for number in (_DICTIONARIES, _BATCHES):
                for start, metadata, body in footer.vector(number, _BLOCK):
                    if left > 0:
                        left -= _check_block(file, size, (start, metadata, body))
        except struct.error as error:
            raise ValueError(f"the metadata is damaged: {error}") from None


def is_arrow_stream(path: Path) -> bool:
    """Return whether a file is an Arrow stream, which has no footer."""
    with path.open("rb") as file:
        return file.read(4) == _MARKER


def check_stream_lengths(path: Path) -> int:
    """Raise a ValueError if a length in an Arrow stream is impossible.

    Args:
        path: a file that contains an Arrow stream.

    Returns:
        The size of the stream's columns in bytes, before decompression.

    Raises:
        ValueError: a length is negative, or greater than the file allows.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start, left, num_bytes = 0, _MOST_BUFFERS, 0
        try:
            while start + 8 <= size:
                file.seek(start)
                head = file.read(8)
                metadata = int.from_bytes(head[4:], "little", signed=True) + 8
                if head[:4] != _MARKER or metadata == 8:  # the end of the stream
                    break
                message = FlatTable(head + file.read(metadata - 8), 8).table_at(0)
                body = message.number(3, "<q")
                if message.number(1, "<B") in (_DICTIONARIES, _BATCHES) and left > 0:
                    left -= _check_block(file, size, (start, metadata, body))
                if min(metadata, body) < 0:
                    raise ValueError(f"a batch of {body:,} bytes is outside the file")
                start += metadata + body
                num_bytes += body
        except struct.error as error:
            raise ValueError(f"the metadata is damaged: {error}") from None
    return num_bytes


def _check_block(file: BinaryIO, size: int, block: tuple[int, int, int]) -> int:
    """Check the lengths in a batch and return its number of buffers."""
    start, metadata, body = block
    if min(block) < 0 or start + metadata + body > size:
        raise ValueError(f"a batch of {body:,} bytes is outside the file")
    file.seek(start)
    content = file.read(metadata)
    # files written before 2019 have no marker before the message size
    skip = 8 if content[:4] == b"\xff" * 4 else 4
    message = FlatTable(content, skip).table_at(0)
    batch = message.table(2)
    if message.number(1, "<B") == _DICTIONARIES:
        batch = batch.table(1)
    rows = batch.number(0, "<q")
    if rows < 0 or any(length < 0 for length, _ in batch.vector(_NODES, _PAIR)):
        raise ValueError("a row count is negative")
    compressed, num_buffers = batch.has(_COMPRESSION), 0
    for position, length in batch.vector(_BUFFERS, _PAIR):
        num_buffers += 1
        if min(position, length) < 0 or position + length > body:
            raise ValueError(f"a buffer of {length:,} bytes is outside its batch")
        if compressed and length >= 8:
            _check_unpacked(file, start + metadata + position, length)
    return num_buffers


def _check_unpacked(file: BinaryIO, position: int, length: int) -> None:
    """Check the uncompressed size, which is stored before a compressed buffer."""
    file.seek(position)
    unpacked = int.from_bytes(file.read(8), "little", signed=True)
    free = available_bytes() if unpacked > 1 << 30 else None
    most = min(_MOST_RATIO * length, free or 1 << 62)
    if unpacked != _UNCOMPRESSED and not 0 <= unpacked <= most:
        raise ValueError(f"a buffer of {length:,} bytes decompresses to {unpacked:,}")

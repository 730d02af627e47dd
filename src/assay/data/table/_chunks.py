"""Streams of rows that are read only when they are needed."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import polars as pl

__all__ = ["BLOCKS_PER_CHUNK", "LOOKED_ROWS", "Stream", "chunk_rows", "pieces"]

CHUNK_NUMBERS = 2**23
"""Maximum number of values per chunk (32 MB as float32, 64 MB as float64)."""

MOST_ROWS = 2**18
"""Maximum number of rows per chunk, even if rows are narrow."""

FEWEST_ROWS = 8
"""Minimum number of rows per chunk, even if rows are wide."""

BLOCKS_PER_CHUNK = 4
"""Number of blocks per chunk.

The rows of these blocks are shuffled together. More blocks would be smaller and take
longer to read."""

LOOKED_ROWS = 50_000
"""Maximum number of streamed rows that checks compare, which is lower for wide rows."""


class Stream(Protocol):
    """Rows that are read block by block."""

    @property
    def num_rows(self) -> int:
        """The number of rows."""
        ...

    @property
    def bounds(self) -> np.ndarray | None:
        """The first row of each block, followed by `num_rows` (blocks + 1,).

        Each block is read as a whole. The value is None if rows can be read separately.
        """
        ...

    def read(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return the given columns for the given rows (n,), in the given order."""
        ...

    def column(self, name: str) -> pl.Series:
        """Return all rows of a column."""
        ...


def chunk_rows(num_numbers: int) -> int:
    """Return the number of rows per chunk, a power of two.

    Args:
        num_numbers: number of values in each row.

    Example:
        >>> chunk_rows(20), chunk_rows(64 * 64 * 3)
        (262144, 512)
    """
    rows = max(CHUNK_NUMBERS // max(num_numbers, 1), FEWEST_ROWS)
    return min(1 << (rows.bit_length() - 1), MOST_ROWS)


def pieces(rows: np.ndarray, bounds: np.ndarray | None, most: int) -> Iterator[slice]:
    """Yield slices of row numbers, each of which lies within one block.

    Args:
        rows: row numbers (n,); ascending unless `bounds` is None.
        bounds: bounds of the blocks; None for pieces of `most` rows.
        most: number of rows per piece if `bounds` is None.

    Example:
        >>> rows = np.array([1, 2, 5, 9])
        >>> [rows[p].tolist() for p in pieces(rows, np.array([0, 4, 8, 12]), 8)]
        [[1, 2], [5], [9]]
    """
    if bounds is None:
        cuts = np.arange(0, len(rows) + most, most).clip(max=len(rows))
    else:
        cuts = np.searchsorted(rows, bounds)
    for start, stop in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        if stop > start:
            yield slice(start, stop)

"""A part of the data that is read while it is trained on, a chunk at a time.

A chunk has one size, so every call runs the same compiled program. Which rows it holds
follows from the seed, the epoch and its place in it alone: a training that is taken up
again anywhere reads the same rows as one that was never cut.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from assay._seeds import generator
from assay.training.rows._examples import Examples, pad

__all__ = ["Chunk", "Streamed"]

Read = Callable[[np.ndarray], tuple[Any, np.ndarray]]


class Chunk(NamedTuple):
    """Some rows of an epoch, as the program takes them in place of all.

    Args:
        inputs: (chunk size, *input_shape), or a dict with lengths.
        targets: (chunk size,).
        count: rows of the whole epoch.
        first_row: how many rows of the epoch come before.
        leading: the rows that are measured when the epoch ends.
    """

    inputs: Any
    targets: np.ndarray
    count: np.int32
    first_row: np.int32
    leading: Examples


@dataclass(frozen=True, eq=False)
class Streamed:
    """A part of which a chunk at a time is in memory.

    Args:
        read: gives inputs and targets of row numbers (n,), which are ascending where
            there are blocks.
        targets_of: gives the targets alone.
        rows: (n,), row numbers; ascending where there are blocks, else as a part in
            memory has them.
        leading: the first rows of a part in memory, which are measured.
        chunk_rows: rows of a chunk, but for whole batches.
        cuts: (blocks + 1,), where the rows of each block start, and the end; None
            where any row can be read at its own cost.
    """

    read: Read
    targets_of: Callable[[np.ndarray], np.ndarray]
    rows: np.ndarray
    leading: Examples
    chunk_rows: int
    cuts: np.ndarray | None = None

    @property
    def count(self) -> np.int32:
        """Number of rows."""
        return np.int32(len(self.rows))

    @property
    def capacity(self) -> int:
        """Rows that the program is made for."""
        return self.chunk_rows

    @property
    def exact(self) -> bool:
        """Whether an epoch is one permutation of all rows."""
        return self.cuts is None or len(self.rows) <= self.chunk_rows

    @property
    def shuffle(self) -> str:
        """How the rows are shuffled, in words."""
        if self.cuts is None or self.exact:
            return "exact: an epoch is one permutation of all training rows"
        blocks = len(self.cuts) - 1
        most = int(np.diff(self.cuts).max())
        together = max(round(self.chunk_rows * blocks / len(self.rows)), 1)
        return (
            f"approximate: an epoch permutes {blocks:,} blocks of at most {most:,} "
            f"neighboring rows, and shuffles about {together:,} blocks at a time"
        )

    @property
    def targets(self) -> np.ndarray:
        """The targets of all rows (n,), in their order."""
        return self.targets_of(self.rows)

    def chunk_size(self, batch_size: int) -> int:
        """Return the rows of a chunk: whole batches."""
        return -(-self.chunk_rows // batch_size) * batch_size

    def pass_over(self) -> Iterator[Examples]:
        """Yield all rows in their order, in parts of one size."""
        for start in range(0, len(self.rows), self.chunk_rows):
            rows = self.rows[start : start + self.chunk_rows]
            yield pad(*self.read(rows), self.chunk_rows)

    def chunk(
        self, seed: int, epoch: int, index: int, *, size: int
    ) -> tuple[Chunk, np.ndarray]:
        """Read a chunk of an epoch; return it, and the order (n,) of its rows.

        Args:
            seed: of the training.
            epoch: from 0.
            index: place of the chunk in the epoch, from 0.
            size: rows of a chunk.
        """
        rows, order = self.picked(seed, epoch, start=index * size, size=size)
        part = pad(*self.read(rows), size)
        first = np.int32(index * size)
        chunk = Chunk(part.inputs, part.targets, self.count, first, self.leading)
        return chunk, order

    def picked(
        self, seed: int, epoch: int, *, start: int, size: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of a chunk as they are read, and the order they come in."""
        if self.cuts is None or self.exact:
            order = generator(seed, "order", epoch).permutation(len(self.rows))
            rows = self.rows[order[start : start + size]]
            ascending = np.sort(rows)
            return ascending, np.searchsorted(ascending, rows).astype(np.int32)
        blocks = generator(seed, "order", epoch).permutation(len(self.cuts) - 1)
        ends = np.cumsum((self.cuts[1:] - self.cuts[:-1])[blocks])
        stop = min(start + size, len(self.rows))
        first, last = np.searchsorted(ends, [start, stop - 1], "right")
        spans = []
        for place in range(first, last + 1):
            low, high = self.cuts[blocks[place]], self.cuts[blocks[place] + 1]
            before = ends[place] - (high - low)  # rows of the epoch ahead of the block
            spans.append((low + max(start - before, 0), min(high, low + stop - before)))
        rows = np.concatenate([self.rows[low:high] for low, high in sorted(spans)])
        order = generator(seed, "order", epoch, start).permutation(len(rows))
        return rows, order.astype(np.int32)

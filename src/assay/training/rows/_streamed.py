"""A part of the data that is read while it is trained on, a chunk at a time.

All chunks have one size, so every call runs the same compiled program. The rows of a
chunk follow from the seed, the epoch and its place in the epoch alone: a training that
continues from anywhere reads the same rows as one that was never interrupted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from assay._seeds import generator
from assay.training._arrays import Count, HostInputs, Inputs, Targets, host_array
from assay.training.rows._examples import Examples, pad

__all__ = ["Chunk", "RowNumbers", "Streamed"]

RowNumbers = Int[np.ndarray, " n"]
Read = Callable[[np.ndarray], tuple[HostInputs, np.ndarray]]


class Chunk(NamedTuple):
    """Some rows of an epoch, as the program takes them in place of all.

    Args:
        inputs: (chunk size, *input_shape), or a dict with lengths.
        targets: (chunk size,).
        count: number of rows of the whole epoch.
        first_row: number of rows of the epoch that come before these.
        leading: the rows that are measured when the epoch ends.
    """

    inputs: Inputs
    targets: Targets
    count: Count  # pyright: ignore[reportIncompatibleMethodOverride] of tuples
    first_row: Count
    leading: Examples


@dataclass(frozen=True, eq=False)
class Streamed:
    """A part of which one chunk at a time is in memory.

    Args:
        read: returns the inputs and targets of row numbers (n,), which are ascending
            if there are blocks.
        targets_of: returns the targets alone.
        rows: (n,), row numbers; ascending if there are blocks, else in the order of a
            part in memory.
        leading: the first rows of a part in memory, which are measured.
        chunk_rows: number of rows of a chunk, before it is rounded to whole batches.
        cuts: (blocks + 1,), where the rows of each block start, and the end; None if
            any row can be read by itself at no extra cost.
    """

    read: Read
    targets_of: Callable[[np.ndarray], np.ndarray]
    rows: np.ndarray
    leading: Examples
    chunk_rows: int
    cuts: np.ndarray | None = None

    @property
    def count(self) -> Count:
        """Number of rows."""
        return host_array(np.int32(len(self.rows)))

    @property
    def capacity(self) -> int:
        """Number of rows that the program is compiled for."""
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
        """Return the number of rows of a chunk of whole batches."""
        return -(-self.chunk_rows // batch_size) * batch_size

    def in_order(self) -> Iterator[Examples]:
        """Yield all rows in their order, in parts of one size."""
        for start in range(0, len(self.rows), self.chunk_rows):
            rows = self.rows[start : start + self.chunk_rows]
            yield pad(*self.read(rows), self.chunk_rows)

    def chunk(
        self, seed: int, epoch: int, index: int, *, size: int
    ) -> tuple[Chunk, RowNumbers]:
        """Read a chunk of an epoch; return it, and the order (n,) of its rows.

        Args:
            seed: of the training.
            epoch: from 0.
            index: place of the chunk in the epoch, from 0.
            size: number of rows of a chunk.
        """
        rows, order = self.rows_and_order(seed, epoch, start=index * size, size=size)
        part = pad(*self.read(rows), size)
        first = host_array(np.int32(index * size))
        chunk = Chunk(part.inputs, part.targets, self.count, first, self.leading)
        return chunk, order

    def rows_and_order(
        self, seed: int, epoch: int, *, start: int, size: int
    ) -> tuple[RowNumbers, RowNumbers]:
        """Return the rows of a chunk as they are read, and the order to train in.

        Rows are read in ascending order, since neighbors in a file are read faster.

        Args:
            seed: of the training.
            epoch: from 0.
            start: number of rows of the epoch that come before.
            size: number of rows of a chunk.
        """
        if self.cuts is None or self.exact:
            order = generator(seed, "order", epoch).permutation(len(self.rows))
            rows = self.rows[order[start : start + size]]
            ascending = np.sort(rows)
            return ascending, np.searchsorted(ascending, rows).astype(np.int32)
        spans = self._spans(self.cuts, seed, epoch, start=start, size=size)
        rows = np.concatenate(spans)
        order = generator(seed, "order", epoch, start).permutation(len(rows))
        return rows, order.astype(np.int32)

    def _spans(
        self, cuts: np.ndarray, seed: int, epoch: int, *, start: int, size: int
    ) -> list[np.ndarray]:
        """Return the rows of a chunk, block by block; a block may be cut in two."""
        blocks = generator(seed, "order", epoch).permutation(len(cuts) - 1)
        ends = np.cumsum((cuts[1:] - cuts[:-1])[blocks])
        stop = min(start + size, len(self.rows))
        first, last = np.searchsorted(ends, [start, stop - 1], "right")
        spans: list[tuple[int, int]] = []
        for place in range(first, last + 1):
            low, high = cuts[blocks[place]], cuts[blocks[place] + 1]
            before = ends[place] - (high - low)  # rows of the epoch ahead of the block
            spans.append((low + max(start - before, 0), min(high, low + stop - before)))
        return [self.rows[low:high] for low, high in sorted(spans)]

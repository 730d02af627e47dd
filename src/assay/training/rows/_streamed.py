"""A part of the data that is read during training, one chunk at a time.

All chunks have the same size, so every call runs the same compiled program. The rows of
a chunk depend only on the seed, the epoch and the chunk's index in the epoch, so a
resumed fit reads the same rows as an uninterrupted one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from assay.training._arrays import Count, HostInputs, Inputs, Targets, host_array
from assay.training.rows._examples import Examples, pad
from assay.training.rows._row_order import RowNumbers, shuffled

__all__ = ["Chunk", "Data", "Streamed"]

Read = Callable[[np.ndarray], tuple[HostInputs, np.ndarray]]


class Chunk(NamedTuple):
    """A chunk of an epoch's rows, passed to the program instead of all rows.

    Args:
        inputs: (chunk size, *input_shape), or a dict of values and lengths.
        targets: (chunk size,).
        count: number of rows in the whole epoch.
        first_row: number of earlier rows in the epoch.
        leading: rows that are measured after the epoch.
    """

    inputs: Inputs
    targets: Targets
    count: Count  # pyright: ignore[reportIncompatibleMethodOverride] of tuples
    first_row: Count
    leading: Examples

    @property
    def weights(self) -> None:
        """None, because streamed rows have equal weights."""


Data = tuple[Examples | Chunk, Examples]  # train (or its current chunk) and val


@dataclass(frozen=True, eq=False)
class Streamed:
    """A part of the data that is read into memory one chunk at a time.

    Args:
        read: function that maps row numbers (n,) to inputs and targets. If `cuts` is
            given, the numbers are in ascending order.
        targets_of: function that maps row numbers (n,) to targets.
        rows: (n,), row numbers. If `cuts` is given, they are in ascending order;
            otherwise, they have the order that they would have in memory.
        leading: first rows of the part, kept in memory for measurements.
        chunk_rows: number of rows in a chunk, before rounding up to whole batches.
        cuts: (blocks + 1,), start of each block and end of the last one; None if
            individual rows can be read efficiently.
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
        """Number of rows for which the program is compiled."""
        return self.chunk_rows

    @property
    def exact(self) -> bool:
        """Whether an epoch is one permutation of all rows."""
        return self.cuts is None or len(self.rows) <= self.chunk_rows

    @property
    def shuffle(self) -> str:
        """Description of the shuffling."""
        if self.cuts is None or self.exact:
            return "exact: each epoch is one permutation of all training rows"
        blocks = len(self.cuts) - 1
        most = int(np.diff(self.cuts).max())
        together = max(round(self.chunk_rows * blocks / len(self.rows)), 1)
        return (
            f"approximate: each epoch permutes {blocks:,} blocks of at most {most:,} "
            f"neighboring rows and shuffles the rows of about {together:,} blocks at a "
            "time"
        )

    @property
    def targets(self) -> np.ndarray:
        """Targets (n,) of all rows, in the same order as `rows`."""
        return self.targets_of(self.rows)

    def chunk_size(self, batch_size: int) -> int:
        """Return the chunk size, rounded up to whole batches."""
        return -(-self.chunk_rows // batch_size) * batch_size

    def in_order(self) -> Iterator[Examples]:
        """Yield all rows in order, in pieces of equal size."""
        for start in range(0, len(self.rows), self.chunk_rows):
            rows = self.rows[start : start + self.chunk_rows]
            yield pad(*self.read(rows), self.chunk_rows)

    def chunk(
        self, seed: int, epoch: int, index: int, *, size: int
    ) -> tuple[Chunk, RowNumbers]:
        """Return a chunk of an epoch and the training order (n,) of its rows.

        Args:
            seed: seed of the fit.
            epoch: epoch number, starting at 0.
            index: index of the chunk in the epoch, starting at 0.
            size: number of rows in a chunk.
        """
        rows, order = self.rows_and_order(seed, epoch, start=index * size, size=size)
        part = pad(*self.read(rows), size)
        first = host_array(np.int32(index * size))
        chunk = Chunk(part.inputs, part.targets, self.count, first, self.leading)
        return chunk, order

    def rows_and_order(
        self, seed: int, epoch: int, *, start: int, size: int
    ) -> tuple[RowNumbers, RowNumbers]:
        """Return the row numbers of a chunk in reading order, and their training order.

        Rows are read in ascending order, because neighboring rows are faster to read.

        Args:
            seed: seed of the fit.
            epoch: epoch number, starting at 0.
            start: number of earlier rows in the epoch.
            size: number of rows in a chunk.
        """
        if self.cuts is None or self.exact:
            order = shuffled(len(self.rows), seed, epoch)
            rows = self.rows[order[start : start + size]]
            ascending = np.sort(rows)
            return ascending, np.searchsorted(ascending, rows).astype(np.int32)
        spans = self._spans(self.cuts, seed, epoch, start=start, size=size)
        rows = np.concatenate(spans)
        order = shuffled(len(rows), seed, epoch, start)
        return rows, order.astype(np.int32)

    def _spans(
        self, cuts: np.ndarray, seed: int, epoch: int, *, start: int, size: int
    ) -> list[np.ndarray]:
        """Return the row numbers of a chunk, one array per block or part of a block."""
        blocks = shuffled(len(cuts) - 1, seed, epoch)
        ends = np.cumsum((cuts[1:] - cuts[:-1])[blocks])
        stop = min(start + size, len(self.rows))
        first, last = np.searchsorted(ends, [start, stop - 1], "right")
        spans: list[tuple[int, int]] = []
        for place in range(first, last + 1):
            low, high = cuts[blocks[place]], cuts[blocks[place] + 1]
            before = ends[place] - (high - low)  # earlier rows in the epoch
            spans.append((low + max(start - before, 0), min(high, low + stop - before)))
        return [self.rows[low:high] for low, high in sorted(spans)]

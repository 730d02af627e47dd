"""Supplies batches of rows that are kept in memory or read chunk by chunk."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from assay.training._allocator import return_large_arrays
from assay.training._arrays import Array, host_array
from assay.training._devices import copy_to_all
from assay.training.program._epochs import Batches
from assay.training.program._program import Program
from assay.training.rows._examples import Examples
from assay.training.rows._row_order import RowNumbers
from assay.training.rows._streamed import Chunk, Data, Streamed

__all__ = ["BatchSource", "InMemory", "batch_source"]


@runtime_checkable  # required by the type checks in the tests
class BatchSource(Protocol):
    """Supplies the data for each program call."""

    def batches_from(self, start: int, goal: int) -> tuple[Data, Batches]:
        """Return (train, val) and the batches for a call that begins at `start`.

        Args:
            start: first iteration of the call.
            goal: iteration at which to stop (exclusive).
        """
        ...

    def release(self) -> None:
        """Free rows that can be read again."""
        ...


def batch_source(
    program: Program,
    train: Examples | Streamed,
    val: Examples,
    *,
    seed: int,
    num_iterations: int,
) -> BatchSource:
    """Return the batch source for a fit."""
    if isinstance(train, Examples):
        return InMemory(program, train, val, seed=seed, num_iterations=num_iterations)
    return Prefetched(program, train, val, seed=seed, num_iterations=num_iterations)


class InMemory:
    """Keeps all rows on the device, so one call can run several epochs."""

    def __init__(
        self,
        program: Program,
        train: Examples,
        val: Examples,
        *,
        seed: int,
        num_iterations: int,
    ) -> None:
        self.data: Data = copy_to_all((train, val), program.mesh)
        self._program, self._train, self._seed = program, train, seed
        self._per_epoch = program.iterations_per_epoch(int(train.count))
        # include the epoch of the batch after the last iteration
        self._num_epochs = num_iterations // self._per_epoch + 1
        self._orders: tuple[int, Array] | None = None  # first epoch, orders

    def batches_from(self, start: int, goal: int) -> tuple[Data, Batches]:
        """Return the data and the row orders for all epochs of a call."""
        chunk = self._program.chunk_epochs
        epoch = start // self._per_epoch
        first = epoch - epoch % chunk
        stop = min(goal, (first + chunk) * self._per_epoch)
        orders = self._orders_from(first)
        return self.data, _batches(orders, (start, stop, first, self._per_epoch))

    def release(self) -> None:
        """Do nothing, because the rows are shared by all fits."""

    def _orders_from(self, first: int) -> Array:
        if self._orders is None or self._orders[0] != first:
            orders = self._program.orders(
                self._seed, first, self._train, end=self._num_epochs
            )
            on_device = copy_to_all(host_array(orders), self._program.mesh)
            self._orders = first, on_device
        return self._orders[1]


class _ChunkPosition(NamedTuple):
    """The position of a chunk: its epoch and its index within the epoch."""

    epoch: int
    chunk: int


Ordered = tuple[Chunk, Array]  # a chunk on the device and the order of its rows


class Prefetched:
    """Keeps one chunk of rows on the device while a thread prepares the next one."""

    def __init__(
        self,
        program: Program,
        train: Streamed,
        val: Examples,
        *,
        seed: int,
        num_iterations: int,
    ) -> None:
        return_large_arrays()
        self._program, self._train, self._seed = program, train, seed
        self._val: Examples = copy_to_all(val, program.mesh)
        self._size = train.chunk_size(program.batch_size)
        self._per_chunk = self._size // program.batch_size
        self._per_epoch = program.iterations_per_epoch(int(train.count))
        self._num_iterations = num_iterations
        self._current: tuple[_ChunkPosition, Ordered] | None = None
        self._next: tuple[_ChunkPosition, Future[Ordered]] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="assay-prefetch")

    def batches_from(self, start: int, goal: int) -> tuple[Data, Batches]:
        """Return the chunk that contains the first batch, and the batches to run."""
        position = self._position_of(start)
        chunk, orders = self._chunk(position)
        in_epoch = min((position.chunk + 1) * self._per_chunk, self._per_epoch)
        end = position.epoch * self._per_epoch + in_epoch
        if end < self._num_iterations:
            self._prefetch(self._position_of(end))
        stop = min(goal, end)
        numbers = start, stop, position.epoch, self._per_epoch
        return (chunk, self._val), _batches(orders, numbers)

    def release(self) -> None:
        """Free the current chunk and the next one."""
        self._current = self._next = None
        return_large_arrays()

    def _position_of(self, iteration: int) -> _ChunkPosition:
        epoch, within = divmod(iteration, self._per_epoch)
        return _ChunkPosition(epoch, within // self._per_chunk)

    def _chunk(self, position: _ChunkPosition) -> Ordered:
        if self._current is None or self._current[0] != position:
            self._current = position, self._replace_chunk(position)
        return self._current[1]

    def _replace_chunk(self, position: _ChunkPosition) -> Ordered:
        """Return the chunk that replaces the current one, and its row order."""
        if self._is_whole and self._current is not None:  # keep the rows
            _, order = self._train.rows_and_order(
                self._seed, position.epoch, start=0, size=self._size
            )
            return self._current[1][0], self._on_device(order)
        self._current = None  # free memory for the next chunk
        if self._next is not None and self._next[0] == position:
            return self._next[1].result()
        return self._read(position)

    @property
    def _is_whole(self) -> bool:
        """Whether a single chunk contains all rows."""
        return len(self._train.rows) <= self._size

    def _prefetch(self, position: _ChunkPosition) -> None:
        known = self._next is not None and self._next[0] == position
        if not known and not self._is_whole:
            self._next = position, self._thread.submit(self._read, position)

    def _read(self, position: _ChunkPosition) -> Ordered:
        chunk, order = self._train.chunk(self._seed, *position, size=self._size)
        return copy_to_all(chunk, self._program.mesh), self._on_device(order)

    def _on_device(self, order: RowNumbers) -> Array:
        padded = self._program.pad_order(order, self._size)
        return copy_to_all(host_array(padded[None]), self._program.mesh)


def _batches(orders: Array, numbers: tuple[int, int, int, int]) -> Batches:
    """Build `Batches` from row orders and the numbers for its other fields."""
    return Batches(orders, *map(host_array, np.array(numbers, np.int32)))

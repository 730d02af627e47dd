"""Where the rows of a training come from: all of them at hand, or chunk after chunk."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

import jax
import numpy as np

from assay.training.program._epochs import Batches
from assay.training.program._program import Program
from assay.training.rows._examples import Examples
from assay.training.rows._streamed import Streamed

__all__ = ["Feed", "feed_of"]

Part = Examples | Streamed


class Feed(Protocol):
    """Gives each call of the program its data."""

    def span(self, start: int, goal: int) -> tuple[Any, Batches]:
        """Return (train, val) and the batches of the call that begins at `start`.

        Args:
            start: iteration.
            goal: the iteration to stop before, at the latest.
        """
        ...


def feed_of(
    program: Program, train: Part, val: Examples, *, seed: int, num_iterations: int
) -> Feed:
    """Return the feed of a training."""
    if isinstance(train, Examples):
        return InMemory(program, train, val, seed=seed)
    return Prefetched(program, train, val, seed=seed, num_iterations=num_iterations)


class InMemory:
    """All rows on the device; a call runs some epochs."""

    def __init__(
        self, program: Program, train: Examples, val: Examples, *, seed: int
    ) -> None:
        self.data = jax.device_put((train, val))
        self._program, self._train, self._seed = program, train, seed
        self._per_epoch = program.iterations_per_epoch(int(train.count))
        self._orders: tuple[int, Any] = (-1, None)

    def span(self, start: int, goal: int) -> tuple[Any, Batches]:
        """Return the data, and the orders of as many epochs as a call runs."""
        chunk = self._program.chunk_epochs
        epoch = start // self._per_epoch
        first = epoch - epoch % chunk
        if self._orders[0] != first:
            orders = self._program.orders(self._seed, first, self._train)
            self._orders = (first, jax.device_put(orders))
        stop = min(goal, (first + chunk) * self._per_epoch)
        bounds = np.array([start, stop, first], np.int32)
        return self.data, Batches(self._orders[1], *bounds)


class Prefetched:
    """A chunk of rows on the device, while a thread makes the next one ready."""

    def __init__(
        self,
        program: Program,
        train: Streamed,
        val: Examples,
        *,
        seed: int,
        num_iterations: int,
    ) -> None:
        self._program, self._train, self._seed = program, train, seed
        self._val = jax.device_put(val)
        self._size = train.chunk_size(program.batch_size)
        self._per_chunk = self._size // program.batch_size
        self._per_epoch = program.iterations_per_epoch(int(train.count))
        self._num_iterations = num_iterations
        self._held: tuple[Any, Any] = (None, None)
        self._next: tuple[Any, Future[Any] | None] = (None, None)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="assay-ahead")

    def span(self, start: int, goal: int) -> tuple[Any, Batches]:
        """Return the chunk that an iteration lies in, and its batches."""
        epoch, place = divmod(start, self._per_epoch)
        index = place // self._per_chunk
        chunk, orders = self._chunk(epoch, index)
        end = epoch * self._per_epoch
        end += min((index + 1) * self._per_chunk, self._per_epoch)
        bounds = np.array([start, min(goal, end), epoch], np.int32)
        if end < self._num_iterations:
            self._prepare(divmod(end, self._per_epoch))
        return (chunk, self._val), Batches(orders, *bounds)

    def _chunk(self, epoch: int, index: int) -> tuple[Any, Any]:
        key = epoch, index
        if self._held[0] != key:
            self._held = (key, self._took(key))
        return self._held[1]

    def _took(self, key: tuple[int, int]) -> tuple[Any, Any]:
        """Return a chunk that is not held, and its order."""
        if self._is_whole and self._held[1] is not None:  # only the order changes
            _, order = self._train.picked(self._seed, key[0], start=0, size=self._size)
            return self._held[1][0], self._placed(order)
        self._held = (None, None)  # let go before the next one takes its place
        asked, future = self._next
        return future.result() if asked == key and future else self._made(key)

    @property
    def _is_whole(self) -> bool:
        """Whether a chunk holds all rows."""
        return len(self._train.rows) <= self._size

    def _prepare(self, place: tuple[int, int]) -> None:
        key = place[0], place[1] // self._per_chunk
        if self._next[0] != key and not self._is_whole:
            self._next = (key, self._thread.submit(self._made, key))

    def _made(self, key: tuple[int, int]) -> tuple[Any, Any]:
        chunk, order = self._train.chunk(self._seed, *key, size=self._size)
        return jax.device_put(chunk), self._placed(order)

    def _placed(self, order: np.ndarray) -> jax.Array:
        return jax.device_put(self._program.pad_order(order, self._size)[None])

"""Reads objects that support `len(source)` and `source[i]`, which returns an example.

`grain.MapDataset`, `grain.RandomAccessDataSource`, PyTorch's map-style data sets and
many plain classes support this interface. None of these packages is required.
"""

import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from assay._errors import InputError, fault
from assay._parallel_map import map_parallel
from assay.data.sources._example import (
    Example,
    ExampleFaults,
    example_of,
    same_example,
    unreadable_example,
)
from assay.data.sources.arrays._arrays import table_of_arrays
from assay.data.table._chunks import chunk_rows
from assay.data.table._memory import check_size
from assay.data.table._table import Reader, Table

__all__ = ["MAP_STYLE", "PROBED", "Block", "MapStyleExamples"]


PROBED = 32
"""Number of examples read to test whether reads agree, and to time the threads."""

MIN_SPEEDUP = 1.5
"""Minimum speedup that justifies several threads, given the risk they add."""

_ROW_BYTES = 20  # the target of an example and its position in the split
_MAX_BLOCK_ROWS = 4096  # separate arrays take much more memory than one joined array
_WAITING_THREADS = 4  # in addition to one per core; most threads wait for the disk


class Block(NamedTuple):
    """A block of examples.

    Args:
        rows: positions of the examples (n,).
        inputs: inputs of the examples (n, *shape).
        targets: targets of the examples (n,).
    """

    rows: np.ndarray
    inputs: np.ndarray
    targets: np.ndarray


@dataclass(frozen=True, eq=False)
class MapStyleExamples:
    """Examples with the same shape, accessed through `len(source)` and `source[i]`.

    Args:
        source: the object to read.
        num_rows: the number of examples.
        shape: shape of the inputs of one example.
        dtype: type that fits the inputs of all examples read so far; None if no
            examples have been read.
        num_threads: number of threads that read in parallel. If 1, a lock serializes
            the calls, because the object may not be thread-safe.
    """

    source: Any
    num_rows: int
    shape: tuple[int, ...] = ()
    dtype: np.dtype | None = None
    num_threads: int = 1
    _lock: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def open(cls, source: Any) -> "MapStyleExamples":
        """Read the first examples to determine their shape and the number of threads.

        Raises:
            InputError: the source is empty, or its examples are malformed or change
                between reads.
        """
        try:
            num_rows = len(source)
        except (TypeError, ValueError) as error:
            raise InputError(f"len(source) failed: {error}. Correct __len__.") from None
        if num_rows < 1:
            fix = "Add examples."
            raise InputError(fault("num_examples >= 2", "num_examples", 0, fix))
        check_size(type(source).__name__, _ROW_BYTES * num_rows)
        examples, faults = cls(source, num_rows), ExampleFaults()
        rows = np.arange(min(num_rows, PROBED))
        first = [examples._read_one(int(row)) for row in rows]
        shape = next((one.inputs.shape for one in first if not one.fault), ())
        examples = replace(examples, shape=shape)
        block = examples._join(rows, first, faults)
        again = [examples._read_one(int(row)) for row in rows]
        for row, one, other in zip(rows.tolist(), first, again, strict=True):
            if not same_example(one, other):
                faults.add("same", row)
        faults.raise_if_any(shape)
        examples = replace(examples, dtype=block.inputs.dtype)
        return replace(examples, num_threads=_choose_num_threads(examples))

    def blocks(
        self, rows: np.ndarray | None = None, faults: ExampleFaults | None = None
    ) -> Iterator[Block]:
        """Yield blocks of examples.

        Args:
            rows: positions of the examples (n,); None for all of them.
            faults: collects faults in the examples; if None, an InputError is raised
                instead.
        """
        rows = np.arange(self.num_rows) if rows is None else rows
        size = min(chunk_rows(math.prod(self.shape)), _MAX_BLOCK_ROWS)
        for start in range(0, len(rows), size):
            some, collected = rows[start : start + size], faults or ExampleFaults()
            examples = map_parallel(self._read_one, map(int, some), self.num_threads)
            block = self._join(some, examples, collected)
            if faults is None:
                collected.raise_if_any(self.shape)
            yield block

    def inputs(self, rows: np.ndarray) -> np.ndarray:
        """Return the inputs (n, *shape) of the examples at the given positions (n,).

        Raises:
            InputError: an example has changed, or differs in shape from the first one.
        """
        none = np.empty((0, *self.shape), self.dtype)
        return np.concatenate([none, *(block.inputs for block in self.blocks(rows))])

    def _read_one(self, row: int) -> Example:
        try:
            with self._lock if self.num_threads == 1 else nullcontext():
                item = self.source[row]
        except Exception as error:  # user code may raise anything
            return unreadable_example(error)
        return example_of(item)

    def _join(
        self, rows: np.ndarray, examples: Sequence[Example], faults: ExampleFaults
    ) -> Block:
        """Join the examples into a block, leaving out those that do not fit."""
        inputs, targets, kept = [], [], []
        for row, one in zip(rows.tolist(), examples, strict=True):
            name, detail = one.fault, one.detail
            if not name and one.inputs.shape != self.shape:
                name, detail = "shape", str(one.inputs.shape)
            if name:
                faults.add(name, row, detail)
                continue
            inputs.append(one.inputs)
            targets.append(one.target)
            kept.append(row)
        joined = np.stack(inputs) if inputs else np.empty((0, *self.shape), self.dtype)
        if joined.dtype.kind == "f":
            finite = np.isfinite(joined).all(axis=tuple(range(1, joined.ndim)))
            for position in np.flatnonzero(~finite):
                faults.add("finite", kept[position])
        if self.dtype is not None:
            joined = joined.astype(np.result_type(joined, self.dtype), copy=False)
        return Block(np.array(kept, np.int64), joined, np.array(targets))


def _choose_num_threads(examples: MapStyleExamples) -> int:
    """Return the number of threads to use for reading.

    One thread and several threads are timed on different rows, so that neither benefits
    from a cache. Several threads are used if they are faster and return the same
    examples.
    """
    if examples.num_rows < 4 * PROBED:
        return 1
    threads = (os.cpu_count() or 1) + _WAITING_THREADS
    several = replace(examples, num_threads=threads)
    seconds, parallel = [], []
    for part, reader in ((1, examples), (2, several)):
        rows = range(part * PROBED, (part + 1) * PROBED)
        start = time.perf_counter()
        parallel = map_parallel(reader._read_one, rows, reader.num_threads)
        seconds.append(time.perf_counter() - start)
    if seconds[0] < MIN_SPEEDUP * seconds[1]:
        return 1
    alone = map_parallel(examples._read_one, range(2 * PROBED, 3 * PROBED), 1)
    return threads if all(map(same_example, parallel, alone)) else 1


def _accepts(source: Any) -> bool:
    kind = type(source)
    if isinstance(source, str | bytes | Mapping | tuple | list):
        return False
    if kind.__module__.startswith(("pandas.", "polars.", "scipy.")):
        return False
    has = hasattr(kind, "__len__") and hasattr(kind, "__getitem__")
    return has and not hasattr(kind, "__array__")  # excludes arrays


def _read(source: Any) -> Table:
    examples, faults = MapStyleExamples.open(source), ExampleFaults()
    width = math.prod(examples.shape) * np.dtype(examples.dtype).itemsize
    check_size(type(source).__name__, 2 * examples.num_rows * width)
    blocks = list(examples.blocks(faults=faults))
    faults.raise_if_any(examples.shape)
    inputs = np.concatenate([block.inputs for block in blocks])
    targets = np.concatenate([block.targets for block in blocks])
    return table_of_arrays(inputs, targets, source=type(source).__name__)


MAP_STYLE = Reader(
    "map_style",
    "an object with len(source) and source[i], where source[i] is (inputs, target)",
    _accepts,
    _read,
)
"""The reader for objects whose examples are read by position."""

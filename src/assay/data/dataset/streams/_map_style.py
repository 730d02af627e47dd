"""Streams examples from a Python object, calling `source[i]` when needed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError
from assay._seeds import generator
from assay.data.columns._column import ARRAY_KINDS
from assay.data.sources._example import ExampleFaults
from assay.data.sources._map_style import MAP_STYLE, PROBED, Block, MapStyleExamples
from assay.data.sources._registry import find_reader
from assay.data.sources.arrays._arrays import table_of_arrays
from assay.data.sources.arrays._targets import vector_of
from assay.data.table._array_cells import holds_cells, read_cells
from assay.data.table._chunks import chunk_rows
from assay.data.table._table import Table

__all__ = ["MapStyleStream", "Scan", "open_map_style"]

SAMPLED = 4096
"""Maximum number of examples used to infer column kinds and compute the fingerprint."""

TARGET = "target"


@dataclass(frozen=True, eq=False)
class MapStyleStream:
    """A stream of examples that all have the same shape."""

    examples: MapStyleExamples

    @property
    def num_rows(self) -> int:
        """The number of examples."""
        return self.examples.num_rows

    @property
    def bounds(self) -> None:
        """Always None, because each example can be read separately."""

    @cached_property
    def names(self) -> list[str]:
        """One name per number in a vector, or a single name for images or sequences."""
        empty = np.zeros((1, *self.examples.shape), self.examples.dtype)
        return table_of_arrays(empty).frame.columns

    @property
    def num_sampled(self) -> int:
        """The number of examples in the sample that represents all examples."""
        rows_in_memory = chunk_rows(math.prod(self.examples.shape))
        return min(self.num_rows, SAMPLED, rows_in_memory)

    @property
    def table(self) -> Table:
        """An empty table with the columns of the stream."""
        frame = pl.DataFrame({name: [] for name in [*self.names, TARGET]})
        notes, source = (), type(self.examples.source).__name__
        if self.num_sampled < self.num_rows:
            notes = (f"Distinct values are counted in {self.num_sampled:,} examples.",)
        return Table(frame, "examples", source, target=TARGET, notes=notes)

    def check(self, kinds: Mapping[str, str], faults: Faults) -> None:
        """Add a fault if the first examples are not valid images or time series.

        Args:
            kinds: column kinds set by the user, by column name.
            faults: collects faults in the examples.
        """
        frame = self.read(self.names, np.arange(min(self.num_rows, PROBED)))
        for cells in frame.get_columns():
            if holds_cells(cells) and kinds.get(cells.name) in (None, *ARRAY_KINDS):
                try:
                    read_cells(cells, kinds.get(cells.name))
                except InputError as error:
                    faults.extend(error.faults)

    def read(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return the given columns for the given rows, in the given order."""
        if not len(rows):
            return self.read(names, np.arange(1)).clear()
        return table_of_arrays(self.examples.inputs(rows)).frame.select(names)

    def column(self, name: str) -> pl.Series:
        """Return all rows of a column."""
        size = chunk_rows(math.prod(self.examples.shape))
        rows = np.split(np.arange(self.num_rows), range(size, self.num_rows, size))
        return pl.concat([self.read([name], some)[name] for some in rows])


def open_map_style(source: Any) -> MapStyleStream | None:
    """Return a stream if a source supports `source[i]`, or None otherwise."""
    if find_reader(source) is not MAP_STYLE:
        return None
    return MapStyleStream(MapStyleExamples.open(source))


class Scan:
    """Reads all examples once, and keeps all targets and a sample of the features.

    Each column is represented by its cells in at most SAMPLED examples, drawn with a
    fixed seed. The minimum and maximum over all examples are appended, so a column that
    varies never appears constant. If there are at most SAMPLED examples, the whole
    column is used, and the fingerprint equals that of the same data in memory.
    Otherwise, the fingerprint may miss changes outside the sample.

    Args:
        stream: the examples, which are read only when they are needed.
    """

    def __init__(self, stream: MapStyleStream) -> None:
        self._stream = stream

    def column(self, name: str) -> pl.Series:
        """Return the targets, or cells that represent a feature column.

        Raises:
            InputError: examples are invalid; the message lists every fault.
        """
        frame, targets, limits, _ = self._kept
        if name == TARGET:
            return targets
        cells = frame[name]
        if limits is None or len(cells) == self._stream.num_rows:
            return cells
        return limits.representative_cells(cells, self._stream.names.index(name))

    @property
    def stream(self) -> MapStyleStream:
        """The examples, with a data type that fits all of them."""
        return MapStyleStream(replace(self._stream.examples, dtype=self._kept[3]))

    @cached_property
    def _kept(self) -> tuple[pl.DataFrame, pl.Series, "_Limits | None", np.dtype]:
        examples, faults = self._stream.examples, ExampleFaults()
        dtype: Any = examples.dtype
        draw = generator(0, "examples")
        sample = draw.choice(examples.num_rows, self._stream.num_sampled, replace=False)
        limits = _Limits() if len(examples.shape) == 1 else None
        targets, sampled = [], []
        for block in examples.blocks(faults=faults):
            dtype = np.result_type(block.inputs, dtype)
            targets.append(block.targets)
            sampled.append(block.inputs[np.isin(block.rows, sample)])
            if limits is not None and len(block.rows):
                limits.add(block)
        faults.raise_if_any(examples.shape)
        inputs = np.concatenate(sampled).astype(dtype, copy=False)
        values = vector_of(np.concatenate(targets), Faults())
        return table_of_arrays(inputs).frame, values.alias(TARGET), limits, dtype


class _Limits:
    """Tracks each column's minimum and maximum, and detects row numbers."""

    def __init__(self) -> None:
        self._first = self._min = self._max = np.empty(0)
        self._is_count = np.ones(0, bool)

    def add(self, block: Block) -> None:
        """Update the limits with the next examples (n, d)."""
        rows, inputs, _ = block
        low, high = inputs.min(axis=0), inputs.max(axis=0)
        if not len(self._first):
            self._first, self._min, self._max = inputs[0], low, high
            self._is_count = np.ones(len(low), bool)
        self._min = np.minimum(self._min, low)
        self._max = np.maximum(self._max, high)
        row_numbers = self._first.astype(np.float64) + rows[:, None]
        self._is_count &= (inputs == row_numbers).all(axis=0)

    def representative_cells(self, cells: pl.Series, position: int) -> pl.Series:
        """Return cells that represent the whole column.

        A column of row numbers is represented by consecutive numbers.
        """
        if self._is_count[position]:
            values = np.arange(len(cells)) + self._first[position]
            return pl.Series(cells.name, values).cast(cells.dtype)
        limits = [self._min[position].item(), self._max[position].item()]
        return cells.append(pl.Series(cells.name, limits, dtype=cells.dtype))

"""Examples of an object in Python as a stream: `source[i]` when it is asked for."""

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
from assay.data.sources._arrays import table_of_arrays, vector_of
from assay.data.sources._map_style import ITEMS, PROBED, Block, Items, Wrong
from assay.data.sources._registry import kind_of
from assay.data.table._array_cells import holds_cells, read_cells
from assay.data.table._chunks import chunk_rows
from assay.data.table._table import Table

__all__ = ["ItemStream", "Scan", "item_stream"]

SAMPLED = 4096
"""Examples that the kinds of columns are found from, and the fingerprint."""

TARGET = "target"


@dataclass(frozen=True, eq=False)
class ItemStream:
    """Examples of one shape, of which any can be read at its own cost."""

    items: Items

    @property
    def num_rows(self) -> int:
        """How many there are."""
        return self.items.num_rows

    @property
    def bounds(self) -> None:
        """None: any example can be read at its own cost."""

    @cached_property
    def names(self) -> list[str]:
        """The columns: one a number, or a single one of images or series."""
        empty = np.zeros((1, *self.items.shape), self.items.dtype)
        return table_of_arrays(empty).frame.columns

    @property
    def num_sampled(self) -> int:
        """How many examples stand for all."""
        return min(self.num_rows, SAMPLED, chunk_rows(math.prod(self.items.shape)))

    @property
    def table(self) -> Table:
        """The columns, without rows."""
        frame = pl.DataFrame({name: [] for name in [*self.names, TARGET]})
        notes, source = (), type(self.items.given).__name__
        if self.num_sampled < self.num_rows:
            notes = (f"Different values are counted in {self.num_sampled:,} examples.",)
        return Table(frame, "examples", source, target=TARGET, notes=notes)

    def check(self, kinds: Mapping[str, str], faults: Faults) -> None:
        """Collect why the first examples are no images or series, where they are not.

        Args:
            kinds: what columns hold by the user's word.
            faults: collects it.
        """
        frame = self.read(self.names, np.arange(min(self.num_rows, PROBED)))
        for cells in frame.get_columns():
            if holds_cells(cells) and kinds.get(cells.name) in (None, *ARRAY_KINDS):
                try:
                    read_cells(cells, kinds.get(cells.name))
                except InputError as error:
                    faults.extend(error.faults)

    def read(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return columns of the given rows, in their order."""
        if not len(rows):
            return self.read(names, np.arange(1)).clear()
        return table_of_arrays(self.items.inputs(rows)).frame.select(names)

    def column(self, name: str) -> pl.Series:
        """Return one whole column."""
        size = chunk_rows(math.prod(self.items.shape))
        rows = np.split(np.arange(self.num_rows), range(size, self.num_rows, size))
        return pl.concat([self.read([name], some)[name] for some in rows])


def item_stream(given: Any) -> ItemStream | None:
    """Return the stream of an object with `source[i]`; None for any other source."""
    return ItemStream(Items.open(given)) if kind_of(given) is ITEMS else None


class Scan:
    """What one pass over all examples keeps: targets, and what stands for features.

    The cells that stand for a column are those of at most SAMPLED examples, drawn by a
    fixed seed; after them come the least and the greatest of all examples, so that a
    column varies there where it does. Of no more examples they are the column itself.
    A fingerprint over them and all targets is that of the same data in memory up to
    SAMPLED examples; beyond, a change in another example may leave it as it is.

    Args:
        stream: the examples; nothing is read before it is asked for.
    """

    def __init__(self, stream: ItemStream) -> None:
        self._given = stream

    def column(self, name: str) -> pl.Series:
        """Return the targets, or cells that stand for a column of features.

        Raises:
            InputError: what is wrong with the examples, all at once.
        """
        frame, targets, limits, _ = self._kept
        if name == TARGET:
            return targets
        cells = frame[name]
        if limits is None or len(cells) == self._given.num_rows:
            return cells
        return limits.stand_in(cells, self._given.names.index(name))

    @property
    def stream(self) -> ItemStream:
        """The examples, of a type of number that fits all of them."""
        return ItemStream(replace(self._given.items, dtype=self._kept[3]))

    @cached_property
    def _kept(self) -> tuple[pl.DataFrame, pl.Series, "_Limits | None", np.dtype]:
        items, wrong = self._given.items, Wrong()
        dtype: Any = items.dtype
        draw = generator(0, "examples")
        drawn = draw.choice(items.num_rows, self._given.num_sampled, replace=False)
        limits = _Limits() if len(items.shape) == 1 else None
        targets, kept = [], []
        for block in items.blocks(wrong=wrong):
            dtype = np.result_type(block.inputs, dtype)
            targets.append(block.targets)
            kept.append(block.inputs[np.isin(block.rows, drawn)])
            if limits is not None and len(block.rows):
                limits.add(block)
        wrong.raise_if_any(items.shape)
        frame = table_of_arrays(np.concatenate(kept).astype(dtype, copy=False)).frame
        values = vector_of(np.concatenate(targets), Faults())
        return frame, values.alias(TARGET), limits, dtype


class _Limits:
    """The least and the greatest of each of many numbers, and which count the rows."""

    def __init__(self) -> None:
        self._first = self._least = self._greatest = np.empty(0)
        self._count = np.ones(0, bool)

    def add(self, block: Block) -> None:
        """Take in the next examples (n, d)."""
        rows, inputs, _ = block
        least, greatest = inputs.min(axis=0), inputs.max(axis=0)
        if not len(self._first):
            self._first, self._least, self._greatest = inputs[0], least, greatest
            self._count = np.ones(len(least), bool)
        self._least = np.minimum(self._least, least)
        self._greatest = np.maximum(self._greatest, greatest)
        counted = self._first.astype(np.float64) + rows[:, None]
        self._count &= (inputs == counted).all(axis=0)

    def stand_in(self, cells: pl.Series, place: int) -> pl.Series:
        """Return some cells and what they leave out; where all count the rows, a few
        that do so too.
        """
        if self._count[place]:
            values = np.arange(len(cells)) + self._first[place]
            return pl.Series(cells.name, values).cast(cells.dtype)
        limits = [self._least[place].item(), self._greatest[place].item()]
        return cells.append(pl.Series(cells.name, limits, dtype=cells.dtype))

"""A data set: examples, their targets and the task."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from assay.data.columns._column import ARRAY_KINDS, USED_KINDS, Column
from assay.data.columns._parse import read_as, tidy
from assay.data.columns._task import Task
from assay.data.sources._registry import read_table
from assay.data.sources._table_to_examples import arrange
from assay.data.table._array_cells import read_cells
from assay.data.table._array_options import Layout
from assay.data.table._chunks import Stream

__all__ = ["Dataset", "read"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples (x, y) and their task: D = {((x_i, y_i) given T)}, i = 1..M.

    Args:
        name: a short name.
        source: where it came from.
        frame: the features, a row an example; typed, missing values are null. Of
            streamed rows it holds none, but the same columns.
        target: class positions (n,) int32, or quantities (n,) float64.
        task: what is to be predicted.
        columns: what each column of `frame` holds, in its order.
        fingerprint: sha256 over everything that was read, target and ignored columns
            included.
        notes: what was decided while loading, in words.
        num_test: how many of the last rows came as a test part of their own.
        layout: how images and series were read.
        stream: where rows are read when they are asked for; None if all of them are
            in `frame`.
    """

    name: str
    source: str
    frame: pl.DataFrame
    target: np.ndarray
    task: Task
    columns: tuple[Column, ...]
    fingerprint: str
    notes: tuple[str, ...] = ()
    num_test: int = 0
    layout: Layout = Layout()
    stream: Stream | None = None

    @property
    def num_examples(self) -> int:
        """The size M of the data set."""
        return len(self.target)

    @property
    def num_features(self) -> int:
        """How many columns are features, whether a network can use them or not."""
        return sum(not column.ignored for column in self.columns)

    @property
    def width(self) -> int:
        """How many numbers the features of an example are, before they are prepared."""
        dtypes = [self.frame.schema[c.name] for c in self.columns if c.used]
        shapes = [t.shape for t in dtypes if isinstance(t, pl.Array)]
        return len(dtypes) - len(shapes) + sum(map(math.prod, shapes))

    def take(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return some columns of the given rows (n,), in their order, typed."""
        if self.stream is None:
            return self.frame.select(names)[rows]
        frame = self.stream.read(names, rows)
        return frame.with_columns(self._typed(frame[name]) for name in names)

    def values(self, name: str) -> pl.Series:
        """Return one whole column, typed."""
        if self.stream is None:
            return self.frame[name]
        return self._typed(self.stream.column(name))

    def _typed(self, series: pl.Series) -> pl.Series:
        kind = next(c.kind for c in self.columns if c.name == series.name)
        if kind in ARRAY_KINDS and len(series):
            return read_cells(series, kind)[0]
        if kind in ARRAY_KINDS or kind not in USED_KINDS:
            return tidy(series)
        return read_as(series, kind).values


def read(source: Any, layout: Layout | None = None) -> pl.DataFrame:
    """Read the table that a source holds, as it is: for prediction, and for looking.

    Args:
        source: whatever `load` takes; a target may be absent.
        layout: how images and series are read.

    Raises:
        InputError: it cannot be read.

    Example:
        >>> read("iris").shape
        (150, 5)
    """
    return arrange(read_table(source), layout or Layout())[0].frame

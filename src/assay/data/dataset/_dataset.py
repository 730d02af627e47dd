"""A data set: examples, targets and the task."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from assay._calls import (
    ExplainsNames,
    explains_arguments,
    explains_construction,
    takes_one_source,
)
from assay._html import html_table
from assay.data.columns._column import ARRAY_KINDS, USED_KINDS, Column
from assay.data.columns._parse import read_as, tidy
from assay.data.columns.target._task import Task
from assay.data.sources._registry import read_table
from assay.data.sources._table_to_examples import to_examples
from assay.data.table._array_cells import read_cells
from assay.data.table._array_options import Layout
from assay.data.table._chunks import Stream

__all__ = ["Dataset", "read"]

_MOST_COLUMNS = 50  # maximum number shown in a notebook


@explains_construction("assay.data.load((X, y))")
@dataclass(frozen=True, eq=False)
class Dataset(ExplainsNames):
    """Examples with targets, D = {(x_i, y_i)} for i = 1..M, and the prediction task.

    Args:
        name: a short name for the data set.
        source: the source of the data, as the user wrote it.
        frame: the typed features, one row per example; missing values are null. If
            rows are streamed, the frame has the same columns but no rows.
        target: class indices (n,) int32, or quantities (n,) float64.
        task: the prediction task.
        columns: descriptions of the columns of `frame`, in order.
        fingerprint: the SHA-256 hash of all the data, including the target and the
            ignored columns.
        notes: messages about how the data was loaded.
        num_test: number of examples at the end that form a separate test set.
        layout: options used for reading images and time series.
        stream: the stream of rows; None if all rows are in `frame`.
        weights: positive weight of each example in the cost (n,); None for equal
            weights, and always None for streams.
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
    weights: np.ndarray | None = None

    @property
    def num_examples(self) -> int:
        """The number of examples, M."""
        return len(self.target)

    @property
    def num_features(self) -> int:
        """The number of features, including those that a network cannot use."""
        return sum(not column.ignored for column in self.columns)

    @cached_property
    def width(self) -> int:
        """The number of feature values per example, before preparation."""
        schema = self.frame.schema  # polars rebuilds the schema on every access
        dtypes = [schema[c.name] for c in self.columns if c.used]
        shapes = [t.shape for t in dtypes if isinstance(t, pl.Array)]
        return len(dtypes) - len(shapes) + sum(map(math.prod, shapes))

    def take(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return typed columns for the given rows (n,), in the given order."""
        if self.stream is None:
            return self.frame.select(names)[rows]
        frame = self.stream.read(names, rows)
        return frame.with_columns(self._typed(frame[name]) for name in names)

    def values(self, name: str) -> pl.Series:
        """Return all typed values of one column."""
        if self.stream is None:
            return self.frame[name]
        return self._typed(self.stream.column(name))

    def _repr_html_(self) -> str:
        task, shown = self.task, self.columns[:_MOST_COLUMNS]
        classes = f" ({task.num_classes} classes)" if task.classes else ""
        caption = (
            f"{self.name}: {self.num_examples:,} examples, {self.num_features:,} "
            f"features, {task.kind} target {task.target!r}{classes}"
        )
        rows = [
            (
                column.name,
                column.kind if column.used else f"{column.kind} (not used)",
                f"{column.num_missing:,}",
                f"{column.num_distinct:,}",
                column.reason,
            )
            for column in shown
        ]
        num_more = len(self.columns) - len(shown)
        rows += [(f"… and {num_more} more", "", "", "", "")] if num_more else []
        head = ("column", "kind", "missing", "distinct", "why")
        return html_table(caption, rows, head=head)

    def _typed(self, column: pl.Series) -> pl.Series:
        described = next(c for c in self.columns if c.name == column.name)
        kind = described.kind
        if kind in ARRAY_KINDS and len(column):
            return read_cells(column, kind)[0]
        if kind in ARRAY_KINDS or kind not in USED_KINDS:
            return tidy(column)
        return read_as(column, kind, described.style).values


@takes_one_source("source")
@explains_arguments("assay.data.read('table.csv')")
def read(source: Any, *, layout: Layout | None = None) -> pl.DataFrame:
    """Read a source as a table of untyped columns, for example to make predictions.

    Args:
        source: any source that `load` accepts; the target may be absent.
        layout: options for reading images and time series.

    Raises:
        InputError: the source cannot be read.

    Example:
        >>> read("iris").shape
        (150, 5)
    """
    return to_examples(read_table(source), layout or Layout())[0].frame

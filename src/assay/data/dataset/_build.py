"""From the rows of a source, in memory or streamed, to a data set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from assay._errors import Faults, fault
from assay.data.columns._column import Column
from assay.data.columns._fingerprint import Fingerprint
from assay.data.columns._select import (
    check_kinds,
    check_names,
    find_target,
    read_features,
)
from assay.data.columns._task import read_target
from assay.data.dataset._dataset import Dataset
from assay.data.table._array_options import Layout
from assay.data.table._chunks import LOOKED_ROWS, Stream
from assay.data.table._table import Table

__all__ = ["LoadOptions", "Rows", "StreamedRows", "assemble"]

Features = tuple[pl.DataFrame, tuple[Column, ...]]


@dataclass(frozen=True)
class LoadOptions:
    """What a user says of a data set.

    Args:
        target: the column to predict.
        task: the kind of task; found from the target if absent.
        name: a short name.
        ignore: columns that must not be features.
        layout: how images and series are read, and what columns hold.
    """

    target: str | None
    task: str | None
    name: str | None
    ignore: Sequence[str]
    layout: Layout


class Rows:
    """The rows of a source: here, all of a table in memory.

    Args:
        table: the columns, and what their source is called; of streamed rows none.
        layout: as it turned out.
    """

    def __init__(self, table: Table, layout: Layout) -> None:
        self.table = table
        self.layout = layout

    @property
    def stream(self) -> Stream | None:
        """Where rows are read when they are asked for; None for those in memory."""
        return None

    @property
    def num_rows(self) -> int:
        """How many there are."""
        return self.table.frame.height

    @property
    def notes(self) -> tuple[str, ...]:
        """What was decided while reading, in words."""
        return self.table.notes

    def check(self, spared: Sequence[str], faults: Faults) -> None:
        """Collect what is wrong with columns, but for some that are spared."""

    def values(self, name: str) -> pl.Series:
        """Return a column, or of features some cells that stand for it."""
        return self.table.frame[name]

    def keep(self, values: pl.Series) -> pl.Series:
        """Return what of a typed column of features the data set holds."""
        return values

    def features(
        self, target: str, ignore: Sequence[str], mark: Fingerprint, faults: Faults
    ) -> Features:
        """Read all columns but the target, and add them to a fingerprint."""

        def note(values: pl.Series) -> pl.Series:
            mark.add(values)
            return self.keep(values)

        names = (name for name in self.table.frame.columns if name != target)
        given, kinds = map(self.values, names), self.layout.kinds
        return read_features(given, ignore, kinds, faults=faults, on_read=note)


class StreamedRows(Rows):
    """Rows that are read when they are asked for.

    Args:
        table: the columns, and what their source is called.
        layout: what columns hold by the user's word.
        stream: the rows.
        reason: why they are streamed, in words.
    """

    def __init__(
        self, table: Table, layout: Layout, *, stream: Stream, reason: str
    ) -> None:
        super().__init__(table, layout)
        self._stream = stream
        self._reason = reason

    @property
    def stream(self) -> Stream:
        """Where rows are read when they are asked for."""
        return self._stream

    @property
    def num_rows(self) -> int:
        """How many there are."""
        return self._stream.num_rows

    @property
    def notes(self) -> tuple[str, ...]:
        """What was decided while reading, in words."""
        told = [f"Rows are streamed: {self._reason}.", *self.table.notes]
        if self.num_rows > LOOKED_ROWS:
            told.append(f"Copies and leaks are looked for in {LOOKED_ROWS:,} rows.")
        return tuple(told)

    def values(self, name: str) -> pl.Series:
        """Return a column, or of features some cells that stand for it."""
        return self._stream.column(name)

    def keep(self, values: pl.Series) -> pl.Series:
        """Return no row of a column, but its type."""
        return values.clear()


def assemble(rows: Rows, asked: LoadOptions) -> Dataset:
    """Return the data set that rows are.

    Raises:
        InputError: every fault found in them.
    """
    table = rows.table
    target, notes = find_target(table, asked.target)
    faults = Faults()
    rows.check([target, *asked.ignore], faults)
    if rows.num_rows < 2:
        told = fault("num_examples >= 2", "num_examples", rows.num_rows, "Add rows.")
        faults.add(told)
    names = {"ignore": asked.ignore, "kinds": asked.layout.kinds}
    check_names(table.frame, target, names, faults)
    check_kinds(asked.layout.kinds, faults)
    faults.raise_if_any()
    values, task, typed = read_target(
        rows.values(target), asked.task or table.task, faults
    )
    if asked.task is None and table.task is not None:
        task = replace(task, reason="the source says so")
    mark = Fingerprint(rows.num_rows)
    frame, columns = rows.features(target, asked.ignore, mark, faults)
    faults.raise_if_any()
    mark.add(typed)
    return Dataset(
        asked.name or table.name,
        source=table.source,
        frame=frame,
        target=values,
        task=task,
        columns=columns,
        fingerprint=mark.hex,
        notes=(*rows.notes, *notes, f"Task {task.kind}: {task.reason}."),
        num_test=table.num_test,
        layout=rows.layout,
        stream=rows.stream,
    )

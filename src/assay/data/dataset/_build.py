"""Builds a data set from the rows of a source, in memory or streamed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from assay._errors import Faults, fault
from assay.data.columns._column import Column
from assay.data.columns._fingerprint import Fingerprint
from assay.data.columns._select import (
    check_kinds,
    check_names,
    find_target,
    only_class,
    read_features,
)
from assay.data.columns.formats._number_style import uses_decimal_commas
from assay.data.columns.target._read_target import read_target
from assay.data.dataset._dataset import Dataset
from assay.data.table._array_options import Layout
from assay.data.table._chunks import LOOKED_ROWS, Stream
from assay.data.table._table import Table

__all__ = ["LoadOptions", "Rows", "StreamedRows", "build_dataset"]

Features = tuple[pl.DataFrame, tuple[Column, ...]]


@dataclass(frozen=True)
class LoadOptions:
    """Options for loading a data set, as set by the user.

    Args:
        target: the column to predict.
        task: the kind of task; inferred from the target if None.
        name: a short name for the data set.
        ignore: columns to exclude from the features.
        layout: options for reading images and time series, and the column kinds.
    """

    target: str | None
    task: str | None
    name: str | None
    ignore: Sequence[str]
    layout: Layout


class Rows:
    """The rows of a source, as a table in memory.

    Args:
        table: the table; if the rows are streamed, it has columns but no rows.
        layout: options used for reading images and time series.
    """

    def __init__(self, table: Table, layout: Layout) -> None:
        self.table = table
        self.layout = layout

    @property
    def stream(self) -> Stream | None:
        """The stream of rows, or None if the rows are in memory."""
        return None

    @property
    def num_rows(self) -> int:
        """The number of rows."""
        return self.table.frame.height

    @cached_property
    def decimal_commas(self) -> bool:
        """Whether the numbers in some columns have decimal commas."""
        return uses_decimal_commas(self.table.frame, self.table.separator)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on how the rows were read."""
        return (*self.table.notes, *self.table.part_notes)

    def check(self, exempt: Sequence[str], faults: Faults) -> None:
        """Add to `faults` the faults in columns other than those named in `exempt`."""

    def values(self, name: str) -> pl.Series:
        """Return the column of the given name, or cells that represent it."""
        return self.table.frame[name]

    def keep(self, column: pl.Series) -> pl.Series:
        """Return what the data set stores of a typed feature column.

        Columns read from files consist of many chunks; selecting rows from a single
        chunk is ten times faster. Images and sequences keep their chunks, since a copy
        would temporarily double their memory.
        """
        return column if column.dtype.is_nested() else column.rechunk()

    def features(
        self,
        target: str,
        ignore: Sequence[str],
        fingerprint: Fingerprint,
        faults: Faults,
    ) -> Features:
        """Read all columns except the target, and add them to the fingerprint."""

        def add(column: pl.Series) -> pl.Series:
            fingerprint.add(column)
            return self.keep(column)

        names = (name for name in self.table.frame.columns if name != target)
        return read_features(
            map(self.values, names),
            ignore,
            self.layout.kinds,
            faults=faults,
            decimal_commas=self.decimal_commas,
            notes=self.table.notes,
            on_read=add,
        )


class StreamedRows(Rows):
    """Rows that are read only when they are needed.

    Args:
        table: the columns, without rows, and the name of the source.
        layout: options for reading images and time series, and the column kinds set by
            the user.
        stream: the stream of rows.
        reason: the reason for streaming, shown in a note.
    """

    def __init__(
        self, table: Table, layout: Layout, *, stream: Stream, reason: str
    ) -> None:
        super().__init__(table, layout)
        self._stream = stream
        self._reason = reason

    @property
    def stream(self) -> Stream:
        """The stream of rows."""
        return self._stream

    @property
    def num_rows(self) -> int:
        """The number of rows."""
        return self._stream.num_rows

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on how the rows were read."""
        notes = [f"Rows are streamed ({self._reason}).", *super().notes]
        if self.num_rows > LOOKED_ROWS:
            notes.append(
                f"Only {LOOKED_ROWS:,} rows are checked for duplicates and leakage."
            )
        return tuple(notes)

    def values(self, name: str) -> pl.Series:
        """Return the column of the given name, or cells that represent it."""
        return self._stream.column(name)

    def keep(self, column: pl.Series) -> pl.Series:
        """Return an empty column of the same type."""
        return column.clear()


def build_dataset(rows: Rows, options: LoadOptions) -> Dataset:
    """Build a data set from the rows of a source.

    Raises:
        InputError: the rows or the options are invalid; the message lists every fault.
    """
    table = rows.table
    target, notes = find_target(table, options.target)
    _check(rows, target, options)
    faults = Faults()
    values, task, typed = read_target(
        rows.values(target), options.task or table.task, faults, rows.decimal_commas
    )
    if options.task is None and table.task is not None:
        task = replace(task, reason="set by the source")
    if rows.stream is not None and typed.dtype == pl.String:
        # An Enum takes 1 to 4 bytes per row instead of 16.
        typed = typed.cast(pl.Enum(typed.unique()))
    fingerprint = Fingerprint(rows.num_rows)
    frame, columns = rows.features(target, options.ignore, fingerprint, faults)
    faults.raise_if_any()
    fingerprint.add(typed)
    return Dataset(
        options.name or table.name,
        source=table.source,
        frame=frame,
        target=values,
        task=task,
        columns=columns,
        fingerprint=fingerprint.hex,
        notes=(*rows.notes, *notes, f"Task {task.kind}: {task.reason}."),
        num_test=table.num_test,
        layout=rows.layout,
        stream=rows.stream,
    )


def _check(rows: Rows, target: str, options: LoadOptions) -> None:
    """Raise an InputError for faults that can be found before reading the values."""
    faults, table = Faults(), rows.table
    rows.check([target, *options.ignore], faults)
    if rows.num_rows < 2:
        rule, fix = "num_examples >= 2", "Add rows."
        faults.add(fault(rule, "num_examples", rows.num_rows, fix))
    if target == table.target and (message := only_class(table)):
        faults.add(message)
    kinds = options.layout.kinds
    names = {"ignore": options.ignore, "kinds": kinds}
    check_names(table.frame, target, names, faults)
    check_kinds(kinds, faults)
    faults.raise_if_any()

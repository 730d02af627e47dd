"""Loads a data set whose rows stay where they are: column by column, then never whole.

What a column of a table holds is found from all of it, and the fingerprint is that of
the same table in memory; one column at a time has to fit. Examples of an object in
Python are read once; targets and a sample of them are kept.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data._dataset import Dataset
from assay.data._features import check_kinds, check_names, find_target, read_features
from assay.data._fingerprint import Fingerprint
from assay.data._layout import Layout
from assay.data._memory import MEMORY_FRACTION, available_bytes
from assay.data._source import Table
from assay.data._stream import Stream, chunk_rows
from assay.data._stream_items import ItemStream, Scan, item_stream
from assay.data._stream_parquet import ParquetStream, parquet_files
from assay.data._task import read_target
from assay.data._view import LOOKED_ROWS

__all__ = [
    "check_streamable",
    "load_item_stream",
    "load_table_stream",
    "read_blocks",
    "table_stream",
    "wants_stream",
]


def table_stream(given: Any) -> ParquetStream | None:
    """Return the stream of Parquet files; None for any other source."""
    paths = parquet_files(given) if _is_path(given) else ()
    return ParquetStream.open(paths) if paths else None


def read_blocks(
    given: Any, columns: Sequence[str], *, tables: bool = True
) -> Iterator[pl.DataFrame] | None:
    """Return rows that need not be in memory, as many at a time as are held at once.

    Args:
        given: a source.
        columns: those that are read, as far as the rows of a table have them.
        tables: whether a row of a table is an example.

    Returns:
        Frames; None for any other source, and for few rows of a table.
    """
    items = item_stream(given)
    if items is not None:
        return _blocks(items, items.names, math.prod(items.items.shape))
    stream, width = table_stream(given) if tables else None, max(len(columns), 1)
    if stream is None or stream.num_rows <= chunk_rows(width):
        return None
    names = [name for name in stream.schema.names() if name in columns]
    return _blocks(stream, names, width)


def _blocks(stream: Stream, names: Sequence[str], width: int) -> Iterator[pl.DataFrame]:
    size = chunk_rows(width)
    starts = range(0, stream.num_rows, size)
    rows = (np.arange(s, min(s + size, stream.num_rows)) for s in starts)
    return (stream.read(names, some) for some in rows)


def _is_path(given: Any) -> bool:
    return isinstance(given, str) or hasattr(given, "__fspath__")


def wants_stream(stream: ParquetStream, asked: bool | str) -> str:
    """Return why rows are streamed, or "" where they are read into memory.

    Args:
        stream: of a table.
        asked: True or False by the user's word; "auto" to go by the free memory.
    """
    if asked is False or (asked is True and not stream.num_rows):
        return ""
    if asked is True:
        return "as asked"
    needed, free = stream.needed_bytes, available_bytes()
    if free is None or needed <= MEMORY_FRACTION * free:
        return ""
    if any(t.is_nested() or t == pl.Binary for t in stream.schema.dtypes()):
        return ""  # reading it says that it is too large
    return (
        f"in memory it would take {needed / 1e9:.1f} GB, more than "
        f"{MEMORY_FRACTION:.0%} of the {free / 1e9:.1f} GB that are free"
    )


def load_table_stream(given: Any, stream: ParquetStream, **how: Any) -> Dataset:
    """Load a table of which rows are read when they are asked for.

    Args:
        given: the source, in the user's words.
        stream: its rows.
        **how: `load_rows` is told.

    Raises:
        InputError: every fault found in the data.
    """
    path = stream.paths[0]
    short = path.stem if len(stream.paths) == 1 else path.resolve().parent.name
    table = Table(stream.schema.to_frame(), name=short, source=str(given))
    return load_rows(
        table,
        stream,
        values=stream.column,
        check=lambda spared, faults: _check_plain(stream, spared, faults),
        **how,
    )


def load_item_stream(stream: ItemStream, *, layout: Layout, **how: Any) -> Dataset:
    """Load examples of an object in Python that are read when they are asked for.

    All are read once, for their targets and to see that they are alike. The
    fingerprint is over all targets and a seeded sample of the examples, see `Scan`.

    Args:
        stream: the examples.
        layout: what they hold by the user's word.
        **how: `load_rows` is told.

    Raises:
        InputError: what is wrong with the examples, all at once.
    """
    scan = Scan(stream)
    dataset = load_rows(
        stream.table,
        stream,
        values=scan.column,
        check=lambda spared, faults: stream.check(layout.kinds, faults),
        layout=layout,
        **how,
    )
    return replace(dataset, stream=scan.stream)


def load_rows(
    table: Table,
    stream: Stream,
    *,
    values: Callable[[str], pl.Series],
    check: Callable[[Sequence[str], Faults], None] = lambda spared, faults: None,
    reason: str,
    target: str | None = None,
    task: str | None = None,
    name: str | None = None,
    ignore: Sequence[str] = (),
    layout: Layout,
) -> Dataset:
    """Load a data set of which rows are read when they are asked for.

    Args:
        table: none of the rows, but the columns, and what their source is called.
        stream: the rows.
        values: gives a column, or for a feature some cells that stand for it.
        check: collects what else is wrong, given columns that are spared.
        reason: why rows are streamed, in words.
        target: the column to predict.
        task: the kind of task; found from the target if absent.
        name: a short name.
        ignore: columns that must not be features.
        layout: what columns hold by the user's word.

    Raises:
        InputError: every fault found in the data.
    """
    target, notes = find_target(table, target)
    faults, feature_faults = Faults(), Faults()
    check([target, *ignore], faults)
    if stream.num_rows < 2:
        told = fault("num_examples >= 2", "num_examples", stream.num_rows, "Add rows.")
        faults.add(told)
    names = {"ignore": ignore, "kinds": layout.kinds}
    check_names(table.frame, target, names, faults)
    check_kinds(layout.kinds, faults)
    faults.raise_if_any()
    mark = Fingerprint(stream.num_rows)

    def note(values: pl.Series) -> pl.Series:
        mark.add(values)
        return values.clear()

    features, columns = read_features(
        (values(n) for n in table.frame.columns if n != target),
        ignore,
        layout.kinds,
        faults=feature_faults,
        on_read=note,
    )
    targets, found, typed = read_target(values(target), task, faults)
    mark.add(typed)
    faults.extend(feature_faults.messages)
    faults.raise_if_any()
    notes = [f"Rows are streamed: {reason}.", *table.notes, *notes]
    if stream.num_rows > LOOKED_ROWS:
        notes.append(f"Copies and leaks are looked for in {LOOKED_ROWS:,} rows.")
    return Dataset(
        name or table.name,
        source=table.source,
        frame=features,
        target=targets,
        task=found,
        columns=columns,
        fingerprint=mark.hex,
        notes=(*notes, f"Task {found.kind}: {found.reason}."),
        layout=layout,
        stream=stream,
    )


def _check_plain(stream: ParquetStream, spared: Sequence[str], faults: Faults) -> None:
    """Collect columns that hold images or series: those are not streamed."""
    cells = [
        name
        for name, dtype in stream.schema.items()
        if name not in spared and (dtype.is_nested() or dtype == pl.Binary)
    ]
    if cells:
        told = "Write stream = false to read all rows into memory."
        rule = "every cell of a streamed table holds one value"
        faults.add(fault(rule, "columns", cells, told))


def check_streamable(layout: Layout, test_data: Any) -> None:
    """Raise unless a source can be streamed as it is asked for."""
    faults = Faults()
    told = "Leave stream out, or write stream = false."
    if layout.series_column is not None:
        rule = "series are not streamed"
        faults.add(fault(rule, "series_column", layout.series_column, told))
    if test_data is not None:
        faults.add(fault("streamed data are one table", "test_data", test_data, told))
    if faults.messages:
        raise InputError(faults.messages)

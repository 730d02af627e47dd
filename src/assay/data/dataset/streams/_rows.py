"""Data sets whose rows stay where they are: read column by column, then never whole.

What a column of a table holds is found from all of it, and the fingerprint is that of
the same table in memory; one column at a time has to fit. Examples of an object in
Python are read once; targets and a sample of them are kept.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.dataset._build import StreamedRows
from assay.data.dataset.streams._map_style import ItemStream, Scan, item_stream
from assay.data.sources.formats._parquet import ParquetStream, parquet_files
from assay.data.table._array_options import Layout
from assay.data.table._chunks import Stream, chunk_rows
from assay.data.table._memory import why_too_large
from assay.data.table._table import Table

__all__ = [
    "ItemRows",
    "TableRows",
    "check_streamable",
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
    if any(t.is_nested() or t == pl.Binary for t in stream.schema.dtypes()):
        return ""  # reading it says that it is too large
    return why_too_large(stream.needed_bytes)


class TableRows(StreamedRows):
    """The rows of a table in Parquet files.

    Args:
        given: the source, in the user's words.
        stream: its rows.
        layout: what columns hold by the user's word.
        reason: why they are streamed, in words.
    """

    def __init__(
        self, given: Any, stream: ParquetStream, *, layout: Layout, reason: str
    ) -> None:
        path = stream.paths[0]
        short = path.stem if len(stream.paths) == 1 else path.resolve().parent.name
        table = Table(stream.schema.to_frame(), name=short, source=str(given))
        super().__init__(table, layout, stream=stream, reason=reason)

    def check(self, spared: Sequence[str], faults: Faults) -> None:
        """Collect columns that hold images or series: those are not streamed."""
        cells = [
            name
            for name, dtype in self.table.frame.schema.items()
            if name not in spared and (dtype.is_nested() or dtype == pl.Binary)
        ]
        if cells:
            told = "Write stream = false to read all rows into memory."
            rule = "every cell of a streamed table holds one value"
            faults.add(fault(rule, "columns", cells, told))


class ItemRows(StreamedRows):
    """Examples of an object in Python.

    All are read once, for their targets and to see that they are alike. The
    fingerprint is over all targets and a seeded sample of the examples, see `Scan`.

    Args:
        stream: the examples.
        layout: what they hold by the user's word.
        reason: why they are streamed, in words.
    """

    def __init__(self, stream: ItemStream, layout: Layout, reason: str) -> None:
        super().__init__(stream.table, layout, stream=stream, reason=reason)
        self._given, self._scan = stream, Scan(stream)

    @property
    def stream(self) -> Stream:
        """The examples, of a type of number that fits all of them."""
        return self._scan.stream

    def check(self, spared: Sequence[str], faults: Faults) -> None:
        """Collect why the first examples are no images or series, if so."""
        self._given.check(self.layout.kinds, faults)

    def values(self, name: str) -> pl.Series:
        """Return the targets, or cells that stand for a column of features."""
        return self._scan.column(name)


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

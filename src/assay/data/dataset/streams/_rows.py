"""Streams the rows of Parquet files and the examples of Python objects.

The kind of a column in a Parquet file is inferred from all of its cells, so each column
must fit in memory on its own. The fingerprint equals that of the same table in memory.
Examples from a Python object are read once to collect the targets and a sample of the
features.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay._urls import is_url, without_secrets
from assay.data.dataset._build import StreamedRows
from assay.data.dataset.streams._map_style import MapStyleStream, Scan, open_map_style
from assay.data.sources._files import FILE_SUFFIXES
from assay.data.sources.formats._parquet import SUFFIXES as PARQUET
from assay.data.sources.formats._parquet import ParquetStream, parquet_files
from assay.data.sources.remote._failures import shown_as
from assay.data.sources.remote._fetch import local_path, suffix_of
from assay.data.table._array_options import Layout
from assay.data.table._chunks import Stream, chunk_rows
from assay.data.table._column_names import with_known_names
from assay.data.table._memory import why_too_large
from assay.data.table._table import Table

__all__ = [
    "MapStyleRows",
    "TableRows",
    "check_streamable",
    "read_blocks",
    "table_stream",
    "wants_stream",
]


def table_stream(source: Any) -> ParquetStream | None:
    """Return a stream of the rows in Parquet files, or None for other sources."""
    if not _is_path(source) or (is_url(source) and not _may_be_parquet(source)):
        return None
    path = local_path(source)
    paths = parquet_files(path)
    with shown_as(path, source):
        return ParquetStream.open(paths) if paths else None


def read_blocks(
    source: Any, columns: Sequence[str], *, tables: bool = True
) -> Iterator[pl.DataFrame] | None:
    """Return the rows of a source in blocks that fit in memory.

    Args:
        source: any source that `load` accepts.
        columns: names of the columns to read; the source may lack some of them.
        tables: whether to stream tables; must be False if an example spans several
            rows.

    Returns:
        The blocks, or None for small tables and for sources that cannot be streamed.
    """
    stream = open_map_style(source)
    if stream is not None:
        return _blocks(stream, stream.names, math.prod(stream.examples.shape))
    table, width = table_stream(source) if tables else None, max(len(columns), 1)
    if table is None or table.num_rows <= chunk_rows(width):
        return None
    known = with_known_names(table.schema.to_frame(), columns).columns
    pairs = zip(table.schema.names(), known, strict=True)
    names = [name for name, trained in pairs if trained in columns]
    return _blocks(table, names, width)


def _blocks(stream: Stream, names: Sequence[str], width: int) -> Iterator[pl.DataFrame]:
    size = chunk_rows(width)
    starts = range(0, stream.num_rows, size)
    rows = (np.arange(s, min(s + size, stream.num_rows)) for s in starts)
    return (stream.read(names, some) for some in rows)


def _is_path(source: Any) -> bool:
    return isinstance(source, str) or hasattr(source, "__fspath__")


def _may_be_parquet(url: str) -> bool:
    """Return whether a URL may point to Parquet files or a folder of them."""
    suffix = suffix_of(url)
    return suffix in PARQUET or suffix not in FILE_SUFFIXES


def wants_stream(stream: ParquetStream, requested: bool | str) -> str:
    """Return the reason to stream rows, or "" to read them into memory.

    Args:
        stream: the stream of the table's rows.
        requested: the user's choice: True, False, or "auto" to decide by free memory.
    """
    if requested is False or (requested is True and not stream.num_rows):
        return ""
    if requested is True:
        return "as requested"
    if any(t.is_nested() or t == pl.Binary for t in stream.schema.dtypes()):
        return ""  # images and time series cannot be streamed
    return why_too_large(stream.needed_bytes)


class TableRows(StreamedRows):
    """The rows of a table in Parquet files.

    Args:
        source: the source as the user wrote it.
        stream: the rows of the table.
        layout: the options, including the column kinds set by the user.
        reason: the reason for streaming, shown in a note.
    """

    def __init__(
        self, source: Any, stream: ParquetStream, *, layout: Layout, reason: str
    ) -> None:
        path = stream.paths[0]
        short = path.stem if len(stream.paths) == 1 else path.resolve().parent.name
        shown = without_secrets(source)
        table = Table(stream.schema.to_frame(), name=short, source=shown)
        super().__init__(table, layout, stream=stream, reason=reason)

    def check(self, exempt: Sequence[str], faults: Faults) -> None:
        """Add a fault if columns contain images or series, which cannot be streamed."""
        cells = [
            name
            for name, dtype in self.table.frame.schema.items()
            if name not in exempt and (dtype.is_nested() or dtype == pl.Binary)
        ]
        if cells:
            faults.add(
                "Each cell of a streamed table must contain a single value, but those "
                f"of {cells} contain several. Write stream = false to read all rows "
                "into memory."
            )


class MapStyleRows(StreamedRows):
    """Examples from a Python object.

    All examples are read once, to collect their targets and to find faults, such as
    different shapes. The fingerprint covers all targets and a seeded sample of the
    examples (see `Scan`).

    Args:
        stream: the stream of examples.
        layout: the options, including the column kinds set by the user.
        reason: the reason for streaming, shown in a note.
    """

    def __init__(self, stream: MapStyleStream, layout: Layout, reason: str) -> None:
        super().__init__(stream.table, layout, stream=stream, reason=reason)
        self._unread, self._scan = stream, Scan(stream)

    @property
    def stream(self) -> Stream:
        """The examples, with a data type that fits all of them."""
        return self._scan.stream

    def check(self, exempt: Sequence[str], faults: Faults) -> None:
        """Add a fault if the first examples are not valid images or time series."""
        self._unread.check(self.layout.kinds, faults)

    def values(self, name: str) -> pl.Series:
        """Return the targets, or cells that represent a feature column."""
        return self._scan.column(name)


def check_streamable(layout: Layout, test_data: Any) -> None:
    """Raise an InputError for options that a streamed source does not support."""
    faults = Faults()
    fix = "Streaming does not support this option. Write stream = false."
    if layout.series_column is not None:
        rule = "series_column is None"
        faults.add(fault(rule, "series_column", layout.series_column, fix))
    if test_data is not None:
        shown = without_secrets(test_data) if is_url(test_data) else test_data
        faults.add(fault("test_data is None", "test_data", shown, fix))
    if faults.messages:
        raise InputError(faults.messages)

"""Reads Parquet files as a stream, one block of rows at a time."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data.sources.formats._damaged import report_damage
from assay.data.sources.formats.lengths._of_parquet import check_parquet_lengths
from assay.data.table._chunks import BLOCKS_PER_CHUNK, chunk_rows, pieces
from assay.data.table._memory import check_size

__all__ = ["ParquetStream", "parquet_files"]

SUFFIXES = (".parquet", ".pq")
_NUMBER_BYTES = 16  # a number as read, and its copy during conversion
_TEXT_BYTES = 64  # a text view, the text itself, and a copy


def parquet_files(source: str | Path) -> tuple[Path, ...]:
    """Return a Parquet file, or the Parquet files in a folder sorted by name."""
    path = Path(os.path.expanduser(source))
    if path.is_file():
        return (path,) if path.suffix.lower() in SUFFIXES else ()
    if not path.is_dir():
        return ()
    files = (p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    # "._part.parquet" and "_metadata.parquet" contain no rows.
    return tuple(sorted(p for p in files if p.is_file() and p.name[0] not in "._"))


@dataclass(frozen=True, eq=False)
class ParquetStream:
    """Rows of one or more Parquet files with the same columns.

    Args:
        paths: paths of the files, whose rows are concatenated.
        counts: number of rows in each file.
        schema: the columns and their types.
    """

    paths: tuple[Path, ...]
    counts: tuple[int, ...]
    schema: pl.Schema

    @classmethod
    def open(cls, paths: Sequence[Path]) -> "ParquetStream":
        """Open Parquet files without reading their rows.

        Raises:
            InputError: a file cannot be read, or its columns differ from those of the
                first file.
        """
        schemas, counts = [], []
        for path in paths:
            with report_damage(path):
                check_parquet_lengths(path)
                lazy = pl.scan_parquet(path)
                schemas.append(lazy.collect_schema())
                counts.append(lazy.select(pl.len()).collect().item())
        for path, schema in zip(paths, schemas, strict=True):
            if dict(schema) != dict(schemas[0]):
                raise InputError(
                    "All files must have the same columns and types, but those of "
                    f"{str(path)!r} differ from those of {paths[0].name!r}. Write "
                    f"every file with the columns and types of {paths[0].name}."
                )
        return cls(tuple(paths), tuple(counts), schemas[0])

    @property
    def num_rows(self) -> int:
        """The number of rows in all files."""
        return sum(self.counts)

    @property
    def bounds(self) -> np.ndarray:
        """The first row of each block, then `num_rows`; no block spans two files."""
        return self._bounds

    @cached_property
    def _bounds(self) -> np.ndarray:
        size = max(chunk_rows(len(self.schema)) // BLOCKS_PER_CHUNK, 1)
        starts = [
            np.arange(first, first + count, size)
            for first, count in zip(self._firsts, self.counts, strict=True)
        ]
        return np.concatenate([*starts, [self.num_rows]]).astype(np.int64)

    @property
    def _firsts(self) -> list[int]:
        return np.cumsum([0, *self.counts[:-1]]).tolist()

    def read(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return the given columns for the given rows (n,), in the given order."""
        order = None  # changed if the requested rows are not in ascending order
        if len(rows) > 1 and not (np.diff(rows) >= 0).all():
            order = np.argsort(rows, kind="stable")
            rows = rows[order]
        parts = [
            self._block(names, rows[piece]) for piece in pieces(rows, self.bounds, 1)
        ]
        if not parts:
            return self._lazy(self.paths[0], names).head(0).collect()
        frame = pl.concat(parts)
        if order is None:
            return frame
        inverse = np.empty(len(order), np.int64)
        inverse[order] = np.arange(len(order))
        return frame[inverse]

    def _block(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return rows that are all in the same block."""
        block = int(np.searchsorted(self.bounds, rows[0], "right")) - 1
        start, stop = int(self.bounds[block]), int(self.bounds[block + 1])
        file = int(np.searchsorted(self._firsts, start, "right")) - 1
        with report_damage(self.paths[file]):
            lazy = self._lazy(self.paths[file], names)
            frame = lazy.slice(start - self._firsts[file], stop - start).collect()
        return frame if len(rows) == frame.height else frame[rows - start]

    @property
    def needed_bytes(self) -> int:
        """Upper bound on the memory needed for all rows, in bytes."""
        dtypes = self.schema.dtypes()
        plain = [dtype.is_numeric() or dtype.is_temporal() for dtype in dtypes]
        widths = [_NUMBER_BYTES if known else _TEXT_BYTES for known in plain]
        return self.num_rows * sum(widths)

    def whole(self) -> pl.DataFrame:
        """Return all rows.

        Raises:
            InputError: the rows do not fit in memory.
        """
        check_size(str(self.paths[0].parent), self.needed_bytes)
        names = self.schema.names()
        return pl.concat([self._read_file(path, names) for path in self.paths])

    def column(self, name: str) -> pl.Series:
        """Return a column with all of its rows."""
        parts = [self._read_file(path, [name]) for path in self.paths]
        return pl.concat(parts).to_series()

    def _read_file(self, path: Path, names: Sequence[str]) -> pl.DataFrame:
        with report_damage(path):
            return self._lazy(path, names).collect()

    def _lazy(self, path: Path, names: Sequence[str]) -> pl.LazyFrame:
        # Category codes differ between blocks, but category names do not.
        encoded = [n for n in names if self.schema[n] in (pl.Categorical, pl.Enum)]
        lazy = pl.scan_parquet(path).select(names)
        return lazy.with_columns(pl.col(encoded).cast(pl.String)) if encoded else lazy

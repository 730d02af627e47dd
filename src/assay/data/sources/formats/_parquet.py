"""Reads Parquet files as a stream, one block of rows at a time."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import polars as pl

from assay._errors import InputError
from assay._lengths._of_parquet import check_parquet_lengths
from assay.data.sources.formats._damaged import check_no_runs, report_damage
from assay.data.table._chunks import BLOCKS_PER_CHUNK, chunk_rows, pieces
from assay.data.table._column_names import check_column_names
from assay.data.table._memory import check_size
from assay.data.table._part_names import part_of, words_of

__all__ = ["ParquetStream", "parquet_files"]

SUFFIXES = (".parquet", ".pq")
# This limits memory, because Polars may load whole columns of a row group to read a few
# rows.
_COLUMNS_AT_ONCE = 32
# Each call parses the metadata of all columns, which is slow for wide tables.
_WIDE_CALLS, _MOST_AT_ONCE = 8, 64
_NUMBER_BYTES = 16  # a number and its copy during conversion
_TEXT_BYTES = 64  # a text view, the text itself, and a copy
_PARTITION = re.compile(r"([^=._][^=]*)=(.*)")
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_SHARD = re.compile(r"-\d+-of-\d+.*")  # as in train-00000-of-00002.parquet


def parquet_files(source: str | Path) -> tuple[Path, ...]:
    """Return a Parquet file, or the Parquet files in a folder, sorted by name.

    If the folder has none, the files in subfolders such as `year=2020` are returned.

    Raises:
        InputError: the folder contains runs, contains a training set and a test set,
            or is a Delta Lake table that may contain removed rows.
    """
    path = Path(os.path.expanduser(source))
    if path.is_file():
        return (path,) if path.suffix.lower() in SUFFIXES else ()
    if not path.is_dir():
        return ()
    check_no_runs(path)
    files = _files_in(path) or _partitioned(path)
    if files:
        _check_log(path / "_delta_log")
        _check_one_part(files)
    return tuple(files)


def _files_in(folder: Path) -> list[Path]:
    files = (p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    # "._part.parquet" and "_metadata.parquet" contain no rows.
    return sorted(p for p in files if p.is_file() and p.name[0] not in "._")


def _partitioned(folder: Path) -> list[Path]:
    """Return the files in subfolders named after values, such as `year=2020`."""
    inner = sorted(p for p in folder.iterdir() if _PARTITION.fullmatch(p.name))
    folders = [p for p in inner if p.is_dir()]
    return [f for p in folders for f in (*_files_in(p), *_partitioned(p))]


def _partition_of(path: Path) -> dict[str, str | None]:
    """Return the values in the names of the folders that contain a file.

    Example:
        >>> _partition_of(Path("table/year=2020/city=San%20Juan/0.parquet"))
        {'year': '2020', 'city': 'San Juan'}
    """
    values: dict[str, str | None] = {}
    for name in reversed(path.parts[:-1]):
        match = _PARTITION.fullmatch(name)
        if match is None:
            break
        value = unquote(match[2])
        values[unquote(match[1])] = None if value == _NO_VALUE else value
    return dict(reversed(values.items()))


def _check_one_part(files: Sequence[Path]) -> None:
    """Raise an InputError if the rows of a training and a test set would be mixed."""
    names = [_SHARD.sub("", path.stem) for path in files]
    shared = set.intersection(*(set(words_of(name)) for name in names))
    of_part = dict(zip((part_of(n, shared) for n in names), files, strict=True))
    if not {"train", "test"} <= set(of_part):
        return
    train, test = str(of_part["train"]), str(of_part["test"])
    fix = f"Pass {train!r}, with test_data={test!r}."
    if len(files) > 2:
        fix = "Move the test set to another folder, and pass that as test_data."
    raise InputError(
        f"{str(files[0].parent)!r} contains a training set and a test set, which would "
        f"be mixed: {of_part['train'].name} and {of_part['test'].name}. {fix}"
    )


def _check_log(folder: Path) -> None:
    """Raise an InputError if a Delta Lake table may have removed some of its files."""
    if not folder.is_dir():
        return
    logs = sorted(path for path in folder.glob("*.json") if path.stem.isdigit())
    is_whole = bool(logs) and int(logs[0].stem) == 0
    if is_whole and not any(b'"remove"' in path.read_bytes() for path in logs):
        return
    table = str(folder.parent)
    raise InputError(
        f"{table!r} is a Delta Lake table, and some of its files may contain "
        f"removed rows. Write deltalake.DeltaTable({table!r}).to_pandas()"
        ".to_parquet('table.parquet') in Python."
    )


def _groups(names: Sequence[str]) -> list[Sequence[str]]:
    """Split the names into groups that are read one after another."""
    size = max(_COLUMNS_AT_ONCE, min(len(names) // _WIDE_CALLS, _MOST_AT_ONCE))
    starts = range(0, max(len(names), 1), size)
    return [names[start : start + size] for start in starts]


@dataclass(frozen=True, eq=False)
class ParquetStream:
    """A stream of the rows of one or more Parquet files with the same columns.

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
                lazy = _scan(path)
                schemas.append(lazy.collect_schema())
                counts.append(lazy.select(pl.len()).collect().item())
        for path, schema in zip(paths, schemas, strict=True):
            if dict(schema) != dict(schemas[0]):
                raise InputError(
                    "All files must have the same columns and types, but "
                    f"{str(path)!r} differs from {paths[0].name!r}. Write every file "
                    f"with the columns and types of {paths[0].name}."
                )
        check_column_names(schemas[0])
        return cls(tuple(paths), tuple(counts), schemas[0])

    @property
    def num_rows(self) -> int:
        """The number of rows in all files."""
        return sum(self.counts)

    @property
    def bounds(self) -> np.ndarray:
        """The first row of each block, then `num_rows`. No block spans two files."""
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
        order = None  # set if the requested rows are not in ascending order
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
        """Return the given rows, all of which are in one block."""
        block = int(np.searchsorted(self.bounds, rows[0], "right")) - 1
        start, stop = int(self.bounds[block]), int(self.bounds[block + 1])
        file = int(np.searchsorted(self._firsts, start, "right")) - 1
        place = start - self._firsts[file], stop - start
        with report_damage(self.paths[file]):
            parts = [
                self._lazy(self.paths[file], some).slice(*place).collect()
                for some in _groups(names)
            ]
        frame = parts[0] if len(parts) == 1 else pl.concat(parts, how="horizontal")
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
        """Return all rows of a column."""
        parts = [self._read_file(path, [name]) for path in self.paths]
        return pl.concat(parts).to_series()

    def _read_file(self, path: Path, names: Sequence[str]) -> pl.DataFrame:
        with report_damage(path):
            return self._lazy(path, names).collect()

    def _lazy(self, path: Path, names: Sequence[str]) -> pl.LazyFrame:
        # Category codes differ between blocks, so the categories are converted to text.
        encoded = [n for n in names if self.schema[n] in (pl.Categorical, pl.Enum)]
        lazy = _scan(path).select(names)
        return lazy.with_columns(pl.col(encoded).cast(pl.String)) if encoded else lazy


def _scan(path: Path) -> pl.LazyFrame:
    """Return the rows of a file, with a column for each folder such as `year=2020`."""
    lazy = pl.scan_parquet(path, hive_partitioning=False)
    values = _partition_of(path)
    if not values:
        return lazy
    names = lazy.collect_schema().names()
    return lazy.with_columns(
        pl.lit(value, pl.String).alias(name)
        for name, value in values.items()
        if name not in names
    )

"""Files: CSV and TSV, Parquet, Arrow, JSON lines, NumPy's, and series as text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from assay._errors import InputError, did_you_mean, fault
from assay.data.sources.formats._csv import read_csv
from assay.data.sources.formats._images import SUFFIXES as IMAGES
from assay.data.sources.formats._numpy_files import read_npy, read_npz
from assay.data.sources.formats._ts import read_ts
from assay.data.table._memory import check_size
from assay.data.table._table import Reader, Table

__all__ = ["FILES", "check_path", "looks_like_path"]

_NUMBER_BYTES = 16  # a cell as read, and its copy while it is typed
_TEXT_BYTES = 64  # a text view, the text itself, and a copy
_JSON_FACTOR = 4  # parsed cells beside the text of the file

ReadFile = Callable[[Path], tuple[pl.DataFrame, list[str]]]


def looks_like_path(given: Any) -> bool:
    """Whether a source is meant as a path rather than as a built-in name."""
    if isinstance(given, Path):
        return True
    return isinstance(given, str) and (
        Path(given).suffix.lower() in _SUFFIXES
        or "/" in given
        or "\\" in given
        or Path(given).exists()
    )


def check_path(given: str | Path) -> Path:
    """Return the path of a file that can be read, or raise what is wrong with it."""
    path = Path(given).expanduser()
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(
            fault(
                "source exists",
                "source",
                str(given),
                "There is no such file." + did_you_mean(path.name, beside),
            )
        )
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(
            fault(
                "source is of a known format",
                "source",
                str(given),
                f"Formats: {', '.join(sorted(_SUFFIXES - {*IMAGES}))}.",
            )
        )
    return path


def _read_parquet(path: Path) -> tuple[pl.DataFrame, list[str]]:
    return _read_columnar(path, pl.scan_parquet(path))


def _read_arrow(path: Path) -> tuple[pl.DataFrame, list[str]]:
    return _read_columnar(path, pl.scan_ipc(path))


def _read_columnar(path: Path, lazy: pl.LazyFrame) -> tuple[pl.DataFrame, list[str]]:
    num_rows = lazy.select(pl.len()).collect().item()
    widths = [
        _NUMBER_BYTES if dtype.is_numeric() or dtype.is_temporal() else _TEXT_BYTES
        for dtype in lazy.collect_schema().dtypes()
    ]
    check_size(str(path), num_rows * sum(widths))
    return lazy.collect(), []


def _read_json_lines(path: Path) -> tuple[pl.DataFrame, list[str]]:
    size = path.stat().st_size
    check_size(str(path), size * _JSON_FACTOR)
    if not path.read_bytes().strip():
        raise InputError(
            fault("the file holds rows", "source", str(path), "The file is empty.")
        )
    return pl.read_ndjson(path, infer_schema_length=None), []


def _table_reader(reader: ReadFile) -> Callable[[Any], Table]:
    def read(given: Any) -> Table:
        path = check_path(given)
        try:
            frame, notes = reader(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            reason = str(error).strip().splitlines()[0]
            raise InputError(
                fault(
                    f"a {path.suffix} file can be read",
                    "source",
                    str(given),
                    f"The reader says: {reason}.",
                )
            ) from error
        return Table(
            frame,
            name=path.stem,
            source=str(given),
            notes=tuple(notes),
            folder=path.parent,
        )

    return read


def _read_image(path: Path) -> Table:
    return Table(
        pl.DataFrame({"image": [path.name]}),
        name=path.stem,
        source=str(path),
        kinds={"image": "image"},
        folder=path.parent,
    )


def _accepts(*suffixes: str) -> Callable[[Any], bool]:
    return lambda given: (
        isinstance(given, str | Path) and Path(given).suffix.lower() in suffixes
    )


def _checked(reader: Callable[[Path], Table]) -> Callable[[Any], Table]:
    return lambda given: reader(check_path(given))


_FORMATS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], Table]], ...] = (
    (
        "csv",
        "text with a line of column names; ',' ';' or tab between the cells",
        (".csv", ".tsv"),
        _table_reader(read_csv),
    ),
    (
        "parquet",
        "an Apache Parquet file",
        (".parquet", ".pq"),
        _table_reader(_read_parquet),
    ),
    (
        "arrow",
        "an Arrow or Feather file",
        (".arrow", ".feather", ".ipc"),
        _table_reader(_read_arrow),
    ),
    (
        "json_lines",
        "one JSON object a line",
        (".jsonl", ".ndjson"),
        _table_reader(_read_json_lines),
    ),
    (
        "npz",
        "a NumPy archive of X and y, of lengths for series",
        (".npz",),
        _checked(read_npz),
    ),
    (
        "npy",
        "a NumPy array of inputs, with the targets in a file beside it",
        (".npy",),
        _checked(read_npy),
    ),
    (
        "ts",
        "series in the text format of the UCR archive",
        (".ts",),
        _checked(read_ts),
    ),
    ("image", "one image, to predict what it is", IMAGES, _checked(_read_image)),
)

_SUFFIXES = frozenset(suffix for _, _, suffixes, _ in _FORMATS for suffix in suffixes)

FILES: tuple[Reader, ...] = tuple(
    Reader(name, f"{summary} ({', '.join(suffixes)})", _accepts(*suffixes), read)
    for name, summary, suffixes, read in _FORMATS
)
"""The file formats."""

"""Reads CSV, TSV, Parquet, Arrow, JSON Lines, NumPy, .ts and image files."""

import os
import re
from collections.abc import Callable
from glob import glob
from pathlib import Path
from typing import Any

import polars as pl

from assay._errors import InputError, did_you_mean, fault
from assay._lengths._of_arrow import (
    check_arrow_lengths,
    check_stream_lengths,
    is_arrow_stream,
)
from assay._lengths._of_parquet import check_parquet_lengths
from assay.data.columns._wording import counted
from assay.data.sources.formats._csv import read_csv
from assay.data.sources.formats._damaged import (
    EXPORT,
    UNPACK,
    check_content,
    check_encoding,
    check_feather_version,
    check_num_columns,
    check_signature,
    report_damage,
)
from assay.data.sources.formats._json_lines import parse_json_lines, utf8_of
from assay.data.sources.formats._numpy_files import read_npy, read_npz
from assay.data.sources.formats._ts import read_ts
from assay.data.table._image_files import IMAGE_SUFFIXES as IMAGES
from assay.data.table._memory import check_size
from assay.data.table._table import FileRows, Reader, Table

__all__ = ["FILES", "FILE_SUFFIXES", "check_path", "looks_like_path"]

_NUMBER_BYTES = 16  # a number and its copy during conversion
_TEXT_BYTES = 64  # a text view, the text itself, and a copy
_JSON_FACTOR = 4  # the text of the file, and its parsed cells
_JSON_SAMPLE_BYTES = 1 << 24  # searching this many bytes for keys takes about a second
_JSON_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:')

_RENAME = "If it is a delimited text file, rename it to {stem}.csv."
_RENAME_STREAM = "Rename it to {stem}.arrow."
_SAVE_ARRAYS = "Write np.savez('{stem}.npz', X=inputs, y=targets) in Python."
_SAVE_FRAME = "Write frame.to_parquet('{stem}.parquet') in pandas."
_SAVE_SPARSE = (
    "Write X, y = sklearn.datasets.load_svmlight_file('{name}') and "
    "np.savez('{stem}.npz', X=X.toarray(), y=y) in Python."
)
_SAVE_SERIES = (
    "Write np.savez('{stem}.npz', X=signals, y=labels) in Python, with signals of "
    "shape (recordings, steps, channels)."
)
_SAVE_IMAGES = "Save each image as a PNG file in a folder named after its class."
_SAVE_PLACES = (
    "Write frame.drop(columns='geometry').to_csv('{stem}.csv') in geopandas, with the "
    "coordinates as columns."
)
_CONVERSIONS = {
    EXPORT: ".xlsx .xls .xlsm .ods .numbers .sav .dta .sas7bdat .arff .xml .html .db "
    ".sqlite .sqlite3 .duckdb .mdb .sql .rds .rdata .pdf .doc .docx .gsheet",
    UNPACK: ".gz .bz2 .xz .zst .zip .7z .tar .tgz .rar",
    _RENAME: ".txt .dat .data .tab .psv .text .bak .log .md .asc .prn .out",
    _RENAME_STREAM: ".arrows",
    _SAVE_FRAME: ".pkl .pickle .orc .avro",
    _SAVE_SPARSE: ".svm .libsvm .svmlight",
    _SAVE_SERIES: ".wav .mp3 .flac .ogg .m4a .aiff .edf",
    _SAVE_IMAGES: ".mp4 .avi .mov .mkv .webm .dcm .nii .svg .heic .psd",
    _SAVE_PLACES: ".geojson .shp .kml .gpkg",
    _SAVE_ARRAYS: ".tfrecord .zarr .mat .h5 .hdf5 .nc .pt .pth .joblib .safetensors",
}
"""Fixes for unsupported file formats, and the suffixes to which each applies."""

ReadFile = Callable[[Path], FileRows]


def looks_like_path(source: Any) -> bool:
    """Return whether a source seems to be a path rather than a built-in name."""
    if isinstance(source, Path):
        return True
    return isinstance(source, str) and (
        Path(source).suffix.lower() in FILE_SUFFIXES
        or "/" in source
        or "\\" in source
        or Path(source).exists()
    )


def check_path(source: str | Path) -> Path:
    """Return the path of a file, after checking that its format can be read.

    Raises:
        InputError: the file does not exist or is blank, or its format is unknown.
    """
    path = Path(os.path.expanduser(source))
    check_encoding([str(path)])
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        others = [name for name in beside if name != path.name]
        fix = "No file has this name." + did_you_mean(path.name, others)
        if matching := glob(str(path)):
            fix = (
                f"This pattern matches {counted(len(matching), 'file')}. Pass a single "
                "file with all rows, or a folder of Parquet files."
            )
        if path.is_symlink():
            fix = "This is a link to a file that does not exist. Repair the link."
        raise InputError(fault("source.exists()", "source", str(source), fix))
    if not path.is_file():
        # Opening a pipe blocks until there is a writer, and reading a device may never
        # end.
        fix = (
            "The path is a pipe, device or socket. Write its contents to a file first."
        )
        raise InputError(fault("source.is_file()", "source", str(source), fix))
    if path.suffix.lower() not in FILE_SUFFIXES:
        fix = _how_to_convert(path)
        raise InputError(f"The format of {str(source)!r} is unknown. {fix}")
    check_content(path)
    return path


def _how_to_convert(path: Path) -> str:
    suffix = path.suffix.lower()
    known = f"Supported formats: {', '.join(sorted(FILE_SUFFIXES - {*IMAGES}))}."
    if suffix == ".json":
        return (
            f"Write pd.read_json({path.name!r}).to_json({path.stem + '.jsonl'!r}, "
            f"orient='records', lines=True) in pandas. {known}"
        )
    for fix, suffixes in _CONVERSIONS.items():
        if suffix in suffixes.split():
            return f"{fix.format(stem=path.stem, name=path.name)} {known}"
    return known if suffix else f"{_RENAME.format(stem=path.name)} {known}"


def _read_parquet(path: Path) -> FileRows:
    check_parquet_lengths(path)
    return _read_columnar(path, pl.scan_parquet(path))


def _read_arrow(path: Path) -> FileRows:
    check_feather_version(path)
    if is_arrow_stream(path):
        check_size(str(path), 2 * check_stream_lengths(path))
        frame = pl.read_ipc_stream(path)
        check_num_columns(frame.width)
        return FileRows(frame)
    check_arrow_lengths(path)
    return _read_columnar(path, pl.scan_ipc(path))


def _read_columnar(path: Path, lazy: pl.LazyFrame) -> FileRows:
    num_rows = lazy.select(pl.len()).collect().item()
    widths = [
        _NUMBER_BYTES if dtype.is_numeric() or dtype.is_temporal() else _TEXT_BYTES
        for dtype in lazy.collect_schema().dtypes()
    ]
    check_num_columns(len(widths))
    check_size(str(path), num_rows * sum(widths))
    return FileRows(lazy.collect())


def _read_json_lines(path: Path) -> FileRows:
    size = path.stat().st_size
    check_size(str(path), size * _JSON_FACTOR)
    content = utf8_of(path.read_bytes())
    if not content.strip():
        raise InputError(
            f"The file {str(path)!r} is empty. Write one JSON object per line."
        )
    # Each key becomes a whole column in memory, even if only a few rows contain it.
    sample = content[:_JSON_SAMPLE_BYTES]
    num_keys = len({match[1] for match in _JSON_KEY.finditer(sample)})
    check_num_columns(num_keys)
    check_size(str(path), num_keys * (content.count(b"\n") + 1) * _NUMBER_BYTES)
    return FileRows(parse_json_lines(path, content))


def _table_reader(reader: ReadFile) -> Callable[[Any], Table]:
    def read(source: Any) -> Table:
        path = check_path(source)
        with report_damage(path, source):
            rows = reader(path)
        return Table(
            rows.frame,
            name=path.stem,
            source=str(source),
            notes=tuple(rows.notes),
            folder=path.parent,
            separator=rows.separator,
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
    return lambda source: (
        isinstance(source, str | Path) and Path(source).suffix.lower() in suffixes
    )


def _checked(reader: Callable[[Path], Table]) -> Callable[[Any], Table]:
    def read(source: Any) -> Table:
        path = check_path(source)
        check_signature(path, source)
        return reader(path)

    return read


_FORMATS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], Table]], ...] = (
    (
        "csv",
        "text with a header row and cells separated by ',', ';', '|', tabs or spaces",
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
        "one JSON object per line",
        (".jsonl", ".ndjson"),
        _table_reader(_read_json_lines),
    ),
    (
        "npz",
        "a NumPy archive of X and y, with lengths for time series",
        (".npz",),
        _checked(read_npz),
    ),
    (
        "npy",
        "a NumPy array of inputs, with the targets in another file in the same folder",
        (".npy",),
        _checked(read_npy),
    ),
    (
        "ts",
        "time series in the text format of the UCR archive",
        (".ts",),
        _checked(read_ts),
    ),
    ("image", "a single image, for prediction", IMAGES, _checked(_read_image)),
)

FILE_SUFFIXES = frozenset(end for _, _, suffixes, _ in _FORMATS for end in suffixes)
"""The suffixes of all files that can be read."""

FILES: tuple[Reader, ...] = tuple(
    Reader(name, f"{summary} ({', '.join(suffixes)})", _accepts(*suffixes), read)
    for name, summary, suffixes, read in _FORMATS
)
"""The readers for files."""

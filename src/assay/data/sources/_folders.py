"""Folders: images in a sub-folder a class, series, Parquet files, a saved data set."""

from pathlib import Path
from typing import Any

import polars as pl

from assay._errors import InputError, fault
from assay.data.sources._hugging_face import is_saved, read_saved
from assay.data.sources.formats._images import SUFFIXES
from assay.data.sources.formats._parquet import ParquetStream, parquet_files
from assay.data.sources.formats._ts import find_pair, read_ts
from assay.data.table._table import Reader, Table

__all__ = ["FOLDER"]

_TRAIN, _TEST = ("train", "training"), ("test", "testing")
_VAL = ("val", "valid", "validation", "dev")
_SHOWN = 20


def _read(given: Any) -> Table:
    folder = Path(given).expanduser()
    if is_saved(folder):
        return read_saved(folder)
    if (pair := find_pair(folder)) is not None:
        return read_ts(pair)
    if files := parquet_files(folder):
        frame = ParquetStream.open(files).whole()
        return Table(frame, name=folder.resolve().name, source=str(folder))
    parts = _parts(folder)
    if not parts:
        return _table(folder, _listed(folder), ())
    known = [
        row for part in parts if part.name.lower() not in _TEST for row in _rows(part)
    ]
    test = [row for part in parts if part.name.lower() in _TEST for row in _rows(part)]
    notes = [
        f"The test part is the folder {p.name!r}."
        for p in parts
        if p.name.lower() in _TEST
    ]
    return _table(folder, known + test, notes, num_test=len(test))


def _table(folder: Path, rows: list, notes: Any, num_test: int = 0) -> Table:
    """Return the table of (path, class) rows; the class is None without sub-folders."""
    frame = pl.DataFrame({"image": [str(path.relative_to(folder)) for path, _ in rows]})
    has_classes = rows[0][1] is not None
    if has_classes:
        frame = frame.with_columns(pl.Series("class", [name for _, name in rows]))
    return Table(
        frame,
        name=folder.resolve().name,
        source=str(folder),
        target="class" if has_classes else None,
        notes=tuple(notes),
        num_test=num_test,
        kinds={"image": "image"},
        task="classification" if has_classes else None,
        folder=folder,
    )


def _parts(folder: Path) -> list[Path]:
    """Return the sub-folders train, val and test, if there are a train and a test."""
    found = {p.name.lower(): p for p in _folders(folder)}
    if not (set(found) & set(_TRAIN) and set(found) & set(_TEST)):
        return []
    return [found[name] for name in (*_TRAIN, *_VAL, *_TEST) if name in found]


def _rows(part: Path) -> list[tuple[Path, str | None]]:
    rows = _listed(part)
    if rows[0][1] is None:
        told = "Put the images into a sub-folder a class."
        raise InputError(fault("a part has classes", "source", str(part), told))
    return rows


def _listed(folder: Path) -> list[tuple[Path, str | None]]:
    """Return each image and its class; None if the images lie in the folder itself."""
    classes = _folders(folder)
    own = _images(folder, deep=False)
    rows: list[tuple[Path, str | None]] = [
        (path, part.name) for part in classes for path in _images(part, deep=True)
    ]
    if own and rows:
        told = f"Move these into a sub-folder each: {[p.name for p in own[:_SHOWN]]}."
        raise InputError(
            fault(
                "every image is in the folder of its class",
                "num_others",
                len(own),
                told,
            )
        )
    found = rows or [(path, None) for path in own]
    if not found:
        raise InputError(
            fault(
                "the folder holds images",
                "source",
                str(folder),
                f"Put them into a sub-folder a class, as {', '.join(SUFFIXES)}; or "
                "name one file in it.",
            )
        )
    return found


def _folders(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_dir() and p.name[0] not in "._")


def _images(folder: Path, *, deep: bool) -> list[Path]:
    paths = folder.rglob("*") if deep else folder.iterdir()
    return sorted(
        p for p in paths if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")
    )


def _accepts(given: Any) -> bool:
    return isinstance(given, str | Path) and Path(given).expanduser().is_dir()


FOLDER = Reader(
    "folder",
    "a folder of images, one sub-folder a class; of series; of Parquet files; or a "
    "saved data set",
    _accepts,
    _read,
)
"""The source for folders."""

"""Reads folders of images, time series or Parquet files, or saved data sets."""

import os
from pathlib import Path
from typing import Any

from assay.data.sources._hugging_face import is_saved, read_saved
from assay.data.sources.formats._damaged import check_encoding
from assay.data.sources.formats._parquet import ParquetStream, parquet_files
from assay.data.sources.formats._ts import find_pair, read_ts
from assay.data.sources.formats.images._image_folders import read_image_folder
from assay.data.table._table import Reader, Table

__all__ = ["FOLDER"]


def _read(source: Any) -> Table:
    folder = Path(os.path.expanduser(source))
    check_encoding([str(folder)])
    if is_saved(folder):
        return read_saved(folder)
    if (pair := find_pair(folder)) is not None:
        return read_ts(pair)
    if files := parquet_files(folder):
        frame = ParquetStream.open(files).whole()
        return Table(frame, name=folder.resolve().name, source=str(folder))
    return read_image_folder(folder)


def _accepts(source: Any) -> bool:
    return isinstance(source, str | Path) and Path(os.path.expanduser(source)).is_dir()


FOLDER = Reader(
    "folder",
    "a folder of images (one subfolder per class), time series or Parquet files, or a "
    "saved Hugging Face data set",
    _accepts,
    _read,
)
"""The reader for folders."""

"""Finds the names of examples in image folders and long tables."""

import os
from pathlib import Path
from typing import Any

import polars as pl

from assay.data.columns._parse import tidy
from assay.data.dataset._dataset import Dataset
from assay.data.sources._registry import read_table
from assay.data.sources._table_to_examples import read_rows
from assay.data.sources.formats._parquet import parquet_files
from assay.data.sources.formats.images._image_columns import holds_images
from assay.data.sources.remote._fetch import local_path
from assay.data.table._array_cells import holds_cells
from assay.data.table._array_options import Layout

__all__ = ["row_names"]


def row_names(source: Any, layout: Layout) -> pl.Series | None:
    """Return the file names in an image folder, or the series names in a long table.

    Args:
        source: any source that `read` accepts, or a data set.
        layout: options for reading images and time series.

    Returns:
        One name per example, in the order of `read`; None if row numbers identify the
        examples.
    """
    name = layout.series_column
    if isinstance(source, Dataset):
        return None
    if name is not None:
        frame = read_rows(source, layout).frame
        if name not in frame.columns or any(map(holds_cells, frame.get_columns())):
            return None
        return tidy(frame[name]).unique(maintain_order=True)
    if not isinstance(source, str | Path):
        return None
    source = local_path(source)
    if not Path(os.path.expanduser(source)).is_dir() or parquet_files(source):
        return None
    frame = read_table(source).frame
    return next((s for s in frame if s.dtype == pl.String and holds_images(s)), None)

"""A folder of images as a stream: any of them is decoded when it is asked for."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.columns._column import Column, read_column
from assay.data.columns._fingerprint import Fingerprint
from assay.data.dataset._build import StreamedRows
from assay.data.sources.formats._images import decode_images
from assay.data.table._array_cells import image_cells, to_images
from assay.data.table._array_options import Layout
from assay.data.table._chunks import chunk_rows
from assay.data.table._memory import why_too_large
from assay.data.table._table import Table

__all__ = ["ImageRows", "ImageStream", "is_image_folder", "wants_image_stream"]

_BYTES = 10  # for each number: as decoded and a copy, prepared and on the device


@dataclass(frozen=True, eq=False)
class ImageStream:
    """Images of one size, decoded side by side.

    Args:
        table: the paths of the images, and their classes.
        name: of the column of paths.
        layout: size and mode that are asked for.
    """

    table: Table
    name: str
    layout: Layout

    @property
    def num_rows(self) -> int:
        """How many there are."""
        return self.table.frame.height

    @property
    def bounds(self) -> None:
        """None: any image can be read at its own cost."""

    def images(self, rows: np.ndarray) -> np.ndarray:
        """Return images (n, height, width, channels) of the given rows."""
        paths = self.table.frame[self.name][rows]
        return to_images(decode_images(paths, self.layout, self.table.folder)[0])

    def read(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return the column of images, for the given rows in their order."""
        return pl.DataFrame([image_cells(name, self.images(rows)) for name in names])

    def column(self, name: str) -> pl.Series:
        """Return all images."""
        return self.read([name], np.arange(self.num_rows))[name]


def is_image_folder(table: Table) -> bool:
    """Whether a table holds the paths of a folder's images."""
    return table.folder is not None and "image" in table.kinds.values()


def wants_image_stream(table: Table, layout: Layout, asked: bool | str) -> str:
    """Return why images are streamed, or "" where all are decoded at once.

    Args:
        table: for which `is_image_folder`.
        layout: size and mode that are asked for.
        asked: True or False by the user's word; "auto" to go by the free memory.
    """
    if asked is True:
        return "as asked"
    if asked is False:
        return ""
    stream = _open(table, layout)
    try:
        shape = stream.images(np.arange(1)).shape
    except InputError:  # reading all of them tells everything that is wrong
        return ""
    return why_too_large(math.prod(shape) * stream.num_rows * _BYTES)


def _open(table: Table, layout: Layout) -> ImageStream:
    name = next(name for name, kind in table.kinds.items() if kind == "image")
    return ImageStream(table, name, layout)


class ImageRows(StreamedRows):
    """The images of a folder.

    Args:
        table: for which `is_image_folder`.
        layout: size and mode that are asked for.
        reason: why they are streamed, in words.
    """

    def __init__(self, table: Table, layout: Layout, reason: str) -> None:
        layout = replace(layout, kinds=dict(table.kinds) | dict(layout.kinds))
        self._images = _open(table, layout)
        super().__init__(table, layout, stream=self._images, reason=reason)

    def values(self, name: str) -> pl.Series:
        """Return a column: paths and classes are in memory."""
        return self.table.frame[name]

    def features(
        self, target: str, ignore: Sequence[str], mark: Fingerprint, faults: Faults
    ) -> tuple[pl.DataFrame, tuple[Column, ...]]:
        """Decode every image once, unless there are faults already."""
        faults.raise_if_any()
        frame, column = _look_through(self._images, mark)
        return frame, (column,)


def _look_through(
    stream: ImageStream, mark: Fingerprint
) -> tuple[pl.DataFrame, Column]:
    """Decode every image once; return a frame of none of them, and their column."""
    first = stream.images(np.arange(1))
    seen: set[bytes] = set()

    def blocks() -> Iterator[np.ndarray]:
        size = chunk_rows(first.size)
        for start in range(0, stream.num_rows, size):
            rows = np.arange(start, min(start + size, stream.num_rows))
            images = stream.images(rows)
            _check_alike(images, first, rows)
            marks = (hashlib.blake2b(image.data, digest_size=8) for image in images)
            seen.update(one.digest() for one in marks)
            yield images

    mark.add_images(stream.name, blocks(), first.shape[1:])
    cells, column = read_column(image_cells(stream.name, first), "image")
    return cells.clear().to_frame(), replace(column, num_distinct=len(seen))


def _check_alike(images: np.ndarray, first: np.ndarray, rows: np.ndarray) -> None:
    if images.shape[1:] == first.shape[1:] and images.dtype == first.dtype:
        return
    size = first.shape[1:3]
    told = (
        f"Those from row {rows[0]} on are not. Write image_size={size}, or image_mode."
    )
    found: Any = (*images.shape[1:], str(images.dtype))
    rule = f"every image is {first.shape[1:]} of {first.dtype}, as the first"
    raise InputError(fault(rule, "shape", found, told))

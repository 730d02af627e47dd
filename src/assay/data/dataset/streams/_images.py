"""Streams a folder of images, decoding each image when it is needed."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from assay._errors import Faults, InputError
from assay.data.columns._column import Column
from assay.data.columns._detect_kind import read_column
from assay.data.columns._fingerprint import Fingerprint
from assay.data.dataset._build import StreamedRows
from assay.data.sources.formats.images._images import decode_images
from assay.data.table._array_cells import image_cells, to_images
from assay.data.table._array_options import Layout
from assay.data.table._chunks import chunk_rows
from assay.data.table._memory import why_too_large
from assay.data.table._table import Table

__all__ = ["ImageRows", "ImageStream", "is_image_folder", "wants_image_stream"]

_BYTES_PER_NUMBER = 10  # two copies as uint8, then two as float32 (host and device)


@dataclass(frozen=True, eq=False)
class ImageStream:
    """A stream of images of equal size, decoded in parallel.

    Args:
        table: the paths and classes of the images.
        name: the name of the column that contains the paths.
        layout: options for reading images, including their size and mode.
    """

    table: Table
    name: str
    layout: Layout

    @property
    def num_rows(self) -> int:
        """The number of images."""
        return self.table.frame.height

    @property
    def bounds(self) -> None:
        """Always None, because each image can be read separately."""

    def images(self, rows: np.ndarray) -> np.ndarray:
        """Return the images in the given rows (n, height, width, channels)."""
        paths = self.table.frame[self.name][rows]
        return to_images(decode_images(paths, self.layout, self.table.folder)[0])

    def read(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return a column of images for the given rows, in the given order."""
        return pl.DataFrame([image_cells(name, self.images(rows)) for name in names])

    def column(self, name: str) -> pl.Series:
        """Return all images."""
        return self.read([name], np.arange(self.num_rows))[name]


def is_image_folder(table: Table) -> bool:
    """Return whether a table contains the paths of images in a folder."""
    return table.folder is not None and "image" in table.kinds.values()


def wants_image_stream(table: Table, layout: Layout, requested: bool | str) -> str:
    """Return the reason to stream images, or "" to decode them all into memory.

    Args:
        table: a table for which `is_image_folder` is true.
        layout: options for reading images, including their size and mode.
        requested: the user's choice: True, False, or "auto" to decide by free memory.
    """
    if requested is True:
        return "as requested"
    if requested is False:
        return ""
    stream = _open(table, layout)
    try:
        shape = stream.images(np.arange(1)).shape
    except InputError:  # faults are reported later, in a single error
        return ""
    return why_too_large(math.prod(shape) * stream.num_rows * _BYTES_PER_NUMBER)


def _open(table: Table, layout: Layout) -> ImageStream:
    name = next(name for name, kind in table.kinds.items() if kind == "image")
    return ImageStream(table, name, layout)


class ImageRows(StreamedRows):
    """Streamed images from a folder.

    Args:
        table: a table for which `is_image_folder` is true.
        layout: options for reading images, including their size and mode.
        reason: the reason for streaming, which is shown in a note.
    """

    def __init__(self, table: Table, layout: Layout, reason: str) -> None:
        layout = replace(layout, kinds=dict(table.kinds) | dict(layout.kinds))
        self._images = _open(table, layout)
        super().__init__(table, layout, stream=self._images, reason=reason)

    def values(self, name: str) -> pl.Series:
        """Return the paths or the classes, both of which are in memory."""
        return self.table.frame[name]

    def features(
        self,
        target: str,
        ignore: Sequence[str],
        fingerprint: Fingerprint,
        faults: Faults,
    ) -> tuple[pl.DataFrame, tuple[Column, ...]]:
        """Decode every image once, unless other faults have been found."""
        faults.raise_if_any()
        frame, column = _decode_all(self._images, fingerprint)
        return frame, (column,)


def _decode_all(
    stream: ImageStream, fingerprint: Fingerprint
) -> tuple[pl.DataFrame, Column]:
    """Decode every image once; return an empty typed frame and the described column."""
    first = stream.images(np.arange(1))
    distinct: set[bytes] = set()

    def blocks() -> Iterator[np.ndarray]:
        size = chunk_rows(first.size)
        for start in range(0, stream.num_rows, size):
            rows = np.arange(start, min(start + size, stream.num_rows))
            images = stream.images(rows)
            _check_same_shape(images, first, rows)
            # With 8 bytes, the chance of a collision in a million images is 3e-8.
            hashes = (hashlib.blake2b(image.data, digest_size=8) for image in images)
            distinct.update(one.digest() for one in hashes)
            yield images

    fingerprint.add_images(stream.name, blocks(), first.shape[1:])
    cells, column = read_column(image_cells(stream.name, first), "image")
    return cells.clear().to_frame(), replace(column, num_distinct=len(distinct))


def _check_same_shape(images: np.ndarray, first: np.ndarray, rows: np.ndarray) -> None:
    if images.shape[1:] == first.shape[1:] and images.dtype == first.dtype:
        return
    size = first.shape[1:3]
    raise InputError(
        f"All images must have the shape {first.shape[1:]} and type {first.dtype} of "
        f"the first image, but some images from row {rows[0]} onward have the shape "
        f"{images.shape[1:]} and type {images.dtype}. Set image_size={size} or "
        "image_mode."
    )

"""A folder of images as a stream: any of them is decoded when it is asked for."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data._cells import image_cells, to_images
from assay.data._column import Column, read_column
from assay.data._dataset import Dataset
from assay.data._features import check_kinds, check_names, find_target
from assay.data._fingerprint import Fingerprint
from assay.data._images import decode_images
from assay.data._layout import Layout
from assay.data._memory import MEMORY_FRACTION, available_bytes
from assay.data._source import Table
from assay.data._stream import chunk_rows
from assay.data._task import read_target

__all__ = ["ImageStream", "is_image_folder", "load_image_stream", "wants_image_stream"]

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
    free, stream = available_bytes(), _open(table, layout)
    if asked is False or free is None:
        return ""
    try:
        shape = stream.images(np.arange(1)).shape
    except InputError:  # reading all of them tells everything that is wrong
        return ""
    needed = math.prod(shape) * stream.num_rows * _BYTES
    if needed <= MEMORY_FRACTION * free:
        return ""
    return (
        f"in memory they would take {needed / 1e9:.1f} GB, more than "
        f"{MEMORY_FRACTION:.0%} of the {free / 1e9:.1f} GB that are free"
    )


def _open(table: Table, layout: Layout) -> ImageStream:
    name = next(name for name, kind in table.kinds.items() if kind == "image")
    return ImageStream(table, name, layout)


def load_image_stream(
    table: Table,
    *,
    reason: str,
    target: str | None = None,
    task: str | None = None,
    name: str | None = None,
    ignore: Sequence[str] = (),
    layout: Layout,
) -> Dataset:
    """Load a folder of images that are decoded when they are asked for.

    Args:
        table: for which `is_image_folder`.
        reason: why they are streamed, in words.
        target: the column of classes.
        task: the kind of task; found from the target if absent.
        name: a short name.
        ignore: columns that must not be features.
        layout: size and mode that are asked for.

    Raises:
        InputError: what is wrong with the target, or with the first broken images.
    """
    target, notes = find_target(table, target)
    faults = Faults()
    check_names(table.frame, target, {"ignore": ignore, "kinds": layout.kinds}, faults)
    check_kinds(layout.kinds, faults)
    values, found, typed = read_target(table.frame[target], task or table.task, faults)
    faults.raise_if_any()
    layout = replace(layout, kinds=dict(table.kinds) | dict(layout.kinds))
    stream = _open(table, layout)
    mark = Fingerprint(stream.num_rows)
    frame, column = _look_through(stream, mark)
    mark.add(typed)
    if task is None and table.task is not None:
        found = replace(found, reason="the source says so")
    notes = [*table.notes, f"Images are streamed: {reason}.", *notes]
    return Dataset(
        name or table.name,
        source=table.source,
        frame=frame,
        target=values,
        task=found,
        columns=(column,),
        fingerprint=mark.hex,
        notes=(*notes, f"Task {found.kind}: {found.reason}."),
        num_test=table.num_test,
        layout=layout,
        stream=stream,
    )


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

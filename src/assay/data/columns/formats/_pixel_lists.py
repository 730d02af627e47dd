"""Converts lists of pixels, one list per cell, to images."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl

from assay.data.table._array_cells import image_shape
from assay.data.table._array_options import Layout

__all__ = ["Pixels", "factors", "read_pixels"]

MIN_PIXELS = 64
"""With fewer numbers, whole numbers from 0 to 255 are rarely the pixels of an image."""

_SAMPLE = 200  # number of images whose neighboring pixels are compared
_CLEARLY = 0.9  # largest ratio of two mean differences that are clearly unequal


class Pixels(NamedTuple):
    """Images that were read from lists of numbers.

    Args:
        column: the column of images.
        note: a message about how the lists were read.
        layout: the options, including the detected order of color channels.
    """

    column: pl.Series
    note: str
    layout: Layout


def factors(count: int) -> tuple[int, int]:
    """Return the two factors of a number that are closest to each other.

    Example:
        >>> factors(560), factors(7)
        ((28, 20), (7, 1))
    """
    width = next(n for n in range(math.isqrt(count), 0, -1) if count % n == 0)
    return count // width, width


def read_pixels(
    name: str, numbers: np.ndarray, layout: Layout, *, is_image: bool
) -> Pixels | None:
    """Return images, or None if it is unclear whether or how the numbers form images.

    Args:
        name: name of the column.
        numbers: one row per image (n, count).
        layout: the options for reading images.
        is_image: whether the user specified that the column contains images.
    """
    count = numbers.shape[1]
    shape = image_shape(count, layout.image_size)
    if shape is None:
        return None
    are_bytes = bool(((numbers % 1 == 0) & (numbers >= 0) & (numbers < 256)).all())
    are_many = layout.image_size is not None or count >= MIN_PIXELS * shape[2]
    if not is_image and not (are_bytes and are_many):
        return None
    note = f"Each cell of {name!r} contains {count} numbers, which are read as an "
    note += f"image of {shape[0]} x {shape[1]} pixels."
    images = numbers.astype(np.uint8 if are_bytes else np.float32)
    if shape[2] > 1:
        first = layout.channels_first
        if first is None:
            first = _has_planes(images, shape, surely=is_image)
        if first is None:
            return None
        layout = replace(layout, channels_first=first)
        order = "all red values first" if first else "red, green and blue in turn"
        note = f"{note[:-1]} with {order}."
    images = _arranged(images, shape, first=bool(layout.channels_first))
    return Pixels(pl.Series(name, np.ascontiguousarray(images)), note, layout)


def _arranged(
    numbers: np.ndarray, shape: tuple[int, ...], *, first: bool
) -> np.ndarray:
    """Return lists of numbers (n, count) as images (n, height, width, channels)."""
    height, width, channels = shape
    if not first or channels == 1:
        return numbers.reshape(-1, height, width, channels)
    return numbers.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)


def _has_planes(
    numbers: np.ndarray, shape: tuple[int, ...], *, surely: bool
) -> bool | None:
    """Return whether channels are stored one after another, or None if unclear.

    In the right order, each pixel resembles the one below it. If the numbers are
    images, not series, it resembles that pixel more than others in the next row.

    Args:
        numbers: one row per image (n, count).
        shape: height, width and channels.
        surely: whether the numbers are known to be images.
    """
    sample = numbers[:_SAMPLE].astype(np.float32)
    images = [_arranged(sample, shape, first=first) for first in (False, True)]
    below = [float(np.abs(np.diff(some, axis=1)).mean()) for some in images]
    first = below[1] < below[0]
    right, wrong = below[first], below[not first]
    above = np.roll(images[first][:, :-1], shape[1] // 2, axis=2)
    other = float(np.abs(images[first][:, 1:] - above).mean())
    if right > _CLEARLY * wrong or right == wrong:
        return None
    return first if surely or right <= _CLEARLY * other else None

"""Converts between arrays and columns of images or time series.

Each cell of an image column is an array (height, width, channels): uint8 if all values
are whole numbers from 0 to 255, otherwise float32. Each time series is an array (steps,
channels) of float32. The series are stored in a polars Array column if all have the
same number of steps, otherwise in a List column.
"""

import math
from typing import NamedTuple

import numpy as np
import polars as pl

from assay._errors import InputError, fault

__all__ = [
    "Sequences",
    "dense_cells",
    "has_channels_first",
    "holds_cells",
    "image_cells",
    "image_shape",
    "num_steps",
    "read_cells",
    "sequence_cells",
    "to_images",
    "to_sequences",
]

_CHANNELS = (1, 2, 3, 4)  # grayscale or color, with or without transparency
_MIN_SIDE = 8  # smaller lists of whole numbers are rarely pixels
_SHOWN = 5  # maximum number of rows listed in a message


class Sequences(NamedTuple):
    """Concatenated time series.

    Args:
        values: steps of all series (sum of the lengths, channels), float32; NaN if
            missing.
        lengths: number of steps in each series (n,).
    """

    values: np.ndarray
    lengths: np.ndarray


def holds_cells(column: pl.Series) -> bool:
    """Return whether the cells of a column are arrays or lists of numbers."""
    dtype, nested = column.dtype, False
    while isinstance(dtype, pl.Array | pl.List):
        # The inner type of a multidimensional Array is itself an Array.
        dtype, nested = dtype.inner, True  # type: ignore[assignment]
    return nested and (dtype.is_numeric() or dtype == pl.Boolean)


def image_cells(name: str, images: np.ndarray) -> pl.Series:
    """Return a column of images (n, height, width, channels)."""
    return pl.Series(name, np.ascontiguousarray(images))


def sequence_cells(name: str, sequences: Sequences) -> pl.Series:
    """Return a column of time series."""
    values, lengths = sequences
    num_series, num_channels = len(lengths), values.shape[1]
    steps = np.unique(lengths)
    if len(steps) == 1:
        return pl.Series(name, values.reshape(num_series, int(steps[0]), num_channels))
    rows = pl.Series("row", np.repeat(np.arange(num_series), lengths))
    flat = pl.DataFrame([rows, pl.Series("cell", values)])
    cells = flat.group_by("row", maintain_order=True).agg("cell")["cell"]
    return cells.alias(name)


def read_cells(column: pl.Series, kind: str | None) -> tuple[pl.Series, str, str]:
    """Return a column of arrays in standard form, its kind and the reason for the kind.

    Args:
        column: a column for which `holds_cells` is true.
        kind: "image" or "sequence"; inferred if None.

    Raises:
        InputError: cells are missing or empty, or differ in shape.
    """
    name = column.name
    if column.null_count():
        row = int(column.is_null().arg_true()[0])
        raise InputError(
            fault(
                f"num_missing[{name!r}] == 0",
                "num_missing",
                column.null_count(),
                f"The first missing cell is in row {row}. Drop all rows with missing "
                "cells.",
            )
        )
    reason = "set by the user or the source"
    if kind is None:
        kind, reason = _guess(column)
    if kind == "image":
        return image_cells(name, to_images(column)), kind, reason
    sequences = to_sequences(column)
    gaps = int(np.isnan(sequences.values).sum())
    reason += f"; number of missing values: {gaps}" if gaps else ""
    return sequence_cells(name, sequences), "sequence", reason


def _guess(column: pl.Series) -> tuple[str, str]:
    """Return the likely kind of a column of arrays, and the reason.

    Cells are treated as images if they have three axes, or have two axes and either
    contain bytes or are square.
    """
    cells = dense_cells(column)
    if cells is None or cells.ndim not in (3, 4):
        return "sequence", f"lists of numbers{_hint_on_pixels(column, cells)}"
    if cells.ndim == 4:
        first = has_channels_first(cells.shape[1:])
        axes = "(channels, height, width)" if first else "(height, width, channels)"
        return "image", f"arrays {axes}"
    rows, columns = cells.shape[1:]
    other = {"image": "sequence", "sequence": "image"}
    kind = "image" if cells.dtype == np.uint8 or rows == columns > 1 else "sequence"
    reason = f"cells of {rows} x {columns} numbers; if this is wrong, write "
    return kind, f"{reason}kinds={{{column.name!r}: '{other[kind]}'}}"


def has_channels_first(shape: tuple[int, ...]) -> bool:
    """Return whether the axes of an image are (channels, height, width).

    This is False for axes that could also be (height, width, channels).
    """
    return shape[2] not in _CHANNELS and shape[0] in _CHANNELS


def _hint_on_pixels(column: pl.Series, cells: np.ndarray | None) -> str:
    """Return a hint if lists of numbers may be pixels of square images, or ""."""
    if cells is None or cells.ndim != 2 or cells.dtype.kind not in "iu":
        return ""
    shape = image_shape(cells.shape[1])
    if shape is None or shape[0] < _MIN_SIDE or cells.min() < 0 or cells.max() > 255:
        return ""
    return (
        f"; if they are the pixels of {shape[0]} x {shape[1]} images, write "
        f"kinds={{{column.name!r}: 'image'}}"
    )


def image_shape(
    count: int, size: tuple[int, int] | None = None
) -> tuple[int, ...] | None:
    """Return the shape of an image with the given number of values, or None.

    Args:
        count: number of values in the image.
        size: height and width; None for a square image in grayscale or RGB.

    Example:
        >>> image_shape(784), image_shape(3072), image_shape(785)
        ((28, 28, 1), (32, 32, 3), None)
    """
    if size is not None:
        channels = count / math.prod(size)
        return (*size, int(channels)) if channels in (1, 3, 4) else None
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        if side and side * side * channels == count:
            return side, side, channels
    return None


def to_images(column: pl.Series) -> np.ndarray:
    """Return the images (n, height, width, channels) in a column.

    Raises:
        InputError: sizes differ, or a value is not finite.
    """
    name = column.name
    images = dense_cells(column)
    if images is None or images.ndim not in (3, 4):
        raise InputError(
            f"All cells of {name!r} must be images with the same shape (height, width, "
            "channels). Resize all images to the same size."
        )
    if images.ndim == 3:
        images = images[..., None]
    if has_channels_first(images.shape[1:]):
        images = images.transpose(0, 2, 3, 1)  # from PyTorch's order
    if images.dtype == np.uint8:
        return images
    _check_finite(name, images.reshape(len(images), -1))
    low, high = (images.min(), images.max()) if images.size else (0, 0)
    if 0 <= low and high <= 255 and (images == np.floor(images)).all():
        return images.astype(np.uint8)
    return images.astype(np.float32)


def to_sequences(column: pl.Series) -> Sequences:
    """Return the time series in a column, with NaN for missing values.

    Raises:
        InputError: a series is empty, channels differ, or a value is infinite.
    """
    name = column.name
    lengths = num_steps(column)
    if (lengths == 0).any():
        empty = np.flatnonzero(lengths == 0)
        raise InputError(
            fault(
                "num_empty == 0",
                "num_empty",
                len(empty),
                f"{name!r} has no steps in these rows: {_listed(empty)}. Drop them.",
            )
        )
    values = dense_cells(column.explode())
    if values is not None and values.ndim == 1:
        values = values[:, None]
    if values is None or values.ndim != 2:
        raise InputError(
            f"Each cell of {name!r} must be an array (steps, channels), but the cells "
            f"have type {column.dtype}. Use one number per channel at every step."
        )
    values = values.astype(np.float32)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    infinite = np.unique(rows[np.isinf(values).any(axis=1)])
    if infinite.size:
        raise InputError(_infinite_fault(name, infinite))
    return Sequences(values, lengths)


def _check_finite(name: str, values: np.ndarray) -> None:
    infinite = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if infinite.size:
        raise InputError(_infinite_fault(name, infinite))


def _infinite_fault(name: str, rows: np.ndarray) -> str:
    return fault(
        f"isfinite({name})",
        "num_rows",
        len(rows),
        f"These rows contain infinite numbers or NaN: {_listed(rows)}. "
        "Correct or drop them.",
    )


def _listed(rows: np.ndarray) -> str:
    shown = ", ".join(str(row) for row in rows[:_SHOWN])
    return shown if len(rows) <= _SHOWN else f"{shown} and {len(rows) - _SHOWN} more"


def num_steps(column: pl.Series) -> np.ndarray:
    """Return the number of steps in each time series (n,), 0 if missing."""
    if isinstance(column.dtype, pl.Array):
        return np.full(len(column), column.dtype.shape[0], dtype=np.int64)
    return column.list.len().fill_null(0).to_numpy().astype(np.int64)


def dense_cells(column: pl.Series) -> np.ndarray | None:
    """Return the cells as an array (n, ...), or None if their shapes differ."""
    if not isinstance(column.dtype, pl.List):
        if column.dtype == pl.Boolean:
            column = column.cast(pl.UInt8)
        return column.to_numpy()
    lengths = num_steps(column)
    if not len(column) or (lengths != lengths[0]).any() or not lengths[0]:
        return None
    inner = dense_cells(column.explode())
    if inner is None:
        return None
    return inner.reshape(len(column), int(lengths[0]), *inner.shape[1:])

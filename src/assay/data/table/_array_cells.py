"""Cells that hold more than a value: images and series as arrays, and back.

An image is a cell (height, width, channels), uint8 where its values are whole numbers
up to 255, else float32. A series is a cell (steps, channels) of float32: of a polars
Array column if all have as many steps, else of a List column.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from assay._errors import InputError, fault

__all__ = [
    "Series",
    "holds_cells",
    "image_cells",
    "read_cells",
    "series_cells",
    "to_images",
    "to_series",
]

_CHANNELS = (1, 2, 3, 4)
_SHOWN = 5


class Series(NamedTuple):
    """Series one after the other.

    Args:
        values: (sum of the lengths, channels), float32; NaN where missing.
        lengths: (n,), steps of each series.
    """

    values: np.ndarray
    lengths: np.ndarray


def holds_cells(series: pl.Series) -> bool:
    """Whether the cells of a column are arrays or lists of numbers."""
    dtype, nested = series.dtype, False
    while isinstance(dtype, pl.Array | pl.List):
        # An Array's inner type is an Array while it has several dimensions.
        dtype, nested = dtype.inner, True  # type: ignore[assignment]
    return nested and (dtype.is_numeric() or dtype == pl.Boolean)


def image_cells(name: str, images: np.ndarray) -> pl.Series:
    """Return a column of images (n, height, width, channels)."""
    return pl.Series(name, np.ascontiguousarray(images))


def series_cells(name: str, series: Series) -> pl.Series:
    """Return a column of series."""
    values, lengths = series
    num_series, num_channels = len(lengths), values.shape[1]
    steps = np.unique(lengths)
    if len(steps) == 1:
        return pl.Series(name, values.reshape(num_series, int(steps[0]), num_channels))
    rows = pl.Series("row", np.repeat(np.arange(num_series), lengths))
    flat = pl.DataFrame([rows, pl.Series("cell", values)])
    cells = flat.group_by("row", maintain_order=True).agg("cell")["cell"]
    return cells.alias(name)


def read_cells(series: pl.Series, kind: str | None) -> tuple[pl.Series, str, str]:
    """Return a column of arrays or lists in its one form, its kind and the reason.

    Args:
        series: a column for which `holds_cells`.
        kind: "image" or "sequence"; None to find out.

    Raises:
        InputError: cells are missing, empty or do not fit each other.
    """
    name = series.name
    if series.null_count():
        row = int(series.is_null().arg_true()[0])
        raise InputError(
            fault(
                f"every row has a value of {name!r}",
                "num_missing",
                series.null_count(),
                f"The first without is row {row}. Drop these rows.",
            )
        )
    reason = "the user or the source says so"
    if kind is None:
        kind, reason = _guess(series)
    if kind == "image":
        return image_cells(name, to_images(series)), kind, reason
    found = to_series(series)
    gaps = int(np.isnan(found.values).sum())
    told = f"; {gaps} values are missing" if gaps else ""
    return series_cells(name, found), "sequence", reason + told


def _guess(series: pl.Series) -> tuple[str, str]:
    """Tell images from series: three axes, bytes, or squares are images."""
    cells = _dense(series)
    if cells is None or cells.ndim == 2:
        return "sequence", "lists of numbers"
    if cells.ndim == 4:
        return "image", "arrays (height, width, channels)"
    rows, columns = cells.shape[1:]
    other = {"image": "sequence", "sequence": "image"}
    kind = "image" if cells.dtype == np.uint8 or rows == columns > 1 else "sequence"
    told = f"cells of {rows} x {columns} numbers; if not, write "
    return kind, f"{told}kinds={{{series.name!r}: '{other[kind]}'}}"


def to_images(series: pl.Series) -> np.ndarray:
    """Return the images (n, height, width, channels) of a column.

    Raises:
        InputError: sizes differ, the channels are not last, or a value is not finite.
    """
    name = series.name
    images = _dense(series)
    if images is None or images.ndim not in (3, 4):
        shape = None if images is None else images.shape
        raise InputError(
            fault(
                f"every {name!r} has the same shape (height, width, channels)",
                f"{name}.shape",
                shape,
                "Resize them to one size.",
            )
        )
    if images.ndim == 3:
        images = images[..., None]
    if images.shape[3] not in _CHANNELS and images.shape[1] in _CHANNELS:
        raise InputError(
            fault(
                f"the last axis of {name!r} is the channels",
                f"{name}.shape",
                images.shape,
                "Write X.transpose(0, 2, 3, 1).",
            )
        )
    if images.dtype == np.uint8:
        return images
    _check_finite(name, images.reshape(len(images), -1))
    low, high = (images.min(), images.max()) if images.size else (0, 0)
    if 0 <= low and high <= 255 and (images == np.floor(images)).all():
        return images.astype(np.uint8)
    return images.astype(np.float32)


def to_series(series: pl.Series) -> Series:
    """Return the series of a column; NaN where a value is missing.

    Raises:
        InputError: a series is empty, channels differ, or a value is infinite.
    """
    name = series.name
    lengths = _lengths(series)
    if (lengths == 0).any():
        empty = np.flatnonzero(lengths == 0)
        raise InputError(
            fault(
                f"every {name!r} has a step",
                "num_empty",
                len(empty),
                f"These rows have none: {_rows(empty)}. Drop them.",
            )
        )
    values = _dense(series.explode())
    if values is not None and values.ndim == 1:
        values = values[:, None]
    if values is None or values.ndim != 2:
        raise InputError(
            fault(
                f"every {name!r} is (steps, channels), channels alike",
                f"{name}.dtype",
                str(series.dtype),
                "Give every step one number a channel.",
            )
        )
    values = values.astype(np.float32)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    infinite = np.unique(rows[np.isinf(values).any(axis=1)])
    if infinite.size:
        raise InputError(_infinite_fault(name, infinite))
    return Series(values, lengths)


def _check_finite(name: str, values: np.ndarray) -> None:
    broken = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if broken.size:
        raise InputError(_infinite_fault(name, broken))


def _infinite_fault(name: str, rows: np.ndarray) -> str:
    return fault(
        f"every number in {name!r} is finite",
        "num_rows",
        len(rows),
        f"These rows hold others: {_rows(rows)}. Correct or drop them.",
    )


def _rows(rows: np.ndarray) -> str:
    shown = ", ".join(str(row) for row in rows[:_SHOWN])
    return shown if len(rows) <= _SHOWN else f"{shown} and {len(rows) - _SHOWN} more"


def _lengths(series: pl.Series) -> np.ndarray:
    if isinstance(series.dtype, pl.Array):
        return np.full(len(series), series.dtype.shape[0], dtype=np.int64)
    return series.list.len().to_numpy().astype(np.int64)


def _dense(series: pl.Series) -> np.ndarray | None:
    """Return cells of one shape as an array (n, ...); None if their shapes differ."""
    if not isinstance(series.dtype, pl.List):
        if series.dtype == pl.Boolean:
            series = series.cast(pl.UInt8)
        return series.to_numpy()
    lengths = _lengths(series)
    if not len(series) or (lengths != lengths[0]).any() or not lengths[0]:
        return None
    inner = _dense(series.explode())
    if inner is None:
        return None
    return inner.reshape(len(series), int(lengths[0]), *inner.shape[1:])

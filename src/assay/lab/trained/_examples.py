"""Converts rows, images, sequences and texts to a form that the pages can display."""

import re
from typing import Any

import numpy as np
import polars as pl

from assay.data import Dataset

__all__ = ["pixel_grid", "shown"]

_MOST_COLUMNS = 40
_PIXEL = re.compile(r"pixel_(\d+)_(\d+)")


def shown(dataset: Dataset, row: int) -> dict[str, Any]:
    """Return an example from a data set, along with its kind, such as "image".

    Example:
        >>> from assay.data import load
        >>> shown(load("digits"), 0)["kind"], shown(load("iris"), 0)["kind"]
        ('image', 'row')
    """
    used = [column for column in dataset.columns if not column.ignored]
    first = next((column for column in used if column.used), None)
    names = [column.name for column in used]
    frame = dataset.take(names, np.array([row]))
    if first is not None and first.kind in ("image", "sequence"):
        values = _array(frame[first.name], 0)
        names = list(dataset.layout.channels) if first.kind == "sequence" else []
        channels = {"channels": names} if names else {}
        return {"kind": first.kind, "values": values, **channels}
    if first is not None and first.kind == "text":
        return {"kind": "text", "text": str(frame[first.name][0])}
    values = frame.row(0)
    if (grid := pixel_grid(names)) is not None:
        image = np.zeros(grid)
        for name, value in zip(names, values, strict=True):
            image[_row_and_column(name)] = value or 0
        return {"kind": "image", "values": image}
    cells = dict(zip(names, values, strict=True))
    return {"kind": "row", "cells": dict(list(cells.items())[:_MOST_COLUMNS])}


def pixel_grid(names: list[str]) -> tuple[int, int] | None:
    """Return the image size (rows, columns), or None if the columns are not pixels.

    Example:
        >>> pixel_grid(["pixel_0_0", "pixel_0_1"]), pixel_grid(["a"])
        ((1, 2), None)
    """
    matches = [_PIXEL.fullmatch(name) for name in names]
    if not names or not all(matches):
        return None
    rows, columns = zip(*(_row_and_column(name) for name in names), strict=True)
    size = (max(rows) + 1, max(columns) + 1)
    return size if len(names) == size[0] * size[1] else None


def _row_and_column(name: str) -> tuple[int, int]:
    match = _PIXEL.fullmatch(name)
    assert match is not None  # the caller has checked all names
    return int(match[1]), int(match[2])


def _array(values: pl.Series, row: int) -> np.ndarray:
    """Return an image (height, width, …) or a sequence (steps, channels)."""
    cell = values[row]
    return np.asarray(cell.to_list() if isinstance(cell, pl.Series) else cell)

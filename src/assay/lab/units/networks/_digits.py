"""The built-in digits as images."""

from functools import cache

import numpy as np

from assay.data import load

__all__ = ["digits"]

_SIDE = 8  # height and width in pixels


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the images (1797, 8, 8, 1) with values from 0 to 16, and their classes."""
    dataset = load("digits")
    columns = [dataset.values(column.name).to_numpy() for column in dataset.columns]
    images = np.stack(columns, axis=1).reshape(-1, _SIDE, _SIDE, 1)
    return images.astype(np.float32), dataset.target

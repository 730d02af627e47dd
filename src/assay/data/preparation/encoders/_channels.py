"""Standardizes the channels of images and sequences."""

import math
from collections.abc import Iterator

import numpy as np

__all__ = ["channel_moments", "standardize"]

_BLOCK = 1024
"""Number of examples converted to float64 at a time, to keep the copy small."""


def channel_moments(
    values: np.ndarray,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and standard deviation of each channel (the last axis).

    Both are computed in float64, block by block to save memory.
    """
    count = math.prod(values.shape[:-1])
    mean = _sums(_blocks(values)) / count
    variance = _sums((block - mean) ** 2 for block in _blocks(values)) / count
    return tuple(mean.tolist()), tuple(np.sqrt(variance).tolist())


def standardize(
    values: np.ndarray, mean: tuple[float, ...], std: tuple[float, ...]
) -> np.ndarray:
    """Return the values as float32, with each channel standardized."""
    out = values.astype(np.float32)
    out -= np.array(mean, dtype=np.float32)
    # A channel that did not vary in training becomes 0 instead of infinite.
    out *= np.array([1 / s if s > 0 else 0.0 for s in std], dtype=np.float32)
    return out


def _blocks(values: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(values), _BLOCK):
        yield values[start : start + _BLOCK].astype(np.float64)


def _sums(blocks: Iterator[np.ndarray]) -> np.ndarray:
    per_block = [block.reshape(-1, block.shape[-1]).sum(axis=0) for block in blocks]
    return np.sum(per_block, axis=0)

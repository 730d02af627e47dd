"""Converts images, sequences and text to rows of numbers for linear models."""

import math

import numpy as np

__all__ = ["MAX_FLAT", "average_neighbors", "count_codes"]

MAX_FLAT = 2048
"""Maximum number of features. More would slow down a linear model with little gain."""


def average_neighbors(values: np.ndarray, most: int) -> np.ndarray:
    """Flatten arrays (n, ...) to rows (n, d), averaging neighbors so that d <= most.

    All axes except the last (the channels) are reduced by the same integer factor. A
    remainder that does not fill a block is dropped.

    Example:
        >>> average_neighbors(np.arange(8.0).reshape(1, 8, 1), 4)
        array([[0.5, 2.5, 4.5, 6.5]])
    """
    if values.ndim < 3:
        return values.reshape(len(values), -1)
    *sides, channels = values.shape[1:]
    factor = 1
    while math.prod(max(s // factor, 1) for s in sides) * channels > most:
        if factor >= max(sides):
            break
        factor += 1
    for axis, side in enumerate(sides, 1):
        step = min(factor, side)
        kept = np.take(values, range(side // step * step), axis=axis)
        shape = (*kept.shape[:axis], side // step, step, *kept.shape[axis + 1 :])
        values = kept.reshape(shape).mean(axis=axis + 1) if step > 1 else kept
    return values.reshape(len(values), -1)


def count_codes(codes: np.ndarray, num_codes: int) -> np.ndarray:
    """Return log(1 + count) for each code below `num_codes` in each row.

    Codes 0 (padding) and 1 (unknown words) are not counted.

    Example:
        >>> np.expm1(count_codes(np.array([[2, 3, 2, 0]]), 4)).round().tolist()
        [[2.0, 1.0]]
    """
    counts = np.zeros((len(codes), max(num_codes, 3)), dtype=np.float32)
    rows, columns = np.nonzero((codes > 1) & (codes < num_codes))
    np.add.at(counts, (rows, codes[rows, columns]), 1)
    return np.log1p(counts[:, 2:])

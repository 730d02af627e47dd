"""Shuffles the rows for each epoch, before they are divided into batches."""

import numpy as np
from jaxtyping import Int

from assay._seeds import generator

__all__ = ["RowNumbers", "pad_order", "shuffled"]

RowNumbers = Int[np.ndarray, " n"]


def shuffled(count: int, seed: int, epoch: int, *start: int) -> RowNumbers:
    """Return a random permutation (count,) of the numbers from 0 to count - 1.

    Args:
        count: number of rows or blocks.
        seed: seed of the fit.
        epoch: epoch number, starting at 0.
        start: number of earlier rows in the epoch, if only part of it is shuffled.

    Example:
        >>> sorted(shuffled(4, seed=0, epoch=2).tolist())
        [0, 1, 2, 3]
    """
    return generator(seed, "order", epoch, *start).permutation(count)


def pad_order(
    order: RowNumbers, width: int, *, repeats: bool
) -> Int[np.ndarray, " positions"]:
    """Pad a row order to (width,) to complete the last batch.

    Args:
        order: row order (n,), n <= width.
        width: total number of rows in all batches.
        repeats: whether the padding repeats all rows instead of only row 0, for
            networks that cannot mask it.

    Example:
        >>> pad_order(np.array([2, 0, 1]), 5, repeats=True).tolist()
        [2, 0, 1, 2, 0]
    """
    padded, count = np.zeros(width, np.int32), len(order)
    padded[:count] = order
    if repeats and count:
        padded[count:] = np.resize(order, width - count)
    return padded

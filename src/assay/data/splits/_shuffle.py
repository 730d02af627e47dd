"""Random orders that are the same on every machine."""

import numpy as np

__all__ = ["shuffled"]


def shuffled(bits: np.random.Philox, size: int) -> np.ndarray:
    """Return the numbers 0 to size - 1 in random order.

    The numbers are sorted by raw random bits, because NumPy guarantees that a seed
    always yields the same bits, but not the same results of shuffling (NEP 19).

    Example:
        >>> shuffled(np.random.Philox(0), 5).tolist()
        [0, 3, 1, 2, 4]
    """
    return np.argsort(bits.random_raw(size), kind="stable")

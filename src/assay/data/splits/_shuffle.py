"""Random orders that are the same on every machine."""

import numpy as np

__all__ = ["shuffled"]


def shuffled(bits: np.random.Philox, size: int) -> np.ndarray:
    """Return the numbers 0 to size - 1 in random order.

    The numbers are sorted by the raw bits of the generator, which NumPy guarantees
    never to change. It does not guarantee this for its own shuffling (NEP 19).

    Example:
        >>> shuffled(np.random.Philox(0), 5).tolist()
        [0, 3, 1, 2, 4]
    """
    return np.argsort(bits.random_raw(size), kind="stable")

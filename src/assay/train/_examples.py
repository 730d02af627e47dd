"""A part of the data as the program takes it: padded to a size it was compiled for.

Padding to a few sizes means that another data set, or the refit's larger training
part, runs in the same compiled program.
"""

from typing import NamedTuple

import numpy as np

__all__ = ["Examples", "capacity_for", "pad"]


class Examples(NamedTuple):
    """Inputs and targets of one part.

    Args:
        inputs: (capacity, *input_shape).
        targets: (capacity,), class indices or standardized numbers.
        count: how many leading rows are real.
    """

    inputs: np.ndarray
    targets: np.ndarray
    count: np.int32

    @property
    def capacity(self) -> int:
        """Number of rows, padding included."""
        return self.targets.shape[0]


def capacity_for(num_examples: int) -> int:
    """Return the least of the sizes 8, 10, 12, 14, 16, 20, 24, 28, 32, … that fits.

    At most a quarter of the rows is padding.

    Example:
        >>> [capacity_for(n) for n in (1, 105, 1527, 60_000)]
        [8, 112, 1536, 65536]
    """
    step = 2
    while 8 * step // 2 < num_examples:
        step *= 2
    step //= 2
    return max(8, -(-num_examples // step) * step)


def pad(inputs: np.ndarray, targets: np.ndarray, capacity: int) -> Examples:
    """Pad a part with zero rows to a capacity."""
    missing = capacity - len(targets)
    widths = [(0, missing)] + [(0, 0)] * (inputs.ndim - 1)
    return Examples(
        inputs=np.pad(inputs, widths) if missing else inputs,
        targets=np.pad(targets, (0, missing)) if missing else targets,
        count=np.int32(len(targets)),
    )

"""A part of the data, padded to a size for which the program is compiled.

Only a few sizes are used, so a compiled program can be reused for another data set or
for the larger training set of a refit.
"""

from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Float

from assay.training._arrays import (
    Array,
    Count,
    HostInputs,
    Inputs,
    Targets,
    host_array,
)

__all__ = ["Examples", "capacity_for", "inputs_and_lengths", "pad"]


class Examples(NamedTuple):
    """Inputs and targets of one part of the data.

    Args:
        inputs: (capacity, *input_shape), or for sequences of different lengths
            {"values": (capacity, steps, channels), "lengths": (capacity,)}.
        targets: (capacity,), class indices or standardized numbers.
        count: number of examples, which come before the padding rows.
        weights: (capacity,), positive weight of each example in the cost; None for
            equal weights.
    """

    inputs: Inputs
    targets: Targets
    count: Count  # pyright: ignore[reportIncompatibleMethodOverride] of tuples
    weights: Float[Array, " capacity"] | None = None

    @property
    def capacity(self) -> int:
        """Number of rows, including padding."""
        return self.targets.shape[0]

    @property
    def first_row(self) -> int:
        """Number of earlier rows in the epoch: 0, because all rows are in memory."""
        return 0

    @property
    def leading(self) -> "Examples":
        """The examples whose first rows are measured after each epoch."""
        return self


def capacity_for(num_examples: int) -> int:
    """Return the smallest of the sizes 8, 10, 12, 14, 16, 20, 24, … that fits.

    Above 8, fewer than a fifth of the rows are padding.

    Example:
        >>> [capacity_for(n) for n in (1, 105, 1527, 60_000)]
        [8, 112, 1536, 65536]
    """
    step = 2  # four steps between successive powers of two
    while 8 * step // 2 < num_examples:
        step *= 2
    step //= 2
    return max(8, -(-num_examples // step) * step)


def inputs_and_lengths(inputs: Inputs | HostInputs) -> tuple[Array, Array | None]:
    """Split inputs into values and lengths (None if no step is padding).

    Example:
        >>> inputs_and_lengths(np.ones(2))[1] is None
        True
        >>> inputs_and_lengths({"values": np.ones((1, 3)), "lengths": np.array([2])})[1]
        array([2])
    """
    tree: Any = inputs
    if isinstance(inputs, dict):
        return tree["values"], tree["lengths"]
    return tree, None


def pad(
    inputs: HostInputs,
    targets: np.ndarray,
    capacity: int,
    weights: np.ndarray | None = None,
) -> Examples:
    """Pad a part of the data with rows of zeros up to the given capacity.

    Example:
        >>> part = pad(np.ones((3, 2)), np.ones(3), capacity_for(3))
        >>> part.inputs.shape, int(part.count)
        ((8, 2), 3)
    """
    missing = capacity - len(targets)

    def padded(array: np.ndarray) -> np.ndarray:
        widths = [(0, missing)] + [(0, 0)] * (array.ndim - 1)
        return np.pad(array, widths) if missing else array

    if weights is not None:
        weights = padded(weights.astype(np.float32))
    return Examples(
        inputs=jax.tree.map(padded, inputs),
        targets=host_array(padded(targets)),
        count=host_array(np.int32(len(targets))),
        weights=None if weights is None else host_array(weights),
    )

"""What every augmentation of the family declares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import jax

__all__ = ["Augmentation", "Batch", "Draws", "chosen", "per_example"]


class Batch(NamedTuple):
    """The rows of one iteration, as an augmentation takes and gives them.

    Args:
        inputs: (n, *input_shape), channel last.
        targets: (n,), or (n, k) distributions over classes.
        mask: (n,), 1 for a real row and 0 for one that pads the batch; the real ones
            come first.
        lengths: (n,), number of real steps of each sequence; None where all steps are.
    """

    inputs: jax.Array
    targets: jax.Array
    mask: jax.Array
    lengths: jax.Array | None = None


class Draws(Protocol):
    """Where the random numbers of an iteration come from; each call gives new ones."""

    def uniform(self, shape: Sequence[int]) -> jax.Array:
        """Return numbers uniform on [0, 1)."""
        ...

    def noise(self, shape: Sequence[int]) -> jax.Array:
        """Return nearly normal numbers of mean 0 and variance 1."""
        ...


@dataclass(frozen=True, eq=False)
class Augmentation:
    """One member: how a batch is varied, anew at each iteration of training.

    Args:
        name: the key in the registry.
        formula: the new example in the names of the arguments.
        hyperparameters: names and defaults; all may be traced.
        ranks: numbers of axes that an example may have: 1 for a row of a table, 2 for
            a sequence (steps, channels), 3 for an image (height, width, channels).
        augment: (batch, draws, **hyperparameters) to the new batch.
        mixes_targets: whether the new targets lie between the old ones.

    Example:
        >>> from assay.regularize import AUGMENTATIONS
        >>> AUGMENTATIONS["horizontal_flip"].hyperparameters
        {'probability': 0.5}
    """

    name: str
    formula: str
    hyperparameters: dict[str, float]
    ranks: tuple[int, ...]
    augment: Callable[..., Batch]
    mixes_targets: bool = False


def per_example(values: jax.Array, like: jax.Array) -> jax.Array:
    """Give (n,) values as many axes as `like` has, so that they spread over it."""
    return values.reshape(-1, *[1] * (like.ndim - 1))


def chosen(batch: Batch, draws: Draws, probability: jax.Array | float) -> jax.Array:
    """Return (n, 1, …): whether each example is varied."""
    picked = draws.uniform(batch.mask.shape) < probability
    return per_example(picked, batch.inputs)

"""The definition of an augmentation and the registry of all augmentations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import jax

from assay.spec import Member, Registry

__all__ = [
    "AUGMENTATIONS",
    "Augmentation",
    "Batch",
    "Draws",
    "Number",
    "get_augmentation",
    "implements",
    "per_example",
    "varied_examples",
]


Number = jax.Array | float  # a hyperparameter, which may be traced


class Batch(NamedTuple):
    """A training batch, which augmentations transform.

    Args:
        inputs: (n, *input_shape), channels last.
        targets: (n,), or (n, k) distributions over classes.
        mask: (n,), 1 for an example and 0 for a padding row; padding rows come last.
        lengths: (n,), number of steps in each sequence, without padding; None if no
            steps are padding.
    """

    inputs: jax.Array
    targets: jax.Array
    mask: jax.Array
    lengths: jax.Array | None = None


class Draws(Protocol):
    """A source of random numbers for one iteration. Each call returns new numbers."""

    def uniform(self, shape: Sequence[int]) -> jax.Array:
        """Return uniform numbers in [0, 1)."""
        ...

    def noise(self, shape: Sequence[int]) -> jax.Array:
        """Return approximately normal numbers with mean 0 and variance 1."""
        ...


@dataclass(frozen=True, eq=False)
class Augmentation(Member):
    """A random variation of a batch, redrawn at each training iteration.

    Args:
        declaration: spec class, such as `spec.Cutout`.
        augment: function that maps (batch, draws, **hyperparameters) to the new batch.
        ranks: supported numbers of axes per example: 1 for a table row, 2 for a
            sequence (steps, channels), 3 for an image (height, width, channels).
        mixes_targets: whether the augmentation interpolates between targets.

    Example:
        >>> from assay.regularize import AUGMENTATIONS
        >>> AUGMENTATIONS["horizontal_flip"].hyperparameters
        {'probability': 0.5}
    """

    augment: Callable[..., Batch]
    ranks: tuple[int, ...]
    mixes_targets: bool = False


AUGMENTATIONS: Registry[Augmentation] = Registry("augmentation")
implements = AUGMENTATIONS.implementer(Augmentation)
get_augmentation = AUGMENTATIONS.find


def per_example(values: jax.Array, like: jax.Array) -> jax.Array:
    """Append axes to values (n,) so that they broadcast against `like`."""
    return values.reshape(-1, *[1] * (like.ndim - 1))


def varied_examples(batch: Batch, draws: Draws, probability: Number) -> jax.Array:
    """Return a random mask (n, 1, …) of the examples to change."""
    varied = draws.uniform(batch.mask.shape) < probability
    return per_example(varied, batch.inputs)

"""What an augmentation of the family is, and the registry of all of them."""

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
    """The rows of one iteration, as an augmentation takes and returns them.

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
    """The random numbers of an iteration; each call draws new ones."""

    def uniform(self, shape: Sequence[int]) -> jax.Array:
        """Return numbers uniform on [0, 1)."""
        ...

    def noise(self, shape: Sequence[int]) -> jax.Array:
        """Return nearly normal numbers of mean 0 and variance 1."""
        ...


@dataclass(frozen=True, eq=False)
class Augmentation(Member):
    """One member: how a batch is varied, drawn again at each iteration of training.

    Args:
        declaration: the spec class, such as `spec.Cutout`.
        augment: (batch, draws, **hyperparameters) to the new batch.
        ranks: numbers of axes that an example may have: 1 for a row of a table, 2 for
            a sequence (steps, channels), 3 for an image (height, width, channels).
        mixes_targets: whether the new targets lie between the old ones.

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
    """Give (n,) values as many axes as `like` has, so that they spread over it."""
    return values.reshape(-1, *[1] * (like.ndim - 1))


def varied_examples(batch: Batch, draws: Draws, probability: Number) -> jax.Array:
    """Return (n, 1, …): whether each example is varied."""
    varied = draws.uniform(batch.mask.shape) < probability
    return per_example(varied, batch.inputs)

"""Applies augmentations to a batch and checks that they support its inputs."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay._errors import Faults, fault
from assay.regularize.augmentations._augmentation import (
    AUGMENTATIONS,
    Batch,
    Draws,
    get_augmentation,
)

__all__ = ["augment", "check_augmentations"]

_AN_EXAMPLE = {
    1: "(features,)",
    2: "(steps, channels)",
    3: "(height, width, channels)",
}


def check_augmentations(names: Sequence[str], input_shape: tuple[int, ...]) -> None:
    """Raise an InputError unless all augmentations support examples of this shape.

    Raises:
        InputError: an augmentation does not support the shape. The message suggests
            alternatives.

    Example:
        >>> check_augmentations(["rotate", "mixup"], (28, 28, 1))
    """
    faults, rank = Faults(), len(input_shape)
    fitting = [n for n, member in AUGMENTATIONS.items() if rank in member.ranks]
    for name in names:
        ranks = get_augmentation(name).ranks
        if rank in ranks:
            continue
        what = " or ".join(_AN_EXAMPLE[r] for r in ranks if r in _AN_EXAMPLE)
        fix = (
            f"Replace {name!r} with one of {', '.join(fitting)}."
            if fitting
            else f"Remove {name!r}."
        )
        rule = f"input_shape == {what}"
        faults.add(fault(rule, "input_shape", input_shape, fix))
    faults.raise_if_any()


def augment(
    batch: Batch, names: Sequence[str], draws: Draws, *, hyper: Mapping[str, Any]
) -> Batch:
    """Apply augmentations to a batch in sequence.

    Args:
        batch: batch from the training set.
        names: names of the augmentations, in the order in which to apply them.
        draws: source of random numbers.
        hyper: hyperparameters, keyed by augmentation name.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> import jax
        >>> from assay.nn import Draws
        >>> batch = Batch(jnp.ones((2, 3)), jnp.zeros(2), jnp.ones(2))
        >>> hyper = {"masking": {"rate": 1.0, "probability": 1.0}}
        >>> augment(batch, ["masking"], Draws(jax.random.key(0)), hyper=hyper).inputs[0]
        Array([0., 0., 0.], dtype=float32)
    """
    for name in names:
        batch = AUGMENTATIONS[name].augment(batch, draws, **hyper[name])
    return batch

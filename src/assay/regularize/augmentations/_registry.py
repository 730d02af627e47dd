"""Every augmentation by its name, and a batch put through some of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.regularize.augmentations._augmentation import Augmentation, Batch, Draws
from assay.regularize.augmentations._images import (
    BRIGHTNESS,
    CONTRAST,
    CUTOUT,
    HORIZONTAL_FLIP,
    VERTICAL_FLIP,
)
from assay.regularize.augmentations._mixup import MIXUP
from assay.regularize.augmentations._noise import JITTER, MASKING, SCALING
from assay.regularize.augmentations._sequences import TIME_CROP, TIME_SHIFT
from assay.regularize.augmentations._warps import ROTATE, SHIFT

__all__ = ["AUGMENTATIONS", "augment", "check_augmentations", "get_augmentation"]

AUGMENTATIONS: dict[str, Augmentation] = {
    augmentation.name: augmentation
    for augmentation in (
        HORIZONTAL_FLIP,
        VERTICAL_FLIP,
        SHIFT,
        ROTATE,
        BRIGHTNESS,
        CONTRAST,
        CUTOUT,
        JITTER,
        MASKING,
        SCALING,
        TIME_SHIFT,
        TIME_CROP,
        MIXUP,
    )
}

_AN_EXAMPLE = {
    1: "a row of a table (features,)",
    2: "a sequence (steps, channels)",
    3: "an image (height, width, channels)",
}


def get_augmentation(name: str) -> Augmentation:
    """Return the augmentation of this name.

    Raises:
        InputError: there is none; names the nearest.

    Example:
        >>> get_augmentation("cutout").hyperparameters
        {'size_fraction': 0.25, 'probability': 1.0}
    """
    if name in AUGMENTATIONS:
        return AUGMENTATIONS[name]
    fix = f"Write one of {', '.join(AUGMENTATIONS)}."
    message = fault("augment is known", "augment", name, fix)
    raise InputError(message + did_you_mean(name, AUGMENTATIONS))


def check_augmentations(names: Sequence[str], input_shape: tuple[int, ...]) -> None:
    """Raise unless every augmentation fits examples of this shape.

    Raises:
        InputError: some do not; all of them are named, with those that fit.

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
        fix = f"For examples of this shape there are {', '.join(fitting) or 'none'}."
        rule = f"an example is {what} for augment={name!r}"
        faults.add(fault(rule, "input_shape", input_shape, fix))
    faults.raise_if_any()


def augment(
    batch: Batch, names: Sequence[str], draws: Draws, *, hyper: Mapping[str, Any]
) -> Batch:
    """Put a batch through augmentations, one after the other.

    Args:
        batch: of training; nothing else is ever augmented.
        names: of the augmentations, in order.
        draws: random numbers.
        hyper: hyper-parameters by name, such as {"jitter": {"strength": 0.1}}.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from assay.nn import Draws
        >>> batch = Batch(jnp.ones((2, 3)), jnp.zeros(2), jnp.ones(2))
        >>> hyper = {"masking": {"rate": 1.0}}
        >>> augment(batch, ["masking"], Draws(jax.random.key(0)), hyper=hyper).inputs[0]
        Array([0., 0., 0.], dtype=float32)
    """
    for name in names:
        batch = AUGMENTATIONS[name].augment(batch, draws, **hyper.get(name, {}))
    return batch

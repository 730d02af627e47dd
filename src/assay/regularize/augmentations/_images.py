"""Augmentations that mirror images or change their pixel values."""

import jax
import jax.numpy as jnp

from assay import spec
from assay.regularize.augmentations._augmentation import (
    Batch,
    Draws,
    Number,
    implements,
    per_example,
    varied_examples,
)

__all__ = [
    "brightness",
    "contrast",
    "cutout",
    "horizontal_flip",
    "vertical_flip",
]

_IMAGE = 3


def _signed(draws: Draws, batch: Batch, strength: Number) -> jax.Array:
    """Return uniform numbers (n, 1, …) in [-strength, strength)."""
    uniform = draws.uniform(batch.mask.shape)
    return per_example(strength * (2 * uniform - 1), batch.inputs)


@implements(spec.HorizontalFlip, ranks=(_IMAGE,))
def horizontal_flip(batch: Batch, draws: Draws, *, probability: Number) -> Batch:
    """Mirror images horizontally, swapping left and right.

    Args:
        batch: inputs (n, height, width, channels).
        draws: source of random numbers.
        probability: probability that an example is mirrored.

    Returns:
        The new batch. The pixels are only moved, so all means are preserved.

    Example:
        >>> images = jnp.arange(3.0).reshape(1, 1, 3, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> horizontal_flip(batch, draws, probability=1.0).inputs.ravel().tolist()
        [2.0, 1.0, 0.0]
    """
    x = batch.inputs
    flipped = jnp.where(varied_examples(batch, draws, probability), x[:, :, ::-1], x)
    return batch._replace(inputs=flipped)


@implements(spec.VerticalFlip, ranks=(_IMAGE,))
def vertical_flip(batch: Batch, draws: Draws, *, probability: Number) -> Batch:
    """Mirror images vertically, swapping top and bottom.

    Args:
        batch: inputs (n, height, width, channels).
        draws: source of random numbers.
        probability: probability that an example is mirrored.

    Returns:
        The new batch. The pixels are only moved, so all means are preserved.

    Example:
        >>> images = jnp.arange(3.0).reshape(1, 3, 1, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> vertical_flip(batch, draws, probability=1.0).inputs.ravel().tolist()
        [2.0, 1.0, 0.0]
    """
    x = batch.inputs
    flipped = jnp.where(varied_examples(batch, draws, probability), x[:, ::-1], x)
    return batch._replace(inputs=flipped)


@implements(spec.Brightness, ranks=(_IMAGE,))
def brightness(
    batch: Batch, draws: Draws, *, strength: Number, probability: Number
) -> Batch:
    """Add the same random number to all values of an image.

    Args:
        batch: inputs (n, height, width, channels).
        draws: source of random numbers.
        strength: largest absolute value of the number, in units of the prepared inputs.
        probability: probability that an example is changed.

    Returns:
        The new batch. All means are preserved in expectation.

    Example:
        >>> batch = Batch(jnp.zeros((2, 3, 3, 1)), jnp.zeros(2), jnp.ones(2))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = brightness(batch, draws, strength=0.5, probability=1.0).inputs
        >>> bool((abs(y) <= 0.5).all()), float(y[0].std())
        (True, 0.0)
    """
    varied = varied_examples(batch, draws, probability)
    added = jnp.where(varied, _signed(draws, batch, strength), 0)
    return batch._replace(inputs=batch.inputs + added)


@implements(spec.Contrast, ranks=(_IMAGE,))
def contrast(
    batch: Batch, draws: Draws, *, strength: Number, probability: Number
) -> Batch:
    """Scale the values of an image about their mean by a random factor.

    Args:
        batch: inputs (n, height, width, channels).
        draws: source of random numbers.
        strength: largest deviation of the factor from 1; with 0.2, the factor is
            between 0.8 and 1.2.
        probability: probability that an example is changed.

    Returns:
        The new batch, with the mean of each image preserved.

    Example:
        >>> images = jnp.array([1.0, 3.0]).reshape(1, 1, 2, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = contrast(batch, draws, strength=0.5, probability=1.0).inputs
        >>> float(y.mean().round(3)), bool(y[0, 0, 0, 0] != 1)
        (2.0, True)
    """
    x = batch.inputs
    mean = x.mean((1, 2, 3), keepdims=True)
    varied = varied_examples(batch, draws, probability)
    change = jnp.where(varied, _signed(draws, batch, strength), 0)
    return batch._replace(inputs=x + change * (x - mean))


@implements(spec.Cutout, ranks=(_IMAGE,))
def cutout(
    batch: Batch,
    draws: Draws,
    *,
    size_fraction: Number,
    probability: Number,
) -> Batch:
    """Fill a rectangle in each image with the mean of each of its channels.

    Args:
        batch: inputs (n, height, width, channels).
        draws: source of random numbers.
        size_fraction: side length of the rectangle, as a fraction of the image's side.
        probability: probability that an example is changed.

    Returns:
        The new batch. Covered pixels are set to the mean of their image and channel.

    Example:
        >>> images = jnp.arange(64.0).reshape(1, 8, 8, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(1))
        >>> y = cutout(batch, draws, size_fraction=0.5, probability=1.0).inputs
        >>> 4 <= int((y == images.mean()).sum()) <= 16
        True
    """
    x = batch.inputs
    varied = varied_examples(batch, draws, probability)
    covered = varied
    for axis in (1, 2):
        size = x.shape[axis]
        center = per_example(draws.uniform(batch.mask.shape), x)
        shape = [size if place == axis else 1 for place in range(x.ndim)]
        positions = ((jnp.arange(size) + 0.5) / size).reshape(shape)
        covered = covered & (jnp.abs(positions - center) < size_fraction / 2)
    mean = x.mean((1, 2), keepdims=True)
    return batch._replace(inputs=jnp.where(covered, mean, x))

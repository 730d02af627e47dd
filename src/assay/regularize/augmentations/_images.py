"""Augmentations of images that move no pixel, or mirror them."""

import jax
import jax.numpy as jnp

from assay.regularize.augmentations._augmentation import (
    Augmentation,
    Batch,
    Draws,
    chosen,
    per_example,
)

__all__ = [
    "BRIGHTNESS",
    "CONTRAST",
    "CUTOUT",
    "HORIZONTAL_FLIP",
    "VERTICAL_FLIP",
    "brightness",
    "contrast",
    "cutout",
    "horizontal_flip",
    "vertical_flip",
]

_IMAGE = 3
Number = jax.Array | float


def _signed(draws: Draws, batch: Batch, strength: Number) -> jax.Array:
    """Return (n, 1, …) uniform on [-strength, strength)."""
    uniform = draws.uniform(batch.mask.shape)
    return per_example(strength * (2 * uniform - 1), batch.inputs)


def horizontal_flip(batch: Batch, draws: Draws, *, probability: Number = 0.5) -> Batch:
    """Mirror left and right.

    For photographs; not where left and right differ in meaning, as in letters.

        y[row, column] = x[row, width - 1 - column]

    Args:
        batch: inputs (n, height, width, channels).
        draws: random numbers.
        probability: in [0, 1], share of the examples that are mirrored.

    Returns:
        The batch; pixels are only moved, so every mean is preserved.

    Example:
        >>> images = jnp.arange(3.0).reshape(1, 1, 3, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> horizontal_flip(batch, draws, probability=1.0).inputs.ravel().tolist()
        [2.0, 1.0, 0.0]

    References:
        Krizhevsky et al., 2012, "ImageNet classification with deep convolutional
        neural networks", section 4.1.
    """
    x = batch.inputs
    flipped = jnp.where(chosen(batch, draws, probability), x[:, :, ::-1], x)
    return batch._replace(inputs=flipped)


HORIZONTAL_FLIP = Augmentation(
    "horizontal_flip",
    "y[row, column] = x[row, width - 1 - column]",
    {"probability": 0.5},
    (_IMAGE,),
    horizontal_flip,
)


def vertical_flip(batch: Batch, draws: Draws, *, probability: Number = 0.5) -> Batch:
    """Turn upside down by mirroring.

    For images without an up and down: microscopes, satellites, textures.

        y[row, column] = x[height - 1 - row, column]

    Args:
        batch: inputs (n, height, width, channels).
        draws: random numbers.
        probability: in [0, 1], share of the examples that are mirrored.

    Returns:
        The batch; pixels are only moved, so every mean is preserved.

    Example:
        >>> images = jnp.arange(3.0).reshape(1, 3, 1, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> vertical_flip(batch, draws, probability=1.0).inputs.ravel().tolist()
        [2.0, 1.0, 0.0]

    References:
        Shorten and Khoshgoftaar, 2019, "A survey on image data augmentation for deep
        learning".
    """
    x = batch.inputs
    flipped = jnp.where(chosen(batch, draws, probability), x[:, ::-1], x)
    return batch._replace(inputs=flipped)


VERTICAL_FLIP = Augmentation(
    "vertical_flip",
    "y[row, column] = x[height - 1 - row, column]",
    {"probability": 0.5},
    (_IMAGE,),
    vertical_flip,
)


def brightness(
    batch: Batch, draws: Draws, *, strength: Number = 0.1, probability: Number = 1.0
) -> Batch:
    """Add one random number to a whole image.

    For light that changes from one picture to the next.

        y = x + b,  b uniform on [-strength, strength)

    Args:
        batch: inputs (n, height, width, channels).
        draws: random numbers.
        strength: >= 0, in the units of the prepared inputs.
        probability: in [0, 1], share of the examples that are changed.

    Returns:
        The batch; each mean is preserved in expectation.

    Example:
        >>> batch = Batch(jnp.zeros((2, 3, 3, 1)), jnp.zeros(2), jnp.ones(2))
        >>> from assay.nn import Draws
        >>> y = brightness(batch, Draws(jax.random.key(0)), strength=0.5).inputs
        >>> bool((abs(y) <= 0.5).all()), float(y[0].std())
        (True, 0.0)

    References:
        Howard, 2013, "Some improvements on deep convolutional neural network based
        image classification".
    """
    picked = chosen(batch, draws, probability)
    added = jnp.where(picked, _signed(draws, batch, strength), 0)
    return batch._replace(inputs=batch.inputs + added)


BRIGHTNESS = Augmentation(
    "brightness",
    "y = x + b, b uniform on [-strength, strength)",
    {"strength": 0.1, "probability": 1.0},
    (_IMAGE,),
    brightness,
)


def contrast(
    batch: Batch, draws: Draws, *, strength: Number = 0.2, probability: Number = 1.0
) -> Batch:
    """Stretch an image's values about their mean by a random factor.

    For exposure that changes from one picture to the next.

        y = mean + c (x - mean),  c uniform on [1 - strength, 1 + strength)

    Args:
        batch: inputs (n, height, width, channels).
        draws: random numbers.
        strength: in [0, 1].
        probability: in [0, 1], share of the examples that are changed.

    Returns:
        The batch; the mean of each image is preserved.

    Example:
        >>> images = jnp.array([1.0, 3.0]).reshape(1, 1, 2, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> y = contrast(batch, Draws(jax.random.key(0)), strength=0.5).inputs
        >>> float(y.mean().round(3)), bool(y[0, 0, 0, 0] != 1)
        (2.0, True)

    References:
        Howard, 2013, "Some improvements on deep convolutional neural network based
        image classification".
    """
    x = batch.inputs
    mean = x.mean((1, 2, 3), keepdims=True)
    picked = chosen(batch, draws, probability)
    change = jnp.where(picked, _signed(draws, batch, strength), 0)
    return batch._replace(inputs=x + change * (x - mean))


CONTRAST = Augmentation(
    "contrast",
    "y = mean + c·(x - mean), c uniform on [1 - strength, 1 + strength)",
    {"strength": 0.2, "probability": 1.0},
    (_IMAGE,),
    contrast,
)


def cutout(
    batch: Batch,
    draws: Draws,
    *,
    size_fraction: Number = 0.25,
    probability: Number = 1.0,
) -> Batch:
    """Cover a rectangle of each image by the image's mean.

    So that no single detail decides. The center lies anywhere in the image, so the
    rectangle may reach beyond its border.

        y = mean where |row - r| < size_fraction height / 2 and
        |column - c| < size_fraction width / 2, else x

    Args:
        batch: inputs (n, height, width, channels).
        draws: random numbers.
        size_fraction: in [0, 1], side of the rectangle as a share of the image's.
        probability: in [0, 1], share of the examples that are covered.

    Returns:
        The batch; what is covered has the mean of its image and channel.

    Example:
        >>> images = jnp.arange(64.0).reshape(1, 8, 8, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> y = cutout(batch, Draws(jax.random.key(1)), size_fraction=0.5).inputs
        >>> 4 <= int((y == images.mean()).sum()) <= 16
        True

    References:
        DeVries and Taylor, 2017, "Improved regularization of convolutional neural
        networks with cutout".
    """
    x = batch.inputs
    picked = chosen(batch, draws, probability)
    covered = picked
    for axis in (1, 2):
        size = x.shape[axis]
        center = per_example(draws.uniform(batch.mask.shape), x)
        shape = [size if place == axis else 1 for place in range(x.ndim)]
        places = ((jnp.arange(size) + 0.5) / size).reshape(shape)
        covered = covered & (jnp.abs(places - center) < size_fraction / 2)
    mean = x.mean((1, 2), keepdims=True)
    return batch._replace(inputs=jnp.where(covered, mean, x))


CUTOUT = Augmentation(
    "cutout",
    "y = mean in a rectangle of size_fraction of each side, else x",
    {"size_fraction": 0.25, "probability": 1.0},
    (_IMAGE,),
    cutout,
)

"""Augmentations that move the pixels of images."""

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

__all__ = ["rotate", "shift"]

_IMAGE = 3


def _pixels(images: jax.Array, rows: jax.Array, columns: jax.Array) -> jax.Array:
    """Return the pixels (n, h, w, channels) at integer positions.

    Positions outside the image are clipped to the nearest border pixel.

    Args:
        images: (n, height, width, channels).
        rows: row indices that broadcast to (n, h, w).
        columns: column indices that broadcast to (n, h, w).
    """
    n, height, width, channels = images.shape
    rows = jnp.clip(rows, 0, height - 1).astype(jnp.int32)
    columns = jnp.clip(columns, 0, width - 1).astype(jnp.int32)
    indices = rows * width + columns
    flat = images.reshape(n, height * width, channels)
    examples = jnp.arange(n).reshape(n, 1, 1)
    return flat.at[examples, indices].get(mode="promise_in_bounds")


@implements(spec.Shift, ranks=(_IMAGE,))
def shift(
    batch: Batch, draws: Draws, *, max_fraction: Number, probability: Number
) -> Batch:
    """Shift an image by whole pixels, vertically and horizontally.

    Args:
        batch: inputs (n, height, width, channels).
        draws: source of random numbers.
        max_fraction: largest shift, as a fraction of the image's side length.
        probability: probability that an example is shifted.

    Returns:
        The new batch.

    Example:
        >>> images = jnp.arange(16.0).reshape(1, 4, 4, 1)
        >>> batch = Batch(images, jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = shift(batch, draws, max_fraction=0.5, probability=1.0).inputs
        >>> set(y.ravel().tolist()) < set(range(16))
        True
    """
    x = batch.inputs
    varied = varied_examples(batch, draws, probability)[..., 0]  # (n, 1, 1)

    def moved(size: int) -> jax.Array:
        most = jnp.floor(max_fraction * size + 1e-4)  # makes 0.1 * 30 equal 3
        move = jnp.floor(draws.uniform(batch.mask.shape) * (2 * most + 1)) - most
        return jnp.where(varied, per_example(move, varied), 0)

    rows = jnp.arange(x.shape[1]).reshape(1, -1, 1) - moved(x.shape[1])
    columns = jnp.arange(x.shape[2]).reshape(1, 1, -1) - moved(x.shape[2])
    return batch._replace(inputs=_pixels(x, rows, columns))


@implements(spec.Rotate, ranks=(_IMAGE,))
def rotate(
    batch: Batch, draws: Draws, *, max_degrees: Number, probability: Number
) -> Batch:
    """Rotate an image about its center by a random angle.

    Args:
        batch: inputs (n, height, width, channels).
        draws: source of random numbers.
        max_degrees: largest angle in either direction.
        probability: probability that an example is rotated.

    Returns:
        The new batch.

    Example:
        >>> batch = Batch(jnp.ones((2, 5, 5, 1)), jnp.zeros(2), jnp.ones(2))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = rotate(batch, draws, max_degrees=45.0, probability=1.0).inputs
        >>> float(abs(y - 1).max().round(5))
        0.0
    """
    x = batch.inputs
    height, width = x.shape[1:3]
    varied = varied_examples(batch, draws, probability)[..., 0]  # (n, 1, 1)
    turn = per_example(2 * draws.uniform(batch.mask.shape) - 1, varied)
    angle = jnp.where(varied, turn * jnp.deg2rad(max_degrees), 0)
    cosine, sine = jnp.cos(angle), jnp.sin(angle)
    down = (jnp.arange(height) - (height - 1) / 2).reshape(1, -1, 1)
    right = (jnp.arange(width) - (width - 1) / 2).reshape(1, 1, -1)
    rows = cosine * down + sine * right + (height - 1) / 2
    columns = cosine * right - sine * down + (width - 1) / 2
    return batch._replace(inputs=_between(x, rows, columns))


def _between(images: jax.Array, rows: jax.Array, columns: jax.Array) -> jax.Array:
    """Sample images (n, height, width, channels) at fractional positions (n, h, w)."""
    rows = jnp.clip(rows, 0, images.shape[1] - 1)
    columns = jnp.clip(columns, 0, images.shape[2] - 1)
    top, left = jnp.floor(rows), jnp.floor(columns)
    lower, right = (rows - top)[..., None], (columns - left)[..., None]  # weights
    upper_row = (1 - right) * _pixels(images, top, left)
    upper_row += right * _pixels(images, top, left + 1)
    lower_row = (1 - right) * _pixels(images, top + 1, left)
    lower_row += right * _pixels(images, top + 1, left + 1)
    return (1 - lower) * upper_row + lower * lower_row

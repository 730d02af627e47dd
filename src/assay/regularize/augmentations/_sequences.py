"""Augmentations that move a sequence along its time."""

import jax
import jax.numpy as jnp

from assay.regularize.augmentations._augmentation import (
    Augmentation,
    Batch,
    Draws,
    chosen,
    per_example,
)

__all__ = ["TIME_CROP", "TIME_SHIFT", "time_crop", "time_shift"]

_SEQUENCE = 2
Number = jax.Array | float


def _last_step(batch: Batch) -> jax.Array:
    """Return (n, 1): the last real step of each sequence."""
    steps = batch.inputs.shape[1]
    if batch.lengths is None:
        return jnp.full((batch.inputs.shape[0], 1), steps - 1, jnp.float32)
    return jnp.maximum(batch.lengths[:, None].astype(jnp.float32) - 1, 0)


def _at_times(batch: Batch, times: jax.Array) -> Batch:
    """Return the sequences read at other times (n, steps), between steps linearly.

    Before the first and after the last real step the value there goes on; what pads a
    sequence stays as it is.
    """
    x, last = batch.inputs, _last_step(batch)
    times = jnp.clip(times, 0, last)
    before = jnp.floor(times)
    weight = (times - before)[..., None]
    examples = jnp.arange(x.shape[0])[:, None]

    def read(places: jax.Array) -> jax.Array:
        whole = places.astype(jnp.int32)
        return x.at[examples, whole].get(mode="promise_in_bounds")

    moved = (1 - weight) * read(before)
    moved += weight * read(jnp.minimum(before + 1, last))
    if batch.lengths is None:
        return batch._replace(inputs=moved)
    real = (jnp.arange(x.shape[1]) <= last)[..., None]
    return batch._replace(inputs=jnp.where(real, moved, x))


def time_shift(
    batch: Batch, draws: Draws, *, max_fraction: Number = 0.1, probability: Number = 1.0
) -> Batch:
    """Move a sequence to earlier or later by whole steps.

    For recordings whose start is arbitrary. The first or last value is repeated where
    nothing is left; the length stays.

        y[t] = x[t - s],  s uniform over the whole numbers up to max_fraction length

    Args:
        batch: inputs (n, steps, channels).
        draws: random numbers.
        max_fraction: in [0, 1], largest move as a share of the length.
        probability: in [0, 1], share of the examples that are moved.

    Returns:
        The batch.

    Example:
        >>> batch = Batch(jnp.arange(8.0).reshape(1, 8, 1), jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> y = time_shift(batch, Draws(jax.random.key(0)), max_fraction=0.5).inputs
        >>> set(y.ravel().tolist()) <= set(range(8))
        True

    References:
        Iwana and Uchida, 2021, "An empirical survey of data augmentation for time
        series classification with neural networks".
    """
    picked = chosen(batch, draws, probability)[..., 0]
    most = jnp.floor(max_fraction * (_last_step(batch) + 1) + 1e-4)
    uniform = per_example(draws.uniform(batch.mask.shape), picked)
    move = jnp.where(picked, jnp.floor(uniform * (2 * most + 1)) - most, 0)
    return _at_times(batch, jnp.arange(batch.inputs.shape[1]) - move)


TIME_SHIFT = Augmentation(
    "time_shift",
    "y[t] = x[t - s], |s| <= max_fraction·length",
    {"max_fraction": 0.1, "probability": 1.0},
    (_SEQUENCE,),
    time_shift,
)


def time_crop(
    batch: Batch, draws: Draws, *, min_fraction: Number = 0.8, probability: Number = 1.0
) -> Batch:
    """Take a window of a sequence and stretch it to the whole length.

    For what may happen faster or slower, and need not be seen whole. Between steps it
    interpolates.

        y[t] = x(a + f t),  f uniform on [min_fraction, 1),
        a uniform on [0, (1 - f) (length - 1))

    Args:
        batch: inputs (n, steps, channels).
        draws: random numbers.
        min_fraction: in (0, 1], least share of the length that a window has.
        probability: in [0, 1], share of the examples that are cropped.

    Returns:
        The batch.

    Example:
        >>> batch = Batch(jnp.arange(8.0).reshape(1, 8, 1), jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> y = time_crop(batch, Draws(jax.random.key(0)), min_fraction=0.5).inputs
        >>> 3.5 <= float(y[0, -1, 0] - y[0, 0, 0]) < 7
        True

    References:
        Le Guennec et al., 2016, "Data augmentation for time series classification
        using convolutional neural networks" (window slicing).
    """
    picked = chosen(batch, draws, probability)[..., 0]
    uniform = per_example(draws.uniform(batch.mask.shape), picked)
    share = jnp.where(picked, min_fraction + (1 - min_fraction) * uniform, 1)
    free = (1 - share) * _last_step(batch)
    start = free * per_example(draws.uniform(batch.mask.shape), picked)
    return _at_times(batch, start + share * jnp.arange(batch.inputs.shape[1]))


TIME_CROP = Augmentation(
    "time_crop",
    "y[t] = x(a + f·t), f uniform on [min_fraction, 1)",
    {"min_fraction": 0.8, "probability": 1.0},
    (_SEQUENCE,),
    time_crop,
)

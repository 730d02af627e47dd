"""Augmentations that move or stretch sequences in time."""

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

__all__ = ["time_crop", "time_shift"]

_SEQUENCE = 2


def _last_step(batch: Batch) -> jax.Array:
    """Return the index (n, 1) of each sequence's last step, excluding padding."""
    steps = batch.inputs.shape[1]
    if batch.lengths is None:
        return jnp.full((batch.inputs.shape[0], 1), steps - 1, jnp.float32)
    return jnp.maximum(batch.lengths[:, None].astype(jnp.float32) - 1, 0)


def _at_times(batch: Batch, times: jax.Array) -> Batch:
    """Interpolate the sequences linearly at times (n, steps).

    Times outside the sequence are clipped to the first or last step.
    Padding is not changed.
    """
    x, last = batch.inputs, _last_step(batch)
    times = jnp.clip(times, 0, last)
    before = jnp.floor(times)
    weight = (times - before)[..., None]
    examples = jnp.arange(x.shape[0])[:, None]

    def read(positions: jax.Array) -> jax.Array:
        whole = positions.astype(jnp.int32)
        return x.at[examples, whole].get(mode="promise_in_bounds")

    moved = (1 - weight) * read(before)
    moved += weight * read(jnp.minimum(before + 1, last))
    if batch.lengths is None:
        return batch._replace(inputs=moved)
    real = (jnp.arange(x.shape[1])[None] <= last)[..., None]
    return batch._replace(inputs=jnp.where(real, moved, x))


@implements(spec.TimeShift, ranks=(_SEQUENCE,))
def time_shift(
    batch: Batch, draws: Draws, *, max_fraction: Number, probability: Number
) -> Batch:
    """Shift a sequence earlier or later by whole steps.

    Args:
        batch: inputs (n, steps, channels).
        draws: source of random numbers.
        max_fraction: largest shift as a fraction of the length.
        probability: probability that an example is shifted.

    Returns:
        The new batch.

    Example:
        >>> batch = Batch(jnp.arange(8.0).reshape(1, 8, 1), jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = time_shift(batch, draws, max_fraction=0.5, probability=1.0).inputs
        >>> set(y.ravel().tolist()) <= set(range(8))
        True
    """
    varied = varied_examples(batch, draws, probability)[..., 0]
    # Without 1e-4, float32 may round down a product that should be a whole number.
    most = jnp.floor(max_fraction * (_last_step(batch) + 1) + 1e-4)
    uniform = per_example(draws.uniform(batch.mask.shape), varied)
    move = jnp.where(varied, jnp.floor(uniform * (2 * most + 1)) - most, 0)
    return _at_times(batch, jnp.arange(batch.inputs.shape[1])[None] - move)


@implements(spec.TimeCrop, ranks=(_SEQUENCE,))
def time_crop(
    batch: Batch, draws: Draws, *, min_fraction: Number, probability: Number
) -> Batch:
    """Crop a window from a sequence and stretch it to the full length.

    Args:
        batch: inputs (n, steps, channels).
        draws: source of random numbers.
        min_fraction: length of the shortest window, as a fraction of the sequence
            length.
        probability: probability that an example is cropped.

    Returns:
        The new batch.

    Example:
        >>> batch = Batch(jnp.arange(8.0).reshape(1, 8, 1), jnp.zeros(1), jnp.ones(1))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = time_crop(batch, draws, min_fraction=0.5, probability=1.0).inputs
        >>> 3.5 <= float(y[0, -1, 0] - y[0, 0, 0]) < 7
        True
    """
    varied = varied_examples(batch, draws, probability)[..., 0]
    uniform = per_example(draws.uniform(batch.mask.shape), varied)
    share = jnp.where(varied, min_fraction + (1 - min_fraction) * uniform, 1)
    free = (1 - share) * _last_step(batch)
    start = free * per_example(draws.uniform(batch.mask.shape), varied)
    return _at_times(batch, start + share * jnp.arange(batch.inputs.shape[1])[None])

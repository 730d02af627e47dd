"""Mixup, which interpolates between pairs of examples and their targets."""

import jax
import jax.numpy as jnp

from assay import spec
from assay.regularize.augmentations._augmentation import (
    Batch,
    Draws,
    Number,
    implements,
    per_example,
)

__all__ = ["mixup"]


@implements(spec.Mixup, ranks=(1, 2, 3, 4), mixes_targets=True)
def mixup(batch: Batch, draws: Draws, *, alpha: Number, probability: Number) -> Batch:
    """Mix each example and its target with the next example in the batch.

    Batches are in random order, so the next example is a random partner. A batch with
    only one row is not changed. Sequences keep their lengths.

    Args:
        batch: inputs (n, ...); targets are numbers, probabilities or distributions.
        draws: source of random numbers.
        alpha: parameter of the Beta(alpha, alpha) distribution of the mixing weights.
            Larger values give more even mixtures; 1 gives uniform weights.
        probability: probability that an example is mixed.

    Returns:
        The new batch, with the means of inputs and targets preserved in expectation.

    Example:
        >>> batch = Batch(jnp.array([[0.0], [1.0]]), jnp.array([0.0, 1.0]), jnp.ones(2))
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> mixed = mixup(batch, draws, alpha=0.2, probability=1.0)
        >>> bool((mixed.inputs[:, 0] == mixed.targets).all())
        True
    """
    rows = jnp.arange(batch.mask.shape[0])
    count = batch.mask.sum().astype(jnp.int32)
    other = jnp.where(rows + 1 < count, rows + 1, 0)
    other = jnp.where(rows < count, other, rows)
    varied = draws.uniform(rows.shape) < probability
    share = jnp.where(varied, _beta(draws, rows.shape, alpha), 1)

    def mixed(values: jax.Array) -> jax.Array:
        others = values.at[other].get(mode="promise_in_bounds")
        # In this form, a share of 1 leaves the values exactly unchanged.
        return values + per_example(1 - share, values) * (others - values)

    return batch._replace(inputs=mixed(batch.inputs), targets=mixed(batch.targets))


def _beta(draws: Draws, shape: tuple[int, ...], alpha: Number) -> jax.Array:
    """Draw exact samples from Beta(alpha, alpha) without a loop.

    For uniform U and V, T = sqrt(2 alpha (U^(-1 / alpha) - 1)) cos(2 pi V) follows
    Student's t with 2 alpha degrees of freedom, and (1 + T / sqrt(2 alpha + T^2)) / 2
    follows Beta(alpha, alpha).
    """
    cosine = jnp.cos(2 * jnp.pi * draws.uniform(shape))
    spread = (1 - draws.uniform(shape)) ** (-1 / alpha) - 1  # if inf, the ratio is 1
    ratio = jax.lax.rsqrt(1 + 1 / (spread * jnp.square(cosine)))
    return (1 + jnp.sign(cosine) * ratio) / 2

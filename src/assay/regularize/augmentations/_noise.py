"""Augmentations that change the values of any kind of input."""

import jax.numpy as jnp

from assay import spec
from assay.regularize.augmentations._augmentation import (
    Batch,
    Draws,
    Number,
    implements,
    varied_examples,
)

__all__ = ["jitter", "masking", "scaling"]

_ANY = (1, 2, 3, 4)


@implements(spec.Jitter, ranks=_ANY)
def jitter(
    batch: Batch, draws: Draws, *, strength: Number, probability: Number
) -> Batch:
    """Add random noise to every input value.

    Args:
        batch: inputs (n, ...), standardized.
        draws: source of random numbers.
        strength: standard deviation of the noise.
        probability: probability that an example is changed.

    Returns:
        The new batch. All means are preserved in expectation.

    Example:
        >>> batch = Batch(jnp.zeros((1000, 4)), jnp.zeros(1000), jnp.ones(1000))
        >>> import jax
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = jitter(batch, draws, strength=0.5, probability=1.0).inputs
        >>> round(float(y.std()), 1)
        0.5
    """
    varied = varied_examples(batch, draws, probability)
    added = jnp.where(varied, strength * draws.noise(batch.inputs.shape), 0)
    return batch._replace(inputs=batch.inputs + added)


@implements(spec.Masking, ranks=_ANY)
def masking(batch: Batch, draws: Draws, *, rate: Number, probability: Number) -> Batch:
    """Set random input values to 0, the mean of a standardized feature.

    Args:
        batch: inputs (n, ...), standardized.
        draws: source of random numbers.
        rate: probability that an input value is masked.
        probability: probability that an example is changed.

    Returns:
        The new batch.

    Example:
        >>> batch = Batch(jnp.ones((1000, 4)), jnp.zeros(1000), jnp.ones(1000))
        >>> import jax
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = masking(batch, draws, rate=0.25, probability=1.0).inputs
        >>> round(float(y.mean()), 1)
        0.8
    """
    x = batch.inputs
    varied = varied_examples(batch, draws, probability)
    masked = draws.uniform(x.shape) < rate
    return batch._replace(inputs=jnp.where(varied & masked, 0, x))


@implements(spec.Scaling, ranks=_ANY)
def scaling(
    batch: Batch, draws: Draws, *, strength: Number, probability: Number
) -> Batch:
    """Multiply each channel of an example by a random factor near 1.

    Args:
        batch: inputs (n, ..., channels); in a table, features are channels.
        draws: source of random numbers.
        strength: standard deviation of the factor.
        probability: probability that an example is changed.

    Returns:
        The new batch. All means are preserved in expectation.

    Example:
        >>> batch = Batch(jnp.ones((2, 5, 3)), jnp.zeros(2), jnp.ones(2))
        >>> import jax
        >>> from assay.nn import Draws
        >>> draws = Draws(jax.random.key(0))
        >>> y = scaling(batch, draws, strength=0.5, probability=1.0).inputs
        >>> float(y[0, :, 1].std()), bool(y[0, 0, 0] != y[0, 0, 1])
        (0.0, True)
    """
    x = batch.inputs
    varied = varied_examples(batch, draws, probability)
    shape = (x.shape[0], *[1] * (x.ndim - 2), x.shape[-1])
    factor = jnp.where(varied, 1 + strength * draws.noise(shape), 1)
    return batch._replace(inputs=x * factor)

"""Augmentations of the numbers themselves, for tables and sequences."""

import jax
import jax.numpy as jnp

from assay.regularize.augmentations._augmentation import (
    Augmentation,
    Batch,
    Draws,
    chosen,
)

__all__ = ["JITTER", "MASKING", "SCALING", "jitter", "masking", "scaling"]

_ANY = (1, 2, 3, 4)
Number = jax.Array | float


def jitter(
    batch: Batch, draws: Draws, *, strength: Number = 0.05, probability: Number = 1.0
) -> Batch:
    """Add noise to every number.

    For measurements that carry noise of their own. On a linear model with squared
    error it is, in expectation, L2 regularization.

        y = x + strength e,  e of mean 0 and variance 1

    Args:
        batch: inputs (n, ...), standardized.
        draws: random numbers.
        strength: >= 0, standard deviation of what is added.
        probability: in [0, 1], share of the examples that are changed.

    Returns:
        The batch; each mean is preserved in expectation.

    Example:
        >>> batch = Batch(jnp.zeros((1000, 4)), jnp.zeros(1000), jnp.ones(1000))
        >>> from assay.nn import Draws
        >>> y = jitter(batch, Draws(jax.random.key(0)), strength=0.5).inputs
        >>> round(float(y.std()), 1)
        0.5

    References:
        Bishop, 1995, "Training with noise is equivalent to Tikhonov regularization".
    """
    picked = chosen(batch, draws, probability)
    added = jnp.where(picked, strength * draws.noise(batch.inputs.shape), 0)
    return batch._replace(inputs=batch.inputs + added)


JITTER = Augmentation(
    "jitter",
    "y = x + strength·e, e of mean 0 and variance 1",
    {"strength": 0.05, "probability": 1.0},
    _ANY,
    jitter,
)


def masking(
    batch: Batch, draws: Draws, *, rate: Number = 0.1, probability: Number = 1.0
) -> Batch:
    """Set a share of the numbers to 0, the mean of a standardized feature.

    For models that must not lean on any one number; unlike dropout it does not scale
    up the rest, for a missing number does not make the others larger.

        y = x m,  m in {0, 1},  P(m = 0) = rate

    Args:
        batch: inputs (n, ...), standardized.
        draws: random numbers.
        rate: in [0, 1), share of the numbers that are masked.
        probability: in [0, 1], share of the examples that are changed.

    Returns:
        The batch.

    Example:
        >>> batch = Batch(jnp.ones((1000, 4)), jnp.zeros(1000), jnp.ones(1000))
        >>> from assay.nn import Draws
        >>> y = masking(batch, Draws(jax.random.key(0)), rate=0.25).inputs
        >>> round(float(y.mean()), 1)
        0.8

    References:
        Vincent et al., 2008, "Extracting and composing robust features with denoising
        autoencoders".
    """
    x = batch.inputs
    picked = chosen(batch, draws, probability)
    masked = draws.uniform(x.shape) < rate
    return batch._replace(inputs=jnp.where(picked & masked, 0, x))


MASKING = Augmentation(
    "masking",
    "y = x·m, m in {0, 1}, P(m = 0) = rate",
    {"rate": 0.1, "probability": 1.0},
    _ANY,
    masking,
)


def scaling(
    batch: Batch, draws: Draws, *, strength: Number = 0.1, probability: Number = 1.0
) -> Batch:
    """Multiply each channel of an example by a random factor about 1.

    For sensors whose gain differs, or amounts whose unit wavers.

        y = x (1 + strength e),  e of mean 0 and variance 1 for each channel

    Args:
        batch: inputs (n, ..., channels); in a table each feature is a channel.
        draws: random numbers.
        strength: >= 0, standard deviation of the factor.
        probability: in [0, 1], share of the examples that are changed.

    Returns:
        The batch; each mean is preserved in expectation.

    Example:
        >>> batch = Batch(jnp.ones((2, 5, 3)), jnp.zeros(2), jnp.ones(2))
        >>> from assay.nn import Draws
        >>> y = scaling(batch, Draws(jax.random.key(0)), strength=0.5).inputs
        >>> float(y[0, :, 1].std()), bool(y[0, 0, 0] != y[0, 0, 1])
        (0.0, True)

    References:
        Um et al., 2017, "Data augmentation of wearable sensor data for Parkinson's
        disease monitoring using convolutional neural networks".
    """
    x = batch.inputs
    picked = chosen(batch, draws, probability)
    shape = (x.shape[0], *[1] * (x.ndim - 2), x.shape[-1])
    factor = jnp.where(picked, 1 + strength * draws.noise(shape), 1)
    return batch._replace(inputs=x * factor)


SCALING = Augmentation(
    "scaling",
    "y = x·(1 + strength·e), e of mean 0 and variance 1 for each channel",
    {"strength": 0.1, "probability": 1.0},
    _ANY,
    scaling,
)

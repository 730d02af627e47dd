"""Log-likelihoods: objectives to maximize, log p(target given input, parameters)."""

import math

import jax
import jax.numpy as jnp

from assay.costs._classification import binary_cross_entropy, cross_entropy
from assay.costs._links import class_link, identity, rate
from assay.costs._loss import Loss

__all__ = [
    "GAUSSIAN_LIKELIHOOD",
    "LOG_LIKELIHOOD",
    "POISSON_LIKELIHOOD",
    "gaussian_likelihood",
    "log_likelihood",
    "poisson_likelihood",
]


def log_likelihood(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Take the log probability of the right class; maximum likelihood in its own words.

    Maximizing its mean over the data set is maximizing the sum of log p(y given x),
    and the same training as minimizing cross-entropy, whose negative it is.

        log p = log(p[targets]),  p = sigmoid(outputs) or softmax(outputs)

    Args:
        outputs: (n, 1) logit of class 1, or (n, k) logits, one per class.
        targets: (n,) classes, or probabilities as the cross-entropies take them.

    Returns:
        (n,) log probabilities <= 0.

    Example:
        >>> float(log_likelihood(jnp.array([[0.0, 0.0]]), jnp.array([1]))[0])
        -0.6931...

    References:
        Goodfellow et al., Deep Learning, 2016, section 5.5.
    """
    if outputs.shape[-1] == 1:
        return -binary_cross_entropy(outputs, targets)
    return -cross_entropy(outputs, targets)


LOG_LIKELIHOOD = Loss(
    name="log_likelihood",
    formula="log p[targets], p = softmax(outputs), or sigmoid(outputs) of one output",
    direction="maximize",
    tasks=("binary", "multiclass"),
    loss=log_likelihood,
    link=class_link,
    num_outputs=lambda num_classes: 1 if num_classes <= 2 else num_classes,
)


def gaussian_likelihood(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Take the log density of a normal distribution whose variance is learned too.

    For regression whose noise differs from point to point: the model says how sure
    it is. A log variance needs no constraint.

        log p = -(log(2 pi) + s + (targets - mean)**2 * exp(-s)) / 2,
        mean = outputs[0], s = outputs[1]

    Args:
        outputs: (n, 2) mean and log variance.
        targets: (n,) numbers.

    Returns:
        (n,) log densities.

    Example:
        >>> float(gaussian_likelihood(jnp.array([[1.0, 0.0]]), jnp.array([1.0]))[0])
        -0.9189...

    References:
        Nix and Weigend, Estimating the Mean and Variance of the Target Probability
        Distribution, 1994.
    """
    mean, log_variance = outputs[..., 0], outputs[..., 1]
    squares = jnp.square(targets - mean) * jnp.exp(-log_variance)
    return -0.5 * (math.log(2 * math.pi) + log_variance + squares)


GAUSSIAN_LIKELIHOOD = Loss(
    name="gaussian_likelihood",
    formula="-(log 2π + s + (targets - mean)²·exp(-s))/2, (mean, s) = outputs",
    direction="maximize",
    tasks=("regression",),
    loss=gaussian_likelihood,
    link=identity,
    num_outputs=lambda num_classes: 2,
)


def poisson_likelihood(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Take the log probability of a count under a Poisson distribution.

    For targets that count events (0, 1, 2, ...), whose variance grows with their
    mean. A log rate needs no constraint. Counts must not be standardized.

        log p = targets * z - exp(z) - log(targets!),  z = outputs

    Args:
        outputs: (n, 1) log rates.
        targets: (n,) counts >= 0.

    Returns:
        (n,) log probabilities <= 0.

    Example:
        >>> float(poisson_likelihood(jnp.array([[0.0]]), jnp.array([1.0]))[0])
        -1.0

    References:
        McCullagh and Nelder, Generalized Linear Models, 1989, chapter 6.
    """
    log_rate, counts = outputs[..., 0], targets.astype(outputs.dtype)
    return counts * log_rate - jnp.exp(log_rate) - jax.lax.lgamma(counts + 1)


POISSON_LIKELIHOOD = Loss(
    name="poisson_likelihood",
    formula="targets·z - exp(z) - log(targets!), z = outputs",
    direction="maximize",
    tasks=("regression",),
    loss=poisson_likelihood,
    link=rate,
    num_outputs=lambda num_classes: 1,
    standardize=False,
)

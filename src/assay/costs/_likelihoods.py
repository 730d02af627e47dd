"""Log-likelihoods log p(target | input, parameters), which are maximized."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Num

from assay import spec
from assay.costs._cross_entropy import binary_cross_entropy, cross_entropy
from assay.costs._links import class_link, identity, rate
from assay.costs._loss import implements

__all__ = ["gaussian_likelihood", "log_likelihood", "poisson_likelihood"]


@implements(
    spec.LogLikelihood,
    tasks=("binary", "multiclass"),
    link=class_link,
    direction="maximize",
    num_outputs=lambda num_classes: 1 if num_classes <= 2 else num_classes,
)
def log_likelihood(
    outputs: Float[Array, "*n k"],
    targets: Num[Array, "*n"] | Float[Array, "*n k"],
) -> Float[Array, "*n"]:
    """Compute the log probability of the correct class.

    Args:
        outputs: (n, 1) logit of class 1, or (n, k) logits, one per class.
        targets: (n,) classes, or probabilities as in `cross_entropy` and
            `binary_cross_entropy`.

    Returns:
        (n,) log probabilities <= 0.

    Example:
        >>> float(log_likelihood(jnp.array([[0.0, 0.0]]), jnp.array([1]))[0])
        -0.6931...
    """
    if outputs.shape[-1] == 1:
        return -binary_cross_entropy(outputs, targets)
    return -cross_entropy(outputs, targets)


@implements(
    spec.GaussianLikelihood,
    tasks=("regression",),
    link=identity,
    direction="maximize",
    num_outputs=lambda num_classes: 2,
)
def gaussian_likelihood(
    outputs: Float[Array, "*n 2"], targets: Num[Array, "*n"]
) -> Float[Array, "*n"]:
    """Compute the log density of a Gaussian with learned mean and variance.

    Args:
        outputs: (n, 2) mean and log variance.
        targets: (n,) numbers.

    Returns:
        (n,) log densities.

    Example:
        >>> float(gaussian_likelihood(jnp.array([[1.0, 0.0]]), jnp.array([1.0]))[0])
        -0.9189...
    """
    mean, log_variance = outputs[..., 0], outputs[..., 1]
    squares = jnp.square(targets - mean) * jnp.exp(-log_variance)
    return -0.5 * (math.log(2 * math.pi) + log_variance + squares)


@implements(
    spec.PoissonLikelihood,
    tasks=("regression",),
    link=rate,
    direction="maximize",
    standardize=False,
)
def poisson_likelihood(
    outputs: Float[Array, "*n 1"], targets: Num[Array, "*n"]
) -> Float[Array, "*n"]:
    """Compute the log probability of a count under a Poisson distribution.

    Args:
        outputs: (n, 1) log rates.
        targets: (n,) counts >= 0.

    Returns:
        (n,) log probabilities <= 0.

    Example:
        >>> float(poisson_likelihood(jnp.array([[0.0]]), jnp.array([1.0]))[0])
        -1.0
    """
    log_rate, counts = outputs[..., 0], targets.astype(outputs.dtype)
    return counts * log_rate - jnp.exp(log_rate) - jax.lax.lgamma(counts + 1)

"""Schedules that start at the full rate and never increase it."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from assay import spec
from assay.optim._scalar import Scalar
from assay.optim.schedules._schedule import Iteration, implements, progress_of

__all__ = [
    "constant",
    "cosine",
    "exponential",
    "flat_cosine",
    "linear",
    "polynomial",
    "step",
]


@implements(spec.Constant)
def constant(iteration: Iteration, total_iterations: Scalar) -> Float[Array, "*n"]:
    """Keep the learning rate constant.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> float(constant(7, 10))
        1.0
    """
    return jnp.ones_like(progress_of(iteration, total_iterations))


@implements(spec.Step)
def step(
    iteration: Iteration, total_iterations: Scalar, *, drop_every: Scalar, decay: Scalar
) -> Float[Array, "*n"]:
    """Drop the learning rate at regular intervals.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        drop_every: fraction of training between drops.
        decay: factor by which each drop multiplies the rate.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> [float(step(i, 10, drop_every=0.5, decay=0.25)) for i in (0, 4, 5)]
        [1.0, 1.0, 0.25]
    """
    # Use integers, because a float32 quotient may round down and delay a drop.
    length = jnp.maximum(jnp.round(drop_every * total_iterations), 1)
    num_drops = jnp.asarray(iteration, jnp.int32) // length.astype(jnp.int32)
    return decay ** num_drops.astype(length.dtype)


@implements(spec.Exponential)
def exponential(
    iteration: Iteration, total_iterations: Scalar, *, final_fraction: Scalar
) -> Float[Array, "*n"]:
    """Reduce the learning rate by a constant factor at each iteration.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        final_fraction: fraction of the rate that remains at the end.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> round(float(exponential(5, 10, final_fraction=0.01)), 4)
        0.1
    """
    return final_fraction ** progress_of(iteration, total_iterations)


@implements(spec.Linear)
def linear(
    iteration: Iteration, total_iterations: Scalar, *, final_fraction: Scalar
) -> Float[Array, "*n"]:
    """Reduce the learning rate by a constant amount at each iteration.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        final_fraction: fraction of the rate that remains at the end.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> float(linear(5, 10, final_fraction=0.0))
        0.5
    """
    return 1 - (1 - final_fraction) * progress_of(iteration, total_iterations)


@implements(spec.Polynomial)
def polynomial(
    iteration: Iteration,
    total_iterations: Scalar,
    *,
    power: Scalar,
    final_fraction: Scalar,
) -> Float[Array, "*n"]:
    """Reduce the learning rate as a power of the remaining fraction of training.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        power: exponent; 1 is equivalent to `linear`, and larger exponents reduce the
            rate earlier.
        final_fraction: fraction of the rate that remains at the end.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> float(polynomial(5, 10, power=2.0, final_fraction=0.0))
        0.25
    """
    rest = 1 - progress_of(iteration, total_iterations)
    return final_fraction + (1 - final_fraction) * rest**power


@implements(spec.Cosine)
def cosine(
    iteration: Iteration, total_iterations: Scalar, *, final_fraction: Scalar
) -> Float[Array, "*n"]:
    """Reduce the learning rate along half a period of a cosine.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        final_fraction: fraction of the rate that remains at the end.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> [round(float(cosine(i, 10, final_fraction=0.0)), 4) for i in (0, 5, 10)]
        [1.0, 0.5, 0.0]
    """
    half = (1 + jnp.cos(jnp.pi * progress_of(iteration, total_iterations))) / 2
    return final_fraction + (1 - final_fraction) * half


@implements(spec.FlatCosine)
def flat_cosine(
    iteration: Iteration,
    total_iterations: Scalar,
    *,
    flat_fraction: Scalar,
    final_fraction: Scalar,
) -> Float[Array, "*n"]:
    """Keep the rate constant, then reduce it along half a period of a cosine.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        flat_fraction: fraction of training during which the factor is 1.
        final_fraction: factor at the end.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> at = jnp.array([0, 5, 8, 10])
        >>> factors = flat_cosine(at, 10, flat_fraction=0.6, final_fraction=0.0)
        >>> [round(float(factor), 4) for factor in factors]
        [1.0, 1.0, 0.5, 0.0]
    """
    num_flat = flat_fraction * total_iterations
    # Before the decrease starts, progress_of returns 0, so the cosine factor is 1.
    return cosine(
        jnp.subtract(iteration, num_flat),
        total_iterations - num_flat,
        final_fraction=final_fraction,
    )

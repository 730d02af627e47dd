"""Schedules that begin with a warm-up."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from assay import spec
from assay.optim._scalar import Scalar
from assay.optim.schedules._decays import cosine
from assay.optim.schedules._schedule import Iteration, implements, progress_of

__all__ = ["one_cycle", "warmup", "warmup_cosine"]


@implements(spec.Warmup)
def warmup(
    iteration: Iteration, total_iterations: Scalar, *, warmup_fraction: Scalar
) -> Float[Array, "*n"]:
    """Increase the rate linearly to its full value, then keep it constant.

    Args:
        iteration: () or (n,), zero-based iteration numbers. The factor at iteration 0
            is positive.
        total_iterations: > 0, total number of training iterations.
        warmup_fraction: fraction of training during which the rate rises.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> [float(warmup(i, 10, warmup_fraction=0.3)) for i in range(5)]
        [0.25, 0.5, 0.75, 1.0, 1.0]
    """
    rise = jnp.add(iteration, 1) / (warmup_fraction * total_iterations + 1)
    return jnp.minimum(rise, 1)


@implements(spec.WarmupCosine)
def warmup_cosine(
    iteration: Iteration,
    total_iterations: Scalar,
    *,
    warmup_fraction: Scalar,
    final_fraction: Scalar,
) -> Float[Array, "*n"]:
    """Increase the rate as in `warmup`, then reduce it along half a period of a cosine.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        warmup_fraction: fraction of training during which the rate rises.
        final_fraction: fraction of the rate that remains at the end.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> at = jnp.array([0, 4, 7, 10])
        >>> factors = warmup_cosine(at, 10, warmup_fraction=0.4, final_fraction=0.0)
        >>> [round(float(factor), 4) for factor in factors]
        [0.2, 1.0, 0.5, 0.0]
    """
    num_warmup = warmup_fraction * total_iterations
    # Before the decrease starts, progress_of returns 0, so the cosine factor is 1.
    fall = cosine(
        jnp.subtract(iteration, num_warmup),
        total_iterations - num_warmup,
        final_fraction=final_fraction,
    )
    rise = warmup(iteration, total_iterations, warmup_fraction=warmup_fraction)
    return rise * fall


@implements(spec.OneCycle)
def one_cycle(
    iteration: Iteration,
    total_iterations: Scalar,
    *,
    peak_fraction: Scalar,
    initial_fraction: Scalar,
    final_fraction: Scalar,
) -> Float[Array, "*n"]:
    """Increase the rate along half a period of a cosine, then reduce it to almost 0.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        peak_fraction: fraction of training after which the full rate is reached.
        initial_fraction: initial rate as a fraction of the full rate.
        final_fraction: final rate as a fraction of the full rate.

    Returns:
        Factors with the same shape as `iteration`.

    Example:
        >>> ends = {"initial_fraction": 0.04, "final_fraction": 4e-6}
        >>> factors = one_cycle(jnp.array([0, 3, 10]), 10, peak_fraction=0.3, **ends)
        >>> [round(float(factor), 4) for factor in factors]
        [0.04, 1.0, 0.0]
    """
    progress = progress_of(iteration, total_iterations)
    rising = progress < peak_fraction
    length = jnp.where(rising, peak_fraction, 1 - peak_fraction)
    part = jnp.where(rising, progress, progress - peak_fraction) / length
    low = jnp.where(rising, initial_fraction, final_fraction)
    # The decrease mirrors the rise, from 1 at the peak to `low` at the end.
    height = jnp.where(rising, part, 1 - part)
    return low + (1 - low) * (1 - jnp.cos(jnp.pi * height)) / 2

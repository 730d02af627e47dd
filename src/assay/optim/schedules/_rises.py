"""Schedules that rise first."""

import jax
import jax.numpy as jnp

from assay.optim.schedules._decays import cosine
from assay.optim.schedules._schedule import Number, Schedule, progress_of

__all__ = [
    "ONE_CYCLE",
    "WARMUP",
    "WARMUP_COSINE",
    "one_cycle",
    "warmup",
    "warmup_cosine",
]


def warmup(
    iteration: Number, total_iterations: Number, *, warmup_fraction: Number = 0.1
) -> jax.Array:
    """Start with small steps and keep the full rate once it is reached.

    For adaptive optimizers, whose means are poor at first, and for large batches.

        factor = min(1, (iteration + 1) / (warmup_iterations + 1)),
        warmup_iterations = warmup_fraction * total_iterations

    Args:
        iteration: () or (n,), from 0; even the first takes a step.
        total_iterations: > 0.
        warmup_fraction: in [0, 1), the part of the training to rise in.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> [float(warmup(i, 10, warmup_fraction=0.3)) for i in range(5)]
        [0.25, 0.5, 0.75, 1.0, 1.0]

    References:
        Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour,
        2017, section 2.2.
    """
    rise = jnp.add(iteration, 1) / (warmup_fraction * total_iterations + 1)
    return jnp.minimum(rise, 1)


WARMUP = Schedule(
    "warmup",
    "min(1, (iteration + 1) / (warmup_fraction·total_iterations + 1))",
    {"warmup_fraction": 0.1},
    warmup,
)


def warmup_cosine(
    iteration: Number,
    total_iterations: Number,
    *,
    warmup_fraction: Number = 0.1,
    final_fraction: Number = 0.0,
) -> jax.Array:
    """Rise as `warmup` does, then fall along half a cosine.

        factor = warmup * cosine(iteration - warmup_iterations) over what is left

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.
        warmup_fraction: in [0, 1), the part of the training to rise in.
        final_fraction: in [0, 1], what is left at the end.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> at = jnp.array([0, 4, 7, 10])
        >>> factors = warmup_cosine(at, 10, warmup_fraction=0.4)
        >>> [round(float(factor), 4) for factor in factors]
        [0.2, 1.0, 0.5, 0.0]

    References:
        Goyal et al., 2017, and Loshchilov and Hutter, 2017, as for the two parts.
    """
    num_warmup = warmup_fraction * total_iterations
    # progress_of takes what comes before the fall as 0, where a cosine is 1.
    fall = cosine(
        jnp.subtract(iteration, num_warmup),
        total_iterations - num_warmup,
        final_fraction=final_fraction,
    )
    rise = warmup(iteration, total_iterations, warmup_fraction=warmup_fraction)
    return rise * fall


WARMUP_COSINE = Schedule(
    "warmup_cosine",
    "warmup·(final_fraction + (1 - final_fraction)·(1 + cos(π·p))/2), "
    "p = max(0, progress - warmup_fraction) / (1 - warmup_fraction)",
    {"warmup_fraction": 0.1, "final_fraction": 0.0},
    warmup_cosine,
)


def one_cycle(
    iteration: Number,
    total_iterations: Number,
    *,
    peak_fraction: Number = 0.3,
    initial_fraction: Number = 0.04,
    final_fraction: Number = 4e-6,
) -> jax.Array:
    """Rise to the full rate along half a cosine, then fall along another to near 0.

    Allows a learning rate too large to start with: find it by a range test.

        factor = a + (b - a) * (1 - cos(pi * p)) / 2,
        from a = initial_fraction to b = 1 until peak_fraction of the training,
        then from a = 1 to b = final_fraction; p is the progress within each part

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.
        peak_fraction: in (0, 1), when the full rate is reached.
        initial_fraction: in (0, 1], where it starts.
        final_fraction: in [0, 1], where it ends.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> at = jnp.array([0, 3, 10])
        >>> [round(float(factor), 4) for factor in one_cycle(at, 10)]
        [0.04, 1.0, 0.0]

    References:
        Smith and Topin, Super-Convergence: Very Fast Training of Neural Networks
        Using Large Learning Rates, 2018.
    """
    progress = progress_of(iteration, total_iterations)
    rising = progress < peak_fraction
    length = jnp.where(rising, peak_fraction, 1 - peak_fraction)
    part = jnp.where(rising, progress, progress - peak_fraction) / length
    low = jnp.where(rising, initial_fraction, final_fraction)
    # The fall is the rise seen from the end: 1 at the peak, low at the other side.
    height = jnp.where(rising, part, 1 - part)
    return low + (1 - low) * (1 - jnp.cos(jnp.pi * height)) / 2


ONE_CYCLE = Schedule(
    "one_cycle",
    "a + (b - a)·(1 - cos(π·p))/2, from a = initial_fraction to b = 1 until "
    "peak_fraction, then from a = 1 to b = final_fraction",
    {"peak_fraction": 0.3, "initial_fraction": 0.04, "final_fraction": 4e-6},
    one_cycle,
)

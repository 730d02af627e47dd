"""Schedules that start at the full rate and fall, if at all."""

import jax
import jax.numpy as jnp

from assay.optim.schedules._schedule import Number, Schedule, progress_of

__all__ = [
    "CONSTANT",
    "COSINE",
    "EXPONENTIAL",
    "LINEAR",
    "POLYNOMIAL",
    "STEP",
    "constant",
    "cosine",
    "exponential",
    "linear",
    "polynomial",
    "step",
]


def constant(iteration: Number, total_iterations: Number) -> jax.Array:
    """Keep the learning rate as it is.

        factor = 1

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> float(constant(7, 10))
        1.0

    References:
        Robbins and Monro, A Stochastic Approximation Method, 1951, on why a
        constant rate does not settle.
    """
    return jnp.ones_like(progress_of(iteration, total_iterations))


CONSTANT = Schedule("constant", "factor = 1", {}, constant)


def step(
    iteration: Number,
    total_iterations: Number,
    *,
    drop_every: Number = 0.3,
    decay: Number = 0.1,
) -> jax.Array:
    """Drop the learning rate at even distances.

        factor = decay ** floor(iteration / length),
        length = max(1, round(drop_every * total_iterations))

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.
        drop_every: in (0, 1), the part of the training between two drops.
        decay: in (0, 1], what each drop leaves.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> [float(step(i, 10, drop_every=0.5, decay=0.25)) for i in (0, 4, 5)]
        [1.0, 1.0, 0.25]

    References:
        He et al., Deep Residual Learning for Image Recognition, 2016, section 3.4.
    """
    # In whole numbers: a quotient of float32 may fall short of the next drop.
    length = jnp.maximum(jnp.round(drop_every * total_iterations), 1)
    num_drops = jnp.asarray(iteration, jnp.int32) // length.astype(jnp.int32)
    return decay ** num_drops.astype(length.dtype)


STEP = Schedule(
    "step",
    "decay^floor(iteration / round(drop_every·total_iterations))",
    {"drop_every": 0.3, "decay": 0.1},
    step,
)


def exponential(
    iteration: Number, total_iterations: Number, *, final_fraction: Number = 0.01
) -> jax.Array:
    """Let the learning rate fall by equal factors.

        factor = final_fraction ** progress

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.
        final_fraction: in (0, 1], what is left at the end.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> round(float(exponential(5, 10, final_fraction=0.01)), 4)
        0.1

    References:
        Goodfellow et al., Deep Learning, 2016, section 8.3.1.
    """
    return final_fraction ** progress_of(iteration, total_iterations)


EXPONENTIAL = Schedule(
    "exponential", "final_fraction^progress", {"final_fraction": 0.01}, exponential
)


def linear(
    iteration: Number, total_iterations: Number, *, final_fraction: Number = 0.0
) -> jax.Array:
    """Let the learning rate fall by equal amounts.

        factor = 1 - (1 - final_fraction) * progress

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.
        final_fraction: in [0, 1], what is left at the end.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> float(linear(5, 10))
        0.5

    References:
        Goodfellow et al., Deep Learning, 2016, section 8.3.1.
    """
    return 1 - (1 - final_fraction) * progress_of(iteration, total_iterations)


LINEAR = Schedule(
    "linear", "1 - (1 - final_fraction)·progress", {"final_fraction": 0.0}, linear
)


def polynomial(
    iteration: Number,
    total_iterations: Number,
    *,
    power: Number = 2.0,
    final_fraction: Number = 0.0,
) -> jax.Array:
    """Let the learning rate fall as a power of the training that is left.

        factor = final_fraction + (1 - final_fraction) * (1 - progress) ** power

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.
        power: > 0; 1 is `linear`, more falls sooner.
        final_fraction: in [0, 1], what is left at the end.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> float(polynomial(5, 10))
        0.25

    References:
        Chen et al., DeepLab: Semantic Image Segmentation, 2017, section 4.1.
    """
    left = 1 - progress_of(iteration, total_iterations)
    return final_fraction + (1 - final_fraction) * left**power


POLYNOMIAL = Schedule(
    "polynomial",
    "final_fraction + (1 - final_fraction)·(1 - progress)^power",
    {"power": 2.0, "final_fraction": 0.0},
    polynomial,
)


def cosine(
    iteration: Number, total_iterations: Number, *, final_fraction: Number = 0.0
) -> jax.Array:
    """Let the learning rate fall along half a cosine: long high, then long low.

        factor = final_fraction + (1 - final_fraction) * (1 + cos(pi * progress)) / 2

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.
        final_fraction: in [0, 1], what is left at the end.

    Returns:
        Factors in the shape of iteration.

    Example:
        >>> [round(float(cosine(i, 10)), 4) for i in (0, 5, 10)]
        [1.0, 0.5, 0.0]

    References:
        Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts,
        2017.
    """
    half = (1 + jnp.cos(jnp.pi * progress_of(iteration, total_iterations))) / 2
    return final_fraction + (1 - final_fraction) * half


COSINE = Schedule(
    "cosine",
    "final_fraction + (1 - final_fraction)·(1 + cos(π·progress))/2",
    {"final_fraction": 0.0},
    cosine,
)

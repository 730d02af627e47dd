"""The definition of a schedule and the registry of all schedules."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Num

from assay.optim._scalar import Scalar
from assay.spec import Member, Registry

__all__ = [
    "REGISTRY",
    "Factor",
    "Iteration",
    "Schedule",
    "get",
    "implements",
    "progress_of",
    "sample",
]

Iteration = int | float | Num[Array, "*n"]  # one iteration or n iterations
# (iteration, total_iterations, **hyperparameters) -> factor
Factor = Callable[..., jax.Array]


@dataclass(frozen=True, eq=False)
class Schedule(Member):
    """A rule that multiplies the base learning rate by a factor at each iteration.

    Durations are specified as fractions of training instead of numbers of iterations,
    so every argument may be traced.

    Args:
        declaration: spec class, such as `spec.Cosine`.
        factor: function that maps (iteration, total_iterations) to the factor.
            Iteration numbers start at 0. For an array of iterations, the function
            returns an array of factors.
        stateful: whether the factor also depends on measured values, as in
            `on_plateau`. In this case, `factor` returns 1, and the state contains the
            actual factor.

    Example:
        >>> from assay.optim.schedules import get
        >>> float(get("linear").factor(25, 100, final_fraction=0.0))
        0.75
    """

    factor: Factor
    stateful: bool = False


REGISTRY: Registry[Schedule] = Registry("schedule")
implements = REGISTRY.implementer(Schedule)
get = REGISTRY.find


def progress_of(iteration: Iteration, total_iterations: Scalar) -> Float[Array, "*n"]:
    """Return the fraction of training that is complete, from 0 to 1."""
    return jnp.clip(jnp.true_divide(iteration, total_iterations), 0, 1)


def sample(
    schedule: Schedule,
    total_iterations: int,
    *,
    num: int = 200,
    **hyperparameters: Scalar,
) -> np.ndarray:
    """Sample the factors of a schedule, for example to plot them.

    Args:
        schedule: registered schedule.
        total_iterations: > 0, total number of training iterations.
        num: number of points.
        **hyperparameters: hyperparameters of the schedule.

    Returns:
        (num,) factors at evenly spaced iterations from 0 to total_iterations - 1,
        rounded down.

    Example:
        >>> from assay.optim.schedules import get
        >>> sample(get("linear"), 4, num=4, final_fraction=0.0).tolist()
        [1.0, 0.75, 0.5, 0.25]
    """
    iterations = jnp.asarray(np.linspace(0, total_iterations - 1, num).astype(np.int32))
    return np.asarray(schedule.factor(iterations, total_iterations, **hyperparameters))

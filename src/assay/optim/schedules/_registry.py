"""Every schedule by its name, and its picture before it is used."""

import jax.numpy as jnp
import numpy as np

from assay._errors import InputError, did_you_mean, fault
from assay.optim.schedules._decays import (
    CONSTANT,
    COSINE,
    EXPONENTIAL,
    LINEAR,
    POLYNOMIAL,
    STEP,
)
from assay.optim.schedules._plateau import ON_PLATEAU
from assay.optim.schedules._rises import ONE_CYCLE, WARMUP, WARMUP_COSINE
from assay.optim.schedules._schedule import Schedule

__all__ = ["REGISTRY", "get", "sample"]

REGISTRY: dict[str, Schedule] = {
    schedule.name: schedule
    for schedule in (
        CONSTANT,
        STEP,
        EXPONENTIAL,
        LINEAR,
        POLYNOMIAL,
        COSINE,
        WARMUP,
        WARMUP_COSINE,
        ONE_CYCLE,
        ON_PLATEAU,
    )
}


def get(name: str) -> Schedule:
    """Return the schedule of this name.

    Raises:
        InputError: there is none; names the nearest.

    Example:
        >>> get("step").hyperparameters
        {'drop_every': 0.3, 'decay': 0.1}
    """
    if name in REGISTRY:
        return REGISTRY[name]
    fix = f"Write one of {', '.join(REGISTRY)}."
    message = fault("schedule is known", "schedule", name, fix)
    raise InputError(message + did_you_mean(name, REGISTRY))


def sample(
    schedule: Schedule,
    total_iterations: int,
    *,
    num: int = 200,
    **hyperparameters: float,
) -> np.ndarray:
    """Compute a schedule's factors for a plot.

    Args:
        schedule: the member of the family.
        total_iterations: > 0.
        num: how many points.
        **hyperparameters: those of the schedule.

    Returns:
        (num,) factors at iterations spread evenly over 0..total_iterations - 1 and
        rounded down.

    Example:
        >>> sample(get("linear"), 4, num=4).tolist()
        [1.0, 0.75, 0.5, 0.25]
    """
    iterations = jnp.asarray(np.linspace(0, total_iterations - 1, num).astype(np.int32))
    return np.asarray(schedule.factor(iterations, total_iterations, **hyperparameters))

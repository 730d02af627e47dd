"""The schedules and their curves."""

from typing import Annotated, Any

import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import spec
from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._catalog import entry
from assay.lab.units.learning_rates._fits import Rate
from assay.optim import schedules

__all__ = ["DrawBody", "SchedulesBody", "draw", "list_schedules"]


class SchedulesBody(Body):
    """Request for a list of all schedules. The request has no settings."""


class DrawBody(Body):
    """Request for the curve of a schedule.

    Args:
        schedule: kind of schedule and, optionally, its hyperparameters.
        rate: base learning rate, which the schedule scales.
        num_iterations: total number of iterations.
    """

    schedule: dict[str, Any] = {"kind": "warmup_cosine"}
    rate: Rate = 0.1
    num_iterations: Annotated[int, Field(ge=2, le=2000)] = 320


@handles("learning_rate", "schedules")
def list_schedules(body: SchedulesBody) -> dict[str, Any]:
    """Return the name, formula and hyperparameters of every schedule."""
    rows = [
        {
            **entry(member.declaration),
            "hyperparameters": member.hyperparameters,
            "stateful": member.stateful,
        }
        for member in schedules.REGISTRY.values()
    ]
    return {"schedules": rows}


@handles("learning_rate", "draw")
def draw(body: DrawBody) -> dict[str, Any]:
    """Return the learning rate that a schedule produces at each iteration.

    The factor of `on_plateau` depends on measured costs, so only its initial value is
    known.
    """
    chosen = spec.Training(schedule=body.schedule).schedule
    member = schedules.get(chosen.kind)
    iterations = jnp.arange(body.num_iterations)
    values = chosen.traced()
    factors = np.asarray(member.factor(iterations, body.num_iterations, **values))
    return {
        "name": chosen.kind,
        "formula": member.formula,
        "hyperparameters": values,
        "stateful": member.stateful,
        "factors": factors,
        "rates": np.float32(body.rate) * factors,
    }

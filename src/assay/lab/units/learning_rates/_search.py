"""Two ways to find a learning rate: a sweep and a range test."""

from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from assay._errors import RunError
from assay.lab.units._registry import handles
from assay.lab.units.fitting._sources import source_of
from assay.lab.units.learning_rates._fits import (
    FitBody,
    Rate,
    ScheduledBody,
    fit_at,
    settings,
)
from assay.tuning import range_test

__all__ = ["RangeBody", "SweepBody", "find_range", "sweep"]

_RATES = tuple(float(f"{10**power:.4g}") for power in np.arange(-4, 1.26, 0.25))


class SweepBody(ScheduledBody):
    """Request for the costs after training at each of 22 learning rates."""


class RangeBody(FitBody):
    """Request for a range test.

    Args:
        low: smallest learning rate.
        high: largest learning rate.
        num_iterations: number of updates.
    """

    low: Rate = 1e-4
    high: Rate = 10.0
    num_iterations: Annotated[int, Field(ge=10, le=400)] = 100


@handles("learning_rate", "sweep")
def sweep(body: SweepBody) -> dict[str, Any]:
    """Return the train and val costs after training at each of 22 learning rates."""
    return _sweep(body.model_dump_json())


@lru_cache(maxsize=32)
def _sweep(question: str) -> dict[str, Any]:
    body = SweepBody.model_validate_json(question)
    source = source_of(body.run)
    training = settings(source, body, schedule=body.schedule)
    train, val = [], []
    for rate in _RATES:
        fit = fit_at(source, training, rate, body.seed)
        fit.run()
        train.append(float(fit.history.epochs["train_cost"][-1]))
        val.append(float(fit.history.epochs["val_cost"][-1]))
    finite = np.where(np.isfinite(val), val, np.inf)
    best = int(np.argmin(finite))
    return {
        "rates": _RATES,
        "train_cost": train,
        "val_cost": val,
        "best_rate": _RATES[best],
        "best_val_cost": val[best],
        "num_epochs": body.num_epochs,
    }


@handles("learning_rate", "range")
def find_range(body: RangeBody) -> dict[str, Any]:
    """Return the curve of a range test and the learning rate that it proposes."""
    source = source_of(body.run)
    training = settings(source, body)
    try:
        test = range_test(
            training,
            source.training_data(),
            seed=body.seed,
            low=body.low,
            high=body.high,
            num_iterations=body.num_iterations,
        )
    except RunError as error:
        return {"source": source.name, "test": None, "message": str(error)}
    return {"source": source.name, "test": test.to_json(), "message": ""}

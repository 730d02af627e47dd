"""Trains at several learning rates and continues fits at a different rate."""

from typing import Annotated, Any

from pydantic import Field

from assay.lab.units._registry import handles
from assay.lab.units.fitting._sources import source_of
from assay.lab.units.learning_rates._explosion import explain, explosion
from assay.lab.units.learning_rates._fits import (
    Rate,
    ScheduledBody,
    curves,
    fit_at,
    settings,
)

__all__ = ["CompareBody", "RescueBody", "compare", "rescue"]


class CompareBody(ScheduledBody):
    """Request for fits that differ only in their learning rate.

    Args:
        rates: the learning rates to compare.
    """

    rates: Annotated[list[Rate], Field(min_length=1, max_length=6)] = [0.001, 0.1, 5.0]


class RescueBody(ScheduledBody):
    """Request for a fit that continues from its last good state at a different rate.

    Args:
        rate: learning rate before the change.
        iteration: number of updates at that rate.
        new_rate: learning rate after the change.
    """

    rate: Rate = 1.0
    iteration: Annotated[int, Field(ge=0, le=100_000)] = 0
    new_rate: Rate = 0.1


@handles("learning_rate", "compare")
def compare(body: CompareBody) -> dict[str, Any]:
    """Return a fit for each learning rate, with the same initial values and batches."""
    source = source_of(body.run)
    training = settings(source, body, schedule=body.schedule)
    fits = []
    for rate in body.rates:
        fit = fit_at(source, training, rate, body.seed)
        fit.run()
        fits.append({"rate": rate, **curves(fit), "failure": None})
        if (index := explosion(fit)) is not None:
            fits[-1]["failure"] = explain(
                index, fit, fit_at(source, training, rate, body.seed)
            )
    return {
        "source": source.name,
        "iterations_per_epoch": fit.iterations_per_epoch,
        "num_iterations": fit.num_iterations,
        "optimizer": training.optimizer.to_data(),
        "batch_size": training.batch_size,
        "num_train": len(source.train[1]),
        "fits": fits,
    }


@handles("learning_rate", "rescue")
def rescue(body: RescueBody) -> dict[str, Any]:
    """Continue a fit at a different learning rate and return the remaining costs."""
    source = source_of(body.run)
    training = settings(source, body, schedule=body.schedule)
    fit = fit_at(source, training, body.rate, body.seed)
    if body.iteration:
        fit.advance(iterations=body.iteration)
    fit.hyperparameters = fit.hyperparameters.with_learning_rate(body.new_rate)
    fit.run()
    measured = curves(fit)
    return {
        "start": body.iteration,
        "new_rate": body.new_rate,
        "cost": measured["cost"][body.iteration :],
        "val_cost": float(measured["val_cost"][-1]),
    }

"""Fits that differ only in their learning rate and schedule."""

from typing import Annotated, Any

from pydantic import Field

from assay import spec
from assay.lab.units._registry import Body
from assay.lab.units.fitting._sources import Source
from assay.training import Fit

__all__ = ["FitBody", "Rate", "ScheduledBody", "curves", "fit_at", "settings"]

Rate = Annotated[float, Field(gt=0, le=1e6)]


class FitBody(Body):
    """Settings shared by all requests for fits.

    Args:
        run: name of a finished run whose data and network are used; "" for a small
            network on the digits.
        optimizer: kind of optimizer.
        num_epochs: number of epochs per fit.
        seed: seed for the initial values and the batch order of all fits.
    """

    run: str = ""
    optimizer: str = "sgd"
    num_epochs: Annotated[int, Field(ge=1, le=30)] = 8
    seed: Annotated[int, Field(ge=0)] = 0


class ScheduledBody(FitBody):
    """Settings shared by requests for fits with a schedule.

    Args:
        schedule: kind of schedule for all fits and, optionally, its hyperparameters.
    """

    schedule: dict[str, Any] = {"kind": "constant"}


def settings(
    source: Source, body: FitBody, schedule: dict[str, Any] | None = None
) -> spec.Training:
    """Return the settings for the fits, without early stopping."""
    chosen = spec.Training(
        optimizer=body.optimizer, schedule=schedule or {"kind": "constant"}
    )
    return source.settings(
        optimizer=chosen.optimizer,
        schedule=chosen.schedule,
        num_epochs=body.num_epochs,
    )


def fit_at(source: Source, training: spec.Training, rate: float, seed: int) -> Fit:
    """Return a new fit with the given learning rate."""
    fit = source.fit(training, seed=seed)
    fit.hyperparameters = fit.hyperparameters.with_learning_rate(rate)
    return fit


def curves(fit: Fit) -> dict[str, Any]:
    """Return the measurements of a fit at each iteration and each epoch."""
    iterations, epochs = fit.history.iterations, fit.history.epochs
    return {
        "cost": iterations["cost"],
        "gradient_norm": iterations["gradient_norm"],
        "learning_rate": iterations["learning_rate"],
        "train_cost": epochs["train_cost"],
        "val_cost": epochs["val_cost"],
        "val_score": epochs["val_score"],
    }

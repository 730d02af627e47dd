"""One trial: a setting of the hyper-parameters, trained, and judged on val."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assay import spec
from assay.train import Fit, History, Material

__all__ = ["Trial", "run_trial"]


@dataclass(frozen=True)
class Trial:
    """What a trial showed; plain data.

    Args:
        number: from 0, in the order of proposal.
        values: hyper-parameter values by path, such as "optimizer.learning_rate".
        state: "complete"; "diverged" when the cost was no longer finite; "cut" when
            it was ended for the time.
        val_score: accuracy, or mean squared error, on val at the kept iteration.
        val_cost: cost on val at the kept iteration.
        train_cost: cost on train at the kept iteration.
        train_score: score on train at the kept iteration.
        iterations: number of updates that led to the kept parameters.
        total_iterations: length that schedules referred to.
        epochs: complete passes that were run.
        num_parameters: of the net.
        diverged_at: iteration of the first cost that was not finite.
        duration_seconds: what it took.
    """

    number: int
    values: dict[str, Any]
    state: Literal["complete", "diverged", "cut"]
    val_score: float
    val_cost: float
    train_cost: float
    train_score: float
    iterations: int
    total_iterations: int
    epochs: int
    num_parameters: int
    diverged_at: int | None
    duration_seconds: float

    @property
    def sound(self) -> bool:
        """Whether it stayed finite, so that its score counts."""
        finite = self.state != "diverged" and math.isfinite(self.val_score)
        return finite and self.iterations > 0

    def to_json(self) -> dict[str, Any]:
        """Return plain data that reads back with `Trial(**data)`."""
        return asdict(self)


def run_trial(
    number: int,
    training: spec.Training,
    values: dict[str, Any],
    *,
    material: Material,
    seed: int,
    goes_on: Callable[[], bool] = lambda: True,
) -> tuple[Trial, History]:
    """Train one setting to its end and read what val says of it.

    Args:
        number: of the trial.
        training: in which the values replace the spaces.
        values: what was proposed.
        material: train and val.
        seed: the same for every trial, so that they differ in their values only.
        goes_on: asked between calls of the program; the trial is cut when it says no.
            One call is always made, so that val has something to say.
    """
    started = time.monotonic()
    fit = material.fit(training.with_values(values), seed=seed)
    fit.step()
    while not fit.done and goes_on():
        fit.step()
    state = "complete" if fit.done else "cut"
    if fit.diverged_at is not None:
        state = "diverged"
    measured = _at_kept(fit)
    trial = Trial(
        number=number,
        values=values,
        state=state,
        **measured,
        total_iterations=fit.num_iterations,
        epochs=fit.epoch,
        num_parameters=fit.program.network.num_parameters,
        diverged_at=fit.diverged_at,
        duration_seconds=time.monotonic() - started,
    )
    return trial, fit.history


def _at_kept(fit: Fit) -> dict[str, Any]:
    """Return the measures at the iteration whose parameters are kept."""
    iterations = fit.result().iteration
    names = ("val_score", "val_cost", "train_cost", "train_score")
    epoch = iterations // fit.iterations_per_epoch - 1
    columns = fit.history.epochs
    if epoch < 0 or epoch >= len(columns["val_cost"]):
        return {**dict.fromkeys(names, math.nan), "iterations": iterations}
    values = {name: float(columns[name][epoch]) for name in names}
    return {**values, "iterations": iterations}

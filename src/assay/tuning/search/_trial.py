"""Trains a network with one setting and evaluates it on val."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assay.training import Fit, Resumable

__all__ = ["Running", "Trial"]

_CALL_SECONDS = 0.5  # interval between clock checks if epochs are short


@dataclass(frozen=True)
class Trial:
    """The result of a trial as plain data.

    Args:
        number: trial number, starting at 0, in the order in which trials were proposed.
        values: hyperparameter values, keyed by path, such as "optimizer.learning_rate".
        state: "complete", "diverged" (the cost became infinite or nan), "pruned" (other
            trials were better) or "cut" (time ran out).
        val_score: val accuracy or mean squared error at the kept iteration.
        val_cost: val cost at the kept iteration.
        train_cost: training cost at the kept iteration.
        train_score: training accuracy or mean squared error at the kept iteration.
        iterations: number of updates that led to the kept parameters.
        total_iterations: number of updates assumed by schedules.
        epochs: number of completed epochs.
        num_parameters: number of parameters in the network.
        diverged_at: first iteration whose cost was not finite; None if all costs were
            finite.
        duration_seconds: training time, excluding compilation.
        rungs: best val score so far at each rung that the trial reached.
        num_updates: number of updates that ran, including those after the kept
            iteration; 0 if unknown.
    """

    number: int
    values: dict[str, Any]
    state: Literal["complete", "diverged", "pruned", "cut"]
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
    rungs: tuple[float, ...] = ()
    num_updates: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "rungs", tuple(self.rungs))  # JSON contains a list

    @property
    def sound(self) -> bool:
        """Whether the trial may be selected. Diverged and pruned trials may not."""
        ended = self.state in ("diverged", "pruned")
        return not ended and math.isfinite(self.val_score) and self.iterations > 0

    @property
    def seconds_again(self) -> float:
        """Estimated duration of retraining up to the kept iteration."""
        if not self.num_updates:
            return self.duration_seconds
        return self.duration_seconds * self.iterations / self.num_updates

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which `Trial(**data)` restores the trial."""
        return asdict(self)


class Running:
    """A running trial.

    Args:
        number: trial number.
        values: proposed setting.
        training: fit that uses these values and has not started yet. All trials use the
            same seed, so they differ only in their values.
        maximize: whether a higher val score is better.
    """

    def __init__(
        self, number: int, values: dict[str, Any], training: Resumable, maximize: bool
    ) -> None:
        self.number = number
        self.values = values
        self.training = training
        self.rungs: list[float] = []
        self.pruned = False
        self._best = max if maximize else min
        self._epoch_seconds = math.inf  # measured in the latest program call

    @property
    def fit(self) -> Fit:
        """The fit in its current state."""
        return self.training.fit

    @property
    def num_epochs(self) -> int:
        """Number of epochs in the whole fit."""
        return self.fit.num_iterations // self.fit.iterations_per_epoch

    @property
    def pace(self) -> float:
        """Duration of an epoch in seconds, or 0 before the first program call."""
        num_epochs = self.fit.iteration / self.fit.iterations_per_epoch
        return self.training.seconds / num_epochs if num_epochs else 0.0

    def advance(
        self, epoch: int | None = None, has_time: Callable[[], bool] = lambda: True
    ) -> None:
        """Run the trial up to the end of an epoch, or to completion.

        Args:
            epoch: number of epochs to complete; None to run to completion.
            has_time: function called before each program call. Training pauses
                when it returns False.
        """
        fit, training = self.fit, self.training
        # remote calls have higher fixed costs, so they may run more than one chunk
        remote = training.workers.remote
        chunk = fit.num_iterations if remote else fit.program.chunk_epochs
        longest = max(_CALL_SECONDS, training.call_seconds)
        while not fit.done and (epoch is None or fit.epoch < epoch):
            before, seconds = fit.epoch, training.seconds
            most = max(int(longest / self._epoch_seconds), 1)
            most = min(chunk - before % chunk, most)
            goal = before + (most if epoch is None else min(most, epoch - before))
            # an epoch of millions of rows may take longer than the remaining time
            training.advance(goal * fit.iterations_per_epoch, has_time)
            if not fit.done and fit.iteration < goal * fit.iterations_per_epoch:
                return
            seconds = training.seconds - seconds
            self._epoch_seconds = seconds / max(fit.epoch - before, 1)

    def judge(self, epoch: int | None = None) -> float:
        """Record and return the best val score so far, or nan if the trial diverged.

        Args:
            epoch: last epoch to consider; None for all epochs. A resumed fit may have
                completed more epochs.
        """
        scores = self.fit.history.epochs["val_score"][:epoch]
        finite = [float(score) for score in scores if math.isfinite(score)]
        diverged_at, end = self.fit.diverged_at, self.fit.iteration
        if epoch is not None:
            end = epoch * self.fit.iterations_per_epoch
        diverged = not finite or (diverged_at is not None and diverged_at < end)
        self.rungs.append(math.nan if diverged else self._best(finite))
        return self.rungs[-1]

    def trial(self) -> Trial:
        """Return the result of the trial so far."""
        fit = self.fit
        state = "pruned" if self.pruned else "complete" if fit.done else "cut"
        if fit.diverged_at is not None:
            state = "diverged"
        return Trial(
            number=self.number,
            values=self.values,
            state=state,
            **_measures(fit),
            total_iterations=fit.num_iterations,
            epochs=fit.epoch,
            num_parameters=fit.program.network.num_parameters,
            diverged_at=fit.diverged_at,
            duration_seconds=self.training.seconds,
            rungs=tuple(self.rungs),
            num_updates=fit.iteration,
        )


def _measures(fit: Fit) -> dict[str, Any]:
    """Return the scores and costs of the parameters that the fit keeps."""
    iterations = fit.result().iteration
    names = ("val_score", "val_cost", "train_cost", "train_score")
    epoch = iterations // fit.iterations_per_epoch - 1
    columns = fit.history.epochs
    if epoch < 0 or epoch >= len(columns["val_cost"]):
        return {**dict.fromkeys(names, math.nan), "iterations": iterations}
    values = {name: float(columns[name][epoch]) for name in names}
    return {**values, "iterations": iterations}

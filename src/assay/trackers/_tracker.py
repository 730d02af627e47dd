"""The interface of trackers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from assay.records import Finding, Summary

__all__ = ["Point", "Tracker"]


class Point(NamedTuple):
    """A number measured during training.

    Args:
        name: name of the measurement, such as "epoch/val_cost" or
            "layers/dense1/gradient_norm".
        step: the epoch if the name starts with "epoch"; otherwise, the iteration.
        value: the measured value, a finite number.
    """

    name: str
    step: int
    value: float


class Tracker:
    """Receives the records of a run. Subclass it to send them to another tool.

    All methods are called from one thread, which is not the training thread. An error
    in a method stops the tracker but not the run.
    """

    kind: ClassVar[str] = ""

    def start(self, run: str, folder: Path, experiment: Mapping[str, Any]) -> None:
        """Called before training starts, after the run folder has been created.

        Args:
            run: name of the run.
            folder: the run folder; it is not empty if the run is resumed.
            experiment: the experiment's settings as plain data.
        """

    def points(self, fit: str, points: Sequence[Point]) -> None:
        """Called with new measurements of the fit named, say, "trial-3" or "refit"."""

    def trial(
        self, number: int, hyperparameters: Mapping[str, Any], value: float | None
    ) -> None:
        """Called when a trial ends.

        Args:
            number: the trial number, starting at 0.
            hyperparameters: values that were tried, keyed by name.
            value: value of the metric on val; None if training diverged.
        """

    def finding(self, finding: Finding) -> None:
        """Called for each finding."""

    def finish(self, summary: Summary) -> None:
        """Called with the result of the run."""

    def close(self, reason: str) -> None:
        """Called at the end, with the reason "finished", "interrupted" or "failed"."""

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
        step: the epoch for names that start with "epoch", otherwise the iteration.
        value: the measured value, a finite number.
    """

    name: str
    step: int
    value: float


class Tracker:
    """Receives the records of a run; subclass it to send them to another tool.

    All methods are called from a single thread, which is not the training thread. An
    error in a method stops the tracker, but not the run.
    """

    kind: ClassVar[str] = ""

    def start(self, run: str, folder: Path, experiment: Mapping[str, Any]) -> None:
        """Called once the folder of the run exists, before any training starts.

        Args:
            run: name of the run.
            folder: folder of the run; not empty if the run is resumed.
            experiment: the experiment as plain data.
        """

    def points(self, fit: str, points: Sequence[Point]) -> None:
        """Called with the new measurements of a fit, such as "trial-3" or "refit"."""

    def trial(
        self, number: int, hyperparameters: Mapping[str, Any], value: float | None
    ) -> None:
        """Called when a trial ends.

        Args:
            number: trial number, starting at 0.
            hyperparameters: values that were tried, by name.
            value: metric on val; None if the training diverged.
        """

    def finding(self, finding: Finding) -> None:
        """Called for each finding."""

    def finish(self, summary: Summary) -> None:
        """Called with the result of the run."""

    def close(self, reason: str) -> None:
        """Called last, with the reason "finished", "interrupted" or "failed"."""

"""Sends the events of a run to its observer and recorder."""

import time
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from assay._urls import short_name
from assay.records import Finding, Summary

if TYPE_CHECKING:  # the command line prints its first line before it imports JAX
    from assay.data import Dataset, Split
    from assay.records import Seal
    from assay.training import Checkpoints
    from assay.tuning import Storage, Trial

__all__ = ["Events", "Observer", "Recorder", "RunLog"]

Result = TypeVar("Result")


class Observer:
    """Receives progress updates from a run. Override its methods to handle events."""

    started: float | None = None
    """Start time of the command (monotonic); None if no command started the run."""

    def stage(self, name: str, detail: str = "") -> None:
        """Called when a stage starts: "data", "tune", "doctor", "refit" or "test"."""

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Called when a part of a stage is complete."""

    def note(self, text: str) -> None:
        """Called for each choice made while reading data, such as the delimiter."""

    def finding(self, finding: Finding) -> None:
        """Called for each finding of the run."""


class Recorder:
    """A recorder that stores nothing. `RunRecorder` writes to a run folder."""

    @property
    def name(self) -> str:
        """The name of the run."""
        return ""

    def event(self, kind: str, **fields: Any) -> None:
        """Record an event."""

    def live(self, kind: str, **fields: Any) -> None:
        """Add an entry to the live log of the run, but not to the records."""

    def result(self, result: object) -> None:
        """Record the result of a stage."""

    def finish(self, summary: Summary) -> None:
        """Record the summary of a finished run."""

    def study(self) -> "Storage | None":
        """Return the storage for trials, or None to keep them in memory."""

    def checkpoints(self) -> "Checkpoints | None":
        """Return the checkpoints of unfinished fits, or None if none are kept."""
        return None

    def seal(self, dataset: "Dataset", split: "Split") -> "Seal[Any]":
        """Return the seal that gives access to the test rows and their targets."""
        raise NotImplementedError(
            "how often the test set was opened can be counted only in a run folder"
        )


@dataclass(frozen=True)
class RunLog:
    """The findings and timings of a run.

    Args:
        run: name of the run.
        findings: findings in chronological order.
        timings: duration in seconds of each stage and of the whole run.
    """

    run: str
    findings: tuple[Finding, ...]
    timings: dict[str, float]


class Events:
    """Sends the events of a run to its recorder and observer, and times the stages.

    Args:
        recorder: recorder that writes the events.
        observer: observer that is notified of the events.
    """

    def __init__(self, recorder: Recorder, observer: Observer | None = None) -> None:
        self.recorder = recorder
        self.observer = observer or Observer()
        self.started = self.observer.started or time.monotonic()
        self._stage = ""
        self._findings: list[Finding] = []
        self._seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, detail: str = "") -> Generator[None, None, None]:
        """Context manager for a stage of the protocol."""
        self._stage = name
        self.observer.stage(name, detail)
        self.recorder.event("stage_started", stage=name)
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        self._seconds[f"{name}_seconds"] = seconds
        self.recorder.event("stage_finished", stage=name, duration_seconds=seconds)

    def loading(self, source: Any) -> AbstractContextManager[None]:
        """Context manager for the first stage, which loads the data from a source."""
        return self.stage("data", short_name(source))

    def result(self, result: Result, findings: Iterable[Finding] = ()) -> Result:
        """Record and return the result of a stage.

        Args:
            result: immutable result of the stage.
            findings: findings of the stage, which are also recorded.
        """
        self.recorder.result(result)
        self.findings(findings)
        return result

    def notes(self, notes: Iterable[str]) -> None:
        """Notify the observer of the choices made while reading the data."""
        for note in notes:
            self.observer.note(note)

    def findings(self, findings: Iterable[Finding]) -> None:
        """Record findings of the current stage and notify the observer."""
        for finding in findings:
            self._findings.append(finding)
            data = finding.to_json()
            self.recorder.event("finding", finding=data, stage=self._stage)
            self.observer.finding(finding)

    def trial(self, trial: "Trial", *, num_trials: int) -> None:
        """Record a finished trial and notify the observer of progress.

        Args:
            trial: the finished trial.
            num_trials: total number of trials.
        """
        self.recorder.event("trial", **_trial_fields(trial))
        text = f"cost {trial.val_cost:.4g}"
        self.observer.progress(trial.number + 1, num_trials, text)

    def log(self) -> RunLog:
        """Return the findings and timings so far."""
        total = time.monotonic() - self.started
        timings = {"total_seconds": total, **self._seconds}
        return RunLog(self.recorder.name, tuple(self._findings), timings)


_STATES = {"cut": "pruned", "diverged": "failed"}  # the state names in the records


def _trial_fields(trial: "Trial") -> dict[str, Any]:
    return {
        "trial": trial.number,
        "hyperparameters": trial.values,
        "value": None if trial.state == "diverged" else trial.val_score,
        "state": _STATES.get(trial.state, trial.state),
        "epochs": trial.epochs,
        "duration_seconds": trial.duration_seconds,
    }

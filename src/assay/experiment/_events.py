"""The events of a run: what its observer hears, and what its recorder writes."""

import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from assay.records import Finding, Summary

if TYPE_CHECKING:  # the command line shows its first line before the engine is there
    from assay.data import Dataset, Split
    from assay.evaluate import Seal
    from assay.training import Checkpoints
    from assay.tuning import Storage, Trial

__all__ = ["Events", "Observer", "Recorder", "RunLog"]

Result = TypeVar("Result")


class Observer:
    """A listener to a run; subclass it to follow one, as the command line does."""

    started: float | None = None
    """When the user began to wait, on the monotonic clock; None for the run's start."""

    def stage(self, name: str, detail: str = "") -> None:
        """A stage of the protocol starts: "data", "tune", "refit" or "test"."""

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Part of the stage is done."""

    def note(self, text: str) -> None:
        """Something was decided while the data were read, such as the separator."""

    def finding(self, finding: Finding) -> None:
        """The run found something worth knowing."""


class Recorder:
    """A recorder that keeps nothing; `RunRecorder` writes a run's folder."""

    @property
    def name(self) -> str:
        """The name of the run."""
        return ""

    def event(self, kind: str, **fields: Any) -> None:
        """Record that something happened."""

    def result(self, result: object) -> None:
        """Record the result of a stage."""

    def finish(self, summary: Summary) -> None:
        """Record the summary of a finished run."""

    def study(self) -> "Storage | None":
        """Return where the trials are kept; None for memory."""

    def checkpoints(self) -> "Checkpoints | None":
        """Return where trainings under way are kept; None keeps nothing."""
        return None

    def seal(self, dataset: "Dataset", split: "Split") -> "Seal[Any]":
        """Return the sealed test part; opening it gives its row numbers and targets."""
        raise NotImplementedError("without a folder nothing counts the openings")


@dataclass(frozen=True)
class RunLog:
    """What a run has logged so far.

    Args:
        run: name of the run.
        findings: in the order in which they were made.
        timings: seconds of each stage and of the whole.
    """

    run: str
    findings: tuple[Finding, ...]
    timings: dict[str, float]


class Events:
    """Passes the events of a run to its recorder and its observer, and keeps the time.

    Args:
        recorder: writes down what happens.
        observer: hears what happens.
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
        """Run the body as one stage of the protocol."""
        self._stage = name
        self.observer.stage(name, detail)
        self.recorder.event("stage_started", stage=name)
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        self._seconds[f"{name}_seconds"] = seconds
        self.recorder.event("stage_finished", stage=name, duration_seconds=seconds)

    def result(self, result: Result, findings: Iterable[Finding] = ()) -> Result:
        """Record the result of a stage and the findings made in it; return the result.

        Args:
            result: a frozen object.
            findings: what the stage found.
        """
        self.recorder.result(result)
        self.findings(findings)
        return result

    def notes(self, notes: Iterable[str]) -> None:
        """Report to the observer what was decided while the data were read."""
        for note in notes:
            self.observer.note(note)

    def findings(self, findings: Iterable[Finding]) -> None:
        """Record findings of the stage, and report them to the observer."""
        for finding in findings:
            self._findings.append(finding)
            data = finding.to_json()
            self.recorder.event("finding", finding=data, stage=self._stage)
            self.observer.finding(finding)

    def trial(self, trial: "Trial", *, num_trials: int) -> None:
        """Record a trial that has ended, and report it as progress.

        Args:
            trial: plain data.
            num_trials: how many there will be.
        """
        self.recorder.event("trial", **_trial_fields(trial))
        text = f"cost {trial.val_cost:.4g}"
        self.observer.progress(trial.number + 1, num_trials, text)

    def log(self) -> RunLog:
        """Return the findings and timings so far."""
        total = time.monotonic() - self.started
        timings = {"total_seconds": total, **self._seconds}
        return RunLog(self.recorder.name, tuple(self._findings), timings)


_STATES = {"cut": "pruned", "diverged": "failed"}  # the words of the records


def _trial_fields(trial: "Trial") -> dict[str, Any]:
    return {
        "trial": trial.number,
        "hyperparameters": trial.values,
        "value": None if trial.state == "diverged" else trial.val_score,
        "state": _STATES.get(trial.state, trial.state),
        "epochs": trial.epochs,
        "duration_seconds": trial.duration_seconds,
    }

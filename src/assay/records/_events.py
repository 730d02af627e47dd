"""The events of a run, written one per line to `events.jsonl`."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from assay.records._json import to_plain

__all__ = [
    "EVENTS",
    "RECORDS_VERSION",
    "EpochEvent",
    "Event",
    "FindingEvent",
    "IterationEvent",
    "NoteEvent",
    "OpeningEvent",
    "StageFinished",
    "StageStarted",
    "TrialEvent",
]

RECORDS_VERSION = 1
"""Increased whenever a reader of older records could misread newer ones."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened in a run.

    Times are only in fields named `..._seconds`, so that runs can be compared without
    them.
    """

    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Return the event as plain values with its kind and the records' version."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {"kind": self.kind, "version": RECORDS_VERSION, **to_plain(fields)}


@dataclass(frozen=True, kw_only=True)
class StageStarted(Event):
    """A stage of the protocol began, such as "tune" or "refit"."""

    kind: ClassVar[str] = "stage_started"
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageFinished(Event):
    """A stage of the protocol ended."""

    kind: ClassVar[str] = "stage_finished"
    stage: str
    duration_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class EpochEvent(Event):
    """One complete pass over the training rows.

    Args:
        stage: the stage it belongs to.
        epoch: number of the epoch, from 1.
        iteration: number of iterations so far.
        train: values on the training rows by name, including "cost".
        val: values on the validation rows by name; empty if there are no such rows.
        learning_rate: learning rate of the last iteration.
        trial: the trial of the search it belongs to, if any.
        duration_seconds: duration of the epoch.
    """

    kind: ClassVar[str] = "epoch"
    stage: str
    epoch: int
    iteration: int
    train: Mapping[str, float | None]
    val: Mapping[str, float | None] = field(default_factory=dict[str, float | None])
    learning_rate: float | None = None
    trial: int | None = None
    duration_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class IterationEvent(Event):
    """One update of the parameters.

    Args:
        stage: the stage it belongs to.
        epoch: the epoch it belongs to, from 1.
        iteration: number of the iteration, from 1.
        cost: the mean loss of its batch before the update.
        learning_rate: learning rate of this update.
        values: other measurements by name.
        trial: the trial of the search it belongs to, if any.
    """

    kind: ClassVar[str] = "iteration"
    stage: str
    epoch: int
    iteration: int
    cost: float | None
    learning_rate: float | None = None
    values: Mapping[str, float | None] = field(default_factory=dict[str, float | None])
    trial: int | None = None


@dataclass(frozen=True, kw_only=True)
class FindingEvent(Event):
    """A finding was made; `finding` is a Finding as plain values."""

    kind: ClassVar[str] = "finding"
    finding: Mapping[str, Any]
    stage: str | None = None
    epoch: int | None = None


@dataclass(frozen=True, kw_only=True)
class TrialEvent(Event):
    """One trial of the search ended.

    Args:
        trial: number of the trial, from 0.
        hyperparameters: the values tried, by name.
        value: the metric on the validation rows; None if the training diverged.
        state: "complete", "pruned" or "failed".
        epochs: number of epochs.
        duration_seconds: duration of the training.
    """

    kind: ClassVar[str] = "trial"
    trial: int
    hyperparameters: Mapping[str, Any]
    value: float | None
    state: str = "complete"
    epochs: int | None = None
    duration_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class OpeningEvent(Event):
    """The sealed test part was opened; `openings` includes this opening."""

    kind: ClassVar[str] = "opening"
    fingerprint: str
    test_hash: str
    purpose: str
    openings: int


@dataclass(frozen=True, kw_only=True)
class NoteEvent(Event):
    """A sentence for readers of the run, such as why it was continued."""

    kind: ClassVar[str] = "note"
    message: str


EVENTS: dict[str, type[Event]] = {
    event.kind: event
    for event in (
        StageStarted,
        StageFinished,
        EpochEvent,
        IterationEvent,
        FindingEvent,
        TrialEvent,
        OpeningEvent,
        NoteEvent,
    )
}
"""The class of each kind of event."""

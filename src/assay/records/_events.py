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
"""Version of the record format. Each incompatible change increases it."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base class of the events of a run.

    Times are stored only in fields whose names end in `_seconds`, so that times can be
    excluded when runs are compared.
    """

    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Return the event as plain values, with its kind and the records version."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {"kind": self.kind, "version": RECORDS_VERSION, **to_plain(fields)}


@dataclass(frozen=True, kw_only=True)
class StageStarted(Event):
    """Written at the start of a stage of the protocol, such as "tune" or "refit"."""

    kind: ClassVar[str] = "stage_started"
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageFinished(Event):
    """Written at the end of a stage of the protocol."""

    kind: ClassVar[str] = "stage_finished"
    stage: str
    duration_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class EpochEvent(Event):
    """Written at the end of an epoch, that is, a pass over the training rows.

    Args:
        stage: stage of the protocol.
        epoch: epoch number, starting at 1.
        iteration: number of iterations so far.
        train: measurements on the training rows, by name; they include "cost".
        val: measurements on the validation rows, by name; empty if there are no such
            rows.
        learning_rate: learning rate of the last iteration.
        trial: trial number, if the epoch is part of a search.
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
    """Written after an iteration, that is, an update of the parameters.

    Args:
        stage: stage of the protocol.
        epoch: epoch number, starting at 1.
        iteration: iteration number, starting at 1.
        cost: mean loss on the batch before the update.
        learning_rate: learning rate of the update.
        values: other measurements, by name.
        trial: trial number, if the update is part of a search.
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
    """Written for a new finding. `finding` contains the plain values of a Finding."""

    kind: ClassVar[str] = "finding"
    finding: Mapping[str, Any]
    stage: str | None = None
    epoch: int | None = None


@dataclass(frozen=True, kw_only=True)
class TrialEvent(Event):
    """Written at the end of a search trial.

    Args:
        trial: trial number, starting at 0.
        hyperparameters: values of the hyperparameters, by name.
        value: metric on the validation rows; None if training diverged.
        state: "complete", "pruned" or "failed".
        epochs: number of training epochs.
        duration_seconds: duration of training.
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
    """Written when the test set is opened. `openings` counts this opening, too."""

    kind: ClassVar[str] = "opening"
    fingerprint: str
    test_hash: str
    purpose: str
    openings: int


@dataclass(frozen=True, kw_only=True)
class NoteEvent(Event):
    """A note for users, such as the reason why a run was resumed."""

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
"""The event classes, by kind."""

"""What happens in a run, one event a line of `events.jsonl`."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from assay._errors import RunError, did_you_mean
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
    "parse_event",
]

RECORDS_VERSION = 1
"""Raised whenever a reader of older records could misread newer ones."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened in a run. Times stand in `..._seconds` fields only."""

    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Return the event as plain values, with its kind and the version."""
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
        epoch: its number, from 1.
        iteration: iterations done so far.
        train: values on the training rows by name, "cost" among them.
        val: values on the validation rows by name; empty without such rows.
        learning_rate: of the last iteration.
        trial: the trial of the search it belongs to, if any.
        duration_seconds: how long it took.
    """

    kind: ClassVar[str] = "epoch"
    stage: str
    epoch: int
    iteration: int
    train: Mapping[str, float | None]
    val: Mapping[str, float | None] = field(default_factory=dict)
    learning_rate: float | None = None
    trial: int | None = None
    duration_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class IterationEvent(Event):
    """One update of the parameters.

    Args:
        stage: the stage it belongs to.
        epoch: the epoch it is in, from 1.
        iteration: its number, from 1.
        cost: the mean loss of its batch before the update.
        learning_rate: the step size used.
        values: anything else measured, by name.
        trial: the trial of the search it belongs to, if any.
    """

    kind: ClassVar[str] = "iteration"
    stage: str
    epoch: int
    iteration: int
    cost: float | None
    learning_rate: float | None = None
    values: Mapping[str, float | None] = field(default_factory=dict)
    trial: int | None = None


@dataclass(frozen=True, kw_only=True)
class FindingEvent(Event):
    """Something worth knowing was found; `finding` is a Finding in plain values."""

    kind: ClassVar[str] = "finding"
    finding: Mapping[str, Any]
    stage: str | None = None
    epoch: int | None = None


@dataclass(frozen=True, kw_only=True)
class TrialEvent(Event):
    """One trial of the search ended.

    Args:
        trial: its number, from 0.
        hyperparameters: the values tried, by name.
        value: the metric on the validation rows; None where it diverged.
        state: "complete", "pruned" or "failed".
        epochs: how many epochs it ran.
        duration_seconds: how long it took.
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
    """The sealed test part was opened; openings counts them, this one included."""

    kind: ClassVar[str] = "opening"
    fingerprint: str
    test_hash: str
    purpose: str
    openings: int


@dataclass(frozen=True, kw_only=True)
class NoteEvent(Event):
    """A sentence for the reader of the run, such as why it was continued."""

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


def parse_event(record: Mapping[str, Any]) -> Event:
    """Return the event that a line of `events.jsonl` holds.

    Fields that this version does not know are left out.

    Raises:
        RunError: the line is of a newer version, of no known kind, or lacks fields.

    Example:
        >>> line = StageStarted(stage="tune").to_json()
        >>> line
        {'kind': 'stage_started', 'version': 1, 'stage': 'tune'}
        >>> parse_event(line)
        StageStarted(stage='tune')
    """
    version, kind = record.get("version"), str(record.get("kind"))
    if not isinstance(version, int) or version > RECORDS_VERSION:
        raise RunError(
            f"an event is of version {version}, this program reads up to "
            f"{RECORDS_VERSION}; install a newer one"
        )
    if kind not in EVENTS:
        raise RunError(f"no event is of kind {kind!r}.{did_you_mean(kind, EVENTS)}")
    fields = dataclasses.fields(EVENTS[kind])
    known = {f.name: record[f.name] for f in fields if f.name in record}
    try:
        return EVENTS[kind](**known)
    except TypeError as error:
        raise RunError(f"an event of kind {kind!r} is incomplete: {error}") from None

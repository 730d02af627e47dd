"""The moments at which a process is killed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Moment", "Profile", "draw", "names_of", "one_of_each_phase"]

_TWICE = 1 / 3  # fraction of runs that are killed twice


@dataclass(frozen=True)
class Moment:
    """A moment at which a process is killed.

    Args:
        kind: "operation" (before operation number `at` on a file or the database),
            "record" (when the records have `at` lines) or "time" (after `at` seconds).
        at: number of the operation or line, starting at 1, or the time in seconds.
    """

    kind: str
    at: float

    def __str__(self) -> str:
        return f"{self.kind} {self.at:g}"


@dataclass(frozen=True)
class Profile:
    """The size of the uninterrupted run, which determines the possible moments.

    Args:
        operations: number of operations on files and the database.
        records: kind of each line in the records, with its stage or number, in file
            order.
        seconds: duration in seconds.
    """

    operations: int
    records: tuple[str, ...]
    seconds: float


def draw(profile: Profile, *, seed: int, number: int) -> list[Moment]:
    """Draw the moments for a run: two for a third of the runs, and one for the others.

    The second moment is later than the first one. Its operations and seconds are
    counted from the start of the resumed process.
    """
    source = random.Random(f"{seed}/{number}")
    twice = source.random() < _TWICE
    first = _draw(profile, source)
    return [first, _draw(profile, source, _share(profile, first))] if twice else [first]


def _draw(profile: Profile, source: random.Random, done: float = 0.0) -> Moment:
    """Draw a moment in the remaining part of a run, given the completed fraction."""
    kind = source.choices(["operation", "record", "time"], [2, 1, 1])[0]
    match kind:
        case "operation":
            left = max(round((1 - done) * profile.operations), 1)
            return Moment(kind, source.randint(1, left))
        case "record":  # lines that were written before the first kill are kept
            lines = len(profile.records)
            first = min(1 + int(done * lines), lines)
            return Moment(kind, source.randint(first, lines))
        case _:
            seconds = source.uniform(0, (1 - done) * profile.seconds)
            return Moment(kind, round(seconds, 3))


def _share(profile: Profile, moment: Moment) -> float:
    """Return the fraction of the run that precedes a moment."""
    whole = {
        "operation": profile.operations,
        "record": len(profile.records),
        "time": profile.seconds,
    }
    return moment.at / whole[moment.kind]


def one_of_each_phase(profile: Profile) -> list[list[Moment]]:
    """Return a short campaign: one run killed twice, and one run for each later phase.

    The moments are line numbers in the records, so they do not depend on the speed of
    the machine.
    """
    markers = (
        "trial 1",
        "stage_started refit",
        "stage_started test",
        "stage_finished test",
    )
    trial, refit, test, end = (
        Moment("record", 1 + profile.records.index(name)) for name in markers
    )
    return [[trial, test], [refit], [end]]


def names_of(records: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return the kind of each record, with its stage or trial number."""
    return tuple(
        f"{r['kind']} {r.get('stage', r.get('trial', ''))}".strip() for r in records
    )

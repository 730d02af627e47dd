"""Runs rounds of Assay and its peers in turn and creates the result rows."""

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from benchmarks._arithmetic import spread
from benchmarks._contestant import Contestant
from benchmarks._row import Row

__all__ = ["Course", "Race", "Rival", "alternate"]


class AnyTask(Protocol):
    """A task for the contestants."""

    @property
    def name(self) -> str:
        """Name of the workload."""
        ...

    def fault(self, ours: float, theirs: float, *, same_batches: bool) -> str | None:
        """Return the reason why two outcomes do not match; None if they match."""
        ...

    def tiny(self) -> Self:
        """Return a small version of the task, to check that everything runs."""
        ...


@dataclass(frozen=True)
class Rival:
    """A peer. If it has several backends, the fastest one is used.

    Args:
        peer: name of the peer in the table.
        sides: names of the peer's contestants.
        target: ratio that Assay should reach.
    """

    peer: str
    sides: tuple[str, ...]
    target: float | None = None


@dataclass(frozen=True)
class Course:
    """Settings that apply to all races.

    Args:
        rounds: number of rounds per contestant.
        cores: number of cores to which each contestant is pinned.
        tiny: whether to use small tasks, only to check that everything runs.
        rate: operations per second in matrix products; 0 until it is measured.
    """

    rounds: int
    cores: int
    tiny: bool
    rate: float = 0.0


@dataclass
class Runs:
    """The answers of a contestant: one at the start, and one for each round."""

    facts: dict[str, Any]
    rounds: list[dict[str, Any]] = field(default_factory=list)

    @property
    def fault(self) -> str | None:
        """The first failure; None if there was none."""
        found = [a["failed"] for a in (self.facts, *self.rounds) if "failed" in a]
        return found[0] if found else None

    @property
    def seconds(self) -> list[float]:
        """The duration of each round in seconds."""
        return [answer["seconds"] for answer in self.rounds]

    @property
    def sound(self) -> bool:
        """Whether the contestant has run at least one round and has not failed."""
        return bool(self.rounds) and self.fault is None


def alternate(names: Sequence[tuple[str, str]], course: Course) -> list[Runs]:
    """Start the contestants and run their rounds in turn.

    Args:
        names: workload and side of each contestant. The first one writes the initial
            parameters.
        course: settings of the race.
    """
    how = {"cores": course.cores, "tiny": course.tiny}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = [
            stack.enter_context(Contestant(*name, folder=folder, **how))
            for name in names
        ]
        runs = [Runs(contestant.ask("start")) for contestant in made]
        for _ in range(course.rounds):
            for contestant, run in zip(made, runs, strict=True):
                if run.fault is None and "skipped" not in run.facts:
                    run.rounds.append(contestant.ask("round"))
        for contestant, run in zip(made, runs, strict=True):
            if run.fault is not None:
                run.facts["errors"] = contestant.errors()
    return runs


@dataclass(frozen=True)
class Race:
    """A race between Assay and its peers on a task.

    Args:
        task: task that all contestants perform.
        rivals: the peers and their targets.
        ours: name of Assay's contestant.
    """

    task: AnyTask
    rivals: tuple[Rival, ...]
    ours: str = "assay"

    @property
    def name(self) -> str:
        """Name of the workload."""
        return self.task.name

    @property
    def tasks(self) -> dict[str, Any]:
        """The tasks of the contestants by name."""
        return {self.task.name: self.task}

    def run(self, course: Course) -> list[Row]:
        """Run the race and return one row per rival."""
        sides = [self.ours, *(side for rival in self.rivals for side in rival.sides)]
        runs = alternate([(self.name, side) for side in sides], course)
        by_side = dict(zip(sides, runs, strict=True))
        return [self._row(rival, by_side, course) for rival in self.rivals]

    def _row(self, rival: Rival, runs: Mapping[str, Runs], course: Course) -> Row:
        ours, theirs = runs[self.ours], {side: runs[side] for side in rival.sides}
        named = {"workload": self.name, "peer": rival.peer, "target": rival.target}
        for run in (ours, *theirs.values()):
            if run.fault is not None:
                more = {"errors": run.facts.get("errors", "")}
                return Row(**named, failed=run.fault, more=more)
        skipped = [run.facts["skipped"] for run in (ours,) if not run.sound]
        sound = {side: run for side, run in theirs.items() if run.sound}
        if not sound:
            skipped += [run.facts["skipped"] for run in theirs.values()]
        if skipped:
            # Assay's time is useful even if there is no peer.
            alone = {"our_seconds": statistics.median(ours.seconds)}
            more = alone if ours.sound else {}
            return Row(**named, skipped=skipped[0], more=more)
        side = min(sound, key=lambda side: statistics.median(sound[side].seconds))
        return self._compared(named, ours, sound[side], side=side, course=course)

    def _compared(
        self,
        named: dict[str, Any],
        ours: Runs,
        theirs: Runs,
        *,
        side: str,
        course: Course,
    ) -> Row:
        task = self.task.tiny() if course.tiny else self.task
        pairs = list(zip(ours.rounds, theirs.rounds, strict=True))
        value, low, high = spread([b["seconds"] / a["seconds"] for a, b in pairs])
        faults = [
            task.fault(
                a["outcome"], b["outcome"], same_batches=theirs.facts["same_batches"]
            )
            for a, b in pairs
        ]
        return Row(
            **named,
            value=value,
            low=low,
            high=high,
            failed=next((fault for fault in faults if fault is not None), None),
            more=_details(ours, theirs, course) | {"side": side},
        )


def _details(ours: Runs, theirs: Runs, course: Course) -> dict[str, Any]:
    """Return the additional numbers in a row."""
    mine, other = statistics.median(ours.seconds), statistics.median(theirs.seconds)
    last = ours.rounds[-1], theirs.rounds[-1]
    found: dict[str, Any] = {
        "rounds": len(ours.rounds),
        "our_seconds": mine,
        "peer_seconds": other,
        "our_outcome": last[0]["outcome"],
        "peer_outcome": last[1]["outcome"],
        "our_peak_bytes": last[0]["peak_bytes"],
        "peer_peak_bytes": last[1]["peak_bytes"],
        "peer_variant": theirs.facts.get("variant", ""),
    }
    names = ("compile_seconds", "first_call_seconds", "iterations", "parameters")
    found |= {name: ours.facts[name] for name in names if name in ours.facts}
    operations = ours.facts.get("operations")
    if operations:
        found["our_rate"], found["peer_rate"] = operations / mine, operations / other
        if course.rate:
            found["our_share"] = found["our_rate"] / course.rate
            found["peer_share"] = found["peer_rate"] / course.rate
    return found

"""Measures the speed and memory of training on tables streamed from files."""

from dataclasses import dataclass
from typing import Any

from benchmarks._race import Course, Race, Rival, alternate
from benchmarks._row import Row
from benchmarks._task import Table
from benchmarks.workloads.dense import DEEP

__all__ = ["WORKLOADS", "Memory"]

TRAINING = DEEP.training.model_copy(update={"num_epochs": 2, "batch_size": 128})
SMALL = Table("streamed table, 1,000,000 x 20", TRAINING, 1_000_000)
LARGE = Table("streamed table, 8,000,000 x 20", TRAINING, 8_000_000)


@dataclass(frozen=True)
class Memory:
    """The peak memory during training on streamed tables of two sizes."""

    small: Table = SMALL
    large: Table = LARGE
    name: str = "streamed table, memory"

    @property
    def tasks(self) -> dict[str, Any]:
        """The fits to measure."""
        return {task.name: task for task in (self.small, self.large)}

    def run(self, course: Course) -> list[Row]:
        """Return the bytes per additional row and the peak memory of each fit."""
        once = Course(1, course.cores, course.tiny)
        sides = ("assay streamed", "assay from memory")
        found: dict[str, list[int]] = {}
        for side in sides:
            peaks = []
            for task in (self.small, self.large):
                (run,) = alternate([(task.name, side)], once)
                if not run.sound:
                    return [Row(self.name, unit="bytes per row", failed=run.fault)]
                peaks.append(run.rounds[-1]["peak_bytes"])
            found[side] = peaks
        further = self.large.num_examples - self.small.num_examples
        each = {side: (high - low) / further for side, (low, high) in found.items()}
        more = {f"peak_bytes, {side}": peaks for side, peaks in found.items()}
        more |= {"in_memory": each[sides[1]]}
        aim: dict[str, Any] = {"target": 80.0, "better": "lower"}
        unit = "bytes per row"
        return [Row(self.name, value=each[sides[0]], unit=unit, more=more, **aim)]


WORKLOADS = (
    Race(SMALL, (Rival("in memory", ("assay from memory",), 0.8),), "assay streamed"),
    Memory(),
)

"""Finds the number of fits up to which stacking is faster than running in parallel."""

from dataclasses import dataclass, replace
from typing import Any

from benchmarks._race import Course, Race, Rival
from benchmarks._row import Row
from benchmarks._task import Members, Task
from benchmarks.workloads.dense import DEEP, WIDE

__all__ = ["WORKLOADS", "Crossover"]


@dataclass(frozen=True)
class Crossover:
    """A race between stacked and parallel fits."""

    task: Task
    counts: tuple[int, ...] = (2, 4, 8, 16, 32)

    @property
    def name(self) -> str:
        """Name of the workload."""
        return f"stacked {self.task.name.removeprefix('dense ')}"

    @property
    def _races(self) -> list[Race]:
        training = self.task.training.model_copy(update={"num_epochs": 1})
        task = replace(self.task, training=training, num_examples=4096)
        rival = Rival("side by side", ("assay side by side",))
        return [
            Race(
                Members(f"{self.name}, {count} at once", task, count),
                (rival,),
                ours="assay stacked",
            )
            for count in self.counts
        ]

    @property
    def tasks(self) -> dict[str, Any]:
        """A task for each number of fits."""
        return {race.name: race.task for race in self._races}

    def run(self, course: Course) -> list[Row]:
        """Return a row for each number of fits and one for the crossover."""
        rows = [row for race in self._races for row in race.run(course)]
        values = [row.value for row in rows]
        pays = [
            count
            for count, value in zip(self.counts, values, strict=True)
            if value is not None and value > 1
        ]
        name = f"{self.name}, pays up to"
        return [*rows, Row(name, value=max(pays, default=1), unit="trainings")]


WORKLOADS = (Crossover(DEEP), Crossover(WIDE))

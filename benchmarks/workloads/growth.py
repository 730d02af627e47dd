"""Measures how the time per epoch grows with the number of rows."""

from dataclasses import dataclass, replace
from typing import Any

from benchmarks._arithmetic import exponent, spread
from benchmarks._race import Course, alternate
from benchmarks._row import Row
from benchmarks._task import Task
from benchmarks.workloads.dense import DEEP

__all__ = ["WORKLOADS", "Growth"]


@dataclass(frozen=True)
class Growth:
    """Epochs on increasing numbers of rows. An exponent of 1 means linear growth."""

    sizes: tuple[int, ...] = (1000, 10_000, 100_000, 1_000_000)
    name: str = "growth"

    @property
    def tasks(self) -> dict[str, Any]:
        """A task for each number of rows."""
        return {task.name: task for task in map(self._task, self.sizes)}

    def _task(self, num_rows: int) -> Task:
        epochs = max(200_000 // num_rows, 1)
        training = DEEP.training.model_copy(update={"num_epochs": epochs})
        name = f"growth, {num_rows:,} rows"
        return replace(DEEP, name=name, training=training, num_examples=num_rows)

    def run(self, course: Course) -> list[Row]:
        """Return rows for the time per epoch at each size and for the exponent."""
        tasks = list(self.tasks.values())
        runs = alternate([(task.name, "assay") for task in tasks], course)
        rows, medians = [], []
        for task, run in zip(tasks, runs, strict=True):
            if not run.sound:
                rows.append(Row(task.name, unit="seconds", failed=run.fault))
                continue
            epochs = (task.tiny() if course.tiny else task).num_epochs
            value, low, high = spread([s / epochs for s in run.seconds])
            medians.append(value)
            more = {"seconds_a_row": value / task.num_examples} | run.facts
            rows.append(Row(task.name, "", value, low, high, unit="seconds", more=more))
        if len(medians) < len(tasks):
            return rows
        found = exponent(self.sizes, medians)
        aim = {"target": 1.1, "better": "lower"}
        return [*rows, Row("growth, exponent", value=found, unit="power", **aim)]  # type: ignore[arg-type]


WORKLOADS = (Growth(),)

"""Assay: a fit as in `assay.train`, with whole epochs in one call."""

import time
from pathlib import Path
from typing import Any

import jax
import numpy as np

from assay.nn import LAYERS, layer_names
from assay.spec import Dense
from assay.training import Fit, TrainingData
from benchmarks._task import Task
from benchmarks.sides import Skipped
from benchmarks.sides.parameters import write_start

__all__ = ["Training", "compile_seconds", "material_of"]

_compilations: list[float] = []


def _note(event: str, duration_secs: float, **details: Any) -> None:
    if event == "/jax/core/compile/backend_compile_duration":
        _compilations.append(duration_secs)


jax.monitoring.register_event_duration_secs_listener(_note)


def compile_seconds() -> float:
    """Return the time that XLA has spent on compilation in this process."""
    return sum(_compilations)


def material_of(task: Task) -> TrainingData:
    """Copy the task's data to the device.

    Raises:
        Skipped: a layer of the task is not available.
    """
    missing = {layer.kind for layer in task.training.model} - set(LAYERS)
    if missing:
        raise Skipped(f"assay.nn has no {', '.join(sorted(missing))}")
    data = task.data()
    return TrainingData.of(
        (data.inputs, data.targets),
        (data.val_inputs, data.val_targets),
        num_classes=task.num_classes,
    )


class Training:
    """A fit that is repeated from the same initial values.

    Rounds of fixed length measure neither epochs nor layers, because the peers' loops
    measure nothing. The cost and the gradient norm of each iteration are recorded.
    `python -m benchmarks.monitors` measures what measuring the layers costs.
    """

    same_batches = True

    def __init__(self, task: Task, folder: Path) -> None:
        self.task = task
        self.training_data = material_of(task)
        self.reset()
        tree = self.fit.last().parameters
        names = layer_names([*task.training.model, Dense(task.num_classes)])
        write_start(folder, [tree.get(name, {}) for name in names])
        started = time.perf_counter()
        self.run()
        self.facts = {
            "first_call_seconds": time.perf_counter() - started,
            "compile_seconds": compile_seconds(),
            "operations": task.operations(self.training_data.input_shape),
            "iterations": task.num_iterations,
            "parameters": self.fit.program.network.num_parameters,
        }

    def reset(self) -> None:
        """Create a new fit."""
        task = self.task
        self.fit: Fit = self.training_data.fit(
            task.training, seed=task.seed, measure_epochs=task.goal is not None
        )
        if task.goal is not None:
            rows = len(self.training_data.val.targets)
            values = self.fit.hyperparameters.with_measured_rows(rows)
            self.fit.hyperparameters = values

    def run(self) -> None:
        """Train to completion, or until an epoch reaches the goal."""
        if self.task.goal is None:
            self.fit.run()
            return
        while not self.fit.done and self._best_accuracy() < self.task.goal:
            self.fit.advance()

    def outcome(self) -> float:
        """Return the cost on all examples or, with a goal, the best val accuracy."""
        if self.task.goal is not None:
            return self._best_accuracy()
        part, fit = self.training_data.train, self.fit
        chances = fit.program.predict(
            fit.last().model, fit.hyperparameters, part.inputs
        )
        count = int(part.count)
        rows, targets = np.asarray(chances)[:count], np.asarray(part.targets)[:count]
        picked = rows[np.arange(count), targets].astype(np.float64)
        return float(-np.log(np.maximum(picked, 1e-30)).mean())

    def _best_accuracy(self) -> float:
        return float(self.fit.history.epochs["val_score"].max(initial=0.0))

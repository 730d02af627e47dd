"""Ours: several trainings of one structure, stacked in one program or side by side."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jax
import numpy as np

from assay.train import Fit
from assay.train._epochs import Batches
from benchmarks._task import Members
from benchmarks.sides.assay_training import compile_seconds, material_of

__all__ = ["SideBySide", "Stacked"]


class _Several:
    """Trainings that differ in their seed."""

    same_batches = True

    def __init__(self, task: Members, folder: Path) -> None:
        self._task = task
        self.material = material_of(task.task)
        self.reset()
        self.run()
        self.facts: dict[str, Any] = {"compile_seconds": compile_seconds()}

    def reset(self) -> None:
        """Make the fits anew."""
        training, seeds = self._task.task.training, range(self._task.count)
        self.fits = [self.material.fit(training, seed=seed) for seed in seeds]
        for fit in self.fits:
            fit.hyper["measured_rows"] = np.int32(0)

    def run(self) -> None:
        """Train all of them to the end."""
        raise NotImplementedError


class SideBySide(_Several):
    """One after the other in each of as many threads as there are cores."""

    def run(self) -> None:
        """Train all of them to the end."""
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(Fit.run, self.fits))

    def outcome(self) -> float:
        """Return the mean cost of the first training's last batches."""
        return _late(self.fits[0].history.iterations["cost"])


class Stacked(_Several):
    """All at once, by `advance_members`."""

    def run(self) -> None:
        """Train all of them to the end."""
        fits, train = self.fits, self.material.train
        state = _stacked([fit.state for fit in fits])
        hyper = _stacked([fit.hyper for fit in fits])
        program, last = fits[0].program, fits[0].num_iterations
        chunk, per_epoch = program.chunk_epochs, fits[0].iterations_per_epoch
        costs = []
        for first in range(0, -(-last // per_epoch), chunk):
            orders = np.stack([program.orders(f.seed, first, train) for f in fits])
            stop = min((first + chunk) * per_epoch, last)
            span = np.array([first * per_epoch, stop, first], np.int32)
            data, batches = (train, self.material.val), Batches(orders, *span)
            state, records = program.advance_members(state, hyper, data, batches)
            costs.append(np.asarray(records.iterations)[0, :, 0])
        self._costs = np.concatenate(costs)

    def outcome(self) -> float:
        """Return the mean cost of the first training's last batches."""
        return _late(self._costs[~np.isnan(self._costs)])


def _stacked(trees: list[Any]) -> Any:
    return jax.tree.map(lambda *leaves: np.stack(leaves), *map(jax.device_get, trees))


def _late(costs: np.ndarray) -> float:
    return float(costs[-max(len(costs) // 4, 1) :].mean())

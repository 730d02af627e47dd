"""Assay: several fits of the same network, stacked in one program or in parallel."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from assay.training import Fit, advance_together
from benchmarks._task import Members
from benchmarks.sides.assay_training import compile_seconds, material_of

__all__ = ["SideBySide", "Stacked"]


class _Several:
    """Fits that differ only in their seed."""

    same_batches = True

    def __init__(self, task: Members, folder: Path) -> None:
        self._task = task
        self.training_data = material_of(task.task)
        self.reset()
        self.run()
        self.facts: dict[str, Any] = {"compile_seconds": compile_seconds()}

    def reset(self) -> None:
        """Create new fits."""
        training, seeds = self._task.task.training, range(self._task.count)
        self.fits = [
            self.training_data.fit(training, seed=seed, measure_epochs=False)
            for seed in seeds
        ]

    def run(self) -> None:
        """Train all fits to completion."""
        raise NotImplementedError

    def outcome(self) -> float:
        """Return the mean cost of the first fit's last batches."""
        return _late(self.fits[0].history.iterations["cost"])


class SideBySide(_Several):
    """Fits that run in one thread per core. Each thread runs its fits sequentially."""

    def run(self) -> None:
        """Train all fits to completion."""
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(Fit.run, self.fits))


class Stacked(_Several):
    """Fits that are stacked in one program."""

    def run(self) -> None:
        """Train all fits to completion."""
        advance_together(self.fits, size=len(self.fits))


def _late(costs: np.ndarray) -> float:
    return float(costs[-max(len(costs) // 4, 1) :].mean())

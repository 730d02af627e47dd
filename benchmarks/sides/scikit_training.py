"""scikit-learn: `MLPClassifier` with the same network."""

import os
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from assay import spec
from benchmarks._task import Task
from benchmarks.sides.parameters import read_start

__all__ = ["Training"]

warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is fixed


class Training:
    """A fit from Assay's initial parameters, with batches drawn by scikit-learn."""

    same_batches = False

    def __init__(self, task: Task, folder: Path) -> None:
        self._data = task.data()
        start = [named for named in read_start(folder).values() if "kernel" in named]
        self._kernels = [named["kernel"] for named in start]
        self._biases = [named["bias"] for named in start]
        widths = [w.units for w in task.training.model if isinstance(w, spec.Dense)]
        asked: Any = task.training.optimizer
        self._net: Any = MLPClassifier(
            tuple(widths),  # type: ignore[arg-type]
            solver=asked.kind,
            momentum=0,
            alpha=0,
            batch_size=task.batch_size,  # type: ignore[arg-type]
            learning_rate_init=asked.learning_rate,
            max_iter=1,
            n_iter_no_change=10**9,
            warm_start=True,
            random_state=0,
        )
        self._limits = threadpool_limits(limits=self._fewest_seconds())
        self._net.max_iter = task.num_epochs
        self.facts: dict[str, Any] = {"variant": f"threads={self._threads}"}

    def _fewest_seconds(self) -> int:
        """Return the number of threads with which an epoch is fastest."""
        self.run()  # the first call creates the network
        tries = {}
        for threads in {1, len(os.sched_getaffinity(0))}:
            with threadpool_limits(limits=threads):
                started = time.perf_counter()
                self.run()
                tries[threads] = time.perf_counter() - started
        self._threads = min(tries, key=tries.__getitem__)
        return self._threads

    def reset(self) -> None:
        """Load the initial parameters. Each fit creates a new optimizer."""
        pairs = [(self._net.coefs_, self._kernels)]
        pairs += [(self._net.intercepts_, self._biases)]
        for arrays, values in pairs:
            for array, value in zip(arrays, values, strict=True):
                array[...] = value

    def run(self) -> None:
        """Train to completion."""
        self._net.fit(self._data.inputs, self._data.targets)

    def outcome(self) -> float:
        """Return the cost on all examples."""
        chances = self._net.predict_proba(self._data.inputs)
        targets = np.searchsorted(self._net.classes_, self._data.targets)
        picked = chances[np.arange(len(targets)), targets].astype(np.float64)
        return float(-np.log(np.maximum(picked, 1e-30)).mean())

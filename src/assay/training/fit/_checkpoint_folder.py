"""The checkpoints of all fits in a run."""

import hashlib
import json
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from assay import spec
from assay.training._jax import to_host, tree_leaves
from assay.training.fit import _checkpoint_file
from assay.training.fit._fit import Fit
from assay.training.fit._history import History
from assay.training.fit._resume_fit import Resumable
from assay.training.fit._watcher import Watcher
from assay.training.fit._workers import Workers, wait_for

__all__ = ["Checkpoints"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Checkpoints:
    """The folder with the checkpoints of a run.

    Args:
        folder: path of the folder, created on demand; None to disable saving.
        data: identifier of the data. Checkpoints for other data are not restored.
        watcher: watcher of the fits, if any.
        workers: workers that advance the fits; by default, this machine's cores.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        data: str = "",
        watcher: Watcher | None = None,
        workers: Workers | None = None,
    ) -> None:
        self.workers = workers or Workers()
        self._folder = folder
        self._data = data
        self._watcher = watcher or Watcher()
        self._stopped = threading.Event()

    def now(self) -> float:
        """Return the time in seconds. The clock stops while the run is paused."""
        return self._watcher.now()

    def unsaved(self, name: str, fit: Fit) -> Resumable:
        """Wrap a new fit so it can be watched and stopped, but do not save it."""
        return Resumable(
            fit,
            stopped=self._stopped,
            name=name,
            watcher=self._watcher,
            workers=self.workers,
        )

    def resumable(self, name: str, fit: Fit, training: spec.Training) -> Resumable:
        """Wrap a new fit and restore its checkpoint if an earlier process saved one.

        Args:
            name: name of the fit within the run.
            fit: fit that has not started yet.
            training: training spec. A checkpoint is restored only if its spec, seed,
                length and data are the same.
        """

        def identity() -> str:
            values = [
                leaf.tolist() for leaf in to_host(tree_leaves(fit.hyperparameters))
            ]
            length = fit.seed, fit.num_iterations
            # the number of devices may differ, because it does not affect the result
            anywhere = training.model_copy(update={"devices": "all"})
            words = [self._data, anywhere.to_data(), length, values]
            text = json.dumps(words, sort_keys=True)
            return hashlib.sha256(text.encode()).hexdigest()

        path = None if self._folder is None else self._path(name)
        return Resumable(
            fit,
            path,
            identity=identity,
            stopped=self._stopped,
            name=name,
            watcher=self._watcher,
            workers=self.workers,
        )

    def remove(self, name: str) -> None:
        """Delete the checkpoint of a fit whose result has been recorded."""
        if self._folder is not None:
            self._path(name).unlink(missing_ok=True)

    def save_histories(self, histories: Mapping[int, History]) -> None:
        """Save the histories of finished trials, keyed by trial number."""
        if self._folder is not None and histories:
            self._folder.mkdir(exist_ok=True)
            # one file per group of trials, because most trials are short
            path = self._path(f"histories-{min(histories)}")
            _checkpoint_file.save_histories(path, histories)

    def histories(self) -> dict[int, History]:
        """Return the saved histories, keyed by trial number."""
        histories: dict[int, History] = {}
        if self._folder is not None:
            for path in self._folder.glob("histories-*.safetensors"):
                histories |= _checkpoint_file.load_histories(path)
        return histories

    def _path(self, name: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{name}.safetensors"

    def in_threads(
        self, work: Callable[[Item], Result], items: Sequence[Item], *, threads: int
    ) -> list[Result]:
        """Call `work` for each item in threads and return the results.

        Ctrl-C stops and saves the fits. Only the main thread receives Ctrl-C, so a fit
        in another thread is never interrupted in the middle of a state change.
        """
        with ThreadPoolExecutor(threads) as pool, self.stopping():
            return [wait_for(job) for job in [pool.submit(work, i) for i in items]]

    @contextmanager
    def stopping(self) -> Generator[None, None, None]:
        """Context manager that stops all fits if the block is interrupted or fails."""
        try:
            yield
        except BaseException:
            self._stopped.set()
            raise

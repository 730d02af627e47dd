"""Trainings that survive a kill, because they are saved every few seconds."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from assay import spec
from assay._errors import RunError
from assay.training._jax import to_host, tree_leaves
from assay.training.fit import _checkpoint
from assay.training.fit._fit import Fit
from assay.training.fit._history import History

__all__ = ["Checkpoints", "Resumable", "wait_for"]

_SAVE_SECONDS = 5.0  # a kill loses at most this; shorter trainings are not saved
_TRAINING_PER_SAVING = 20  # ratio of the times, so saving costs at most 5 %
_CALL_SECONDS = 1.0  # duration of a call of the program, which cannot be interrupted
_WAIT_SECONDS = 0.2  # between two checks for Ctrl-C
_FIRST_ITERATIONS = 64  # in the first call, before the speed is known

Item = TypeVar("Item")
Result = TypeVar("Result")


class Resumable:
    """A running training, and the file that it is saved to.

    However often it is saved, stopped and restored, the results are bit-for-bit
    identical.

    Args:
        fit: new fit.
        path: path of the checkpoint; None for a training that is not saved.
        identity: function that returns what a checkpoint must match to be restored.
        stopped: event that is set when trainings must stop.
    """

    def __init__(
        self,
        fit: Fit,
        path: Path | None = None,
        *,
        identity: Callable[[], str] = str,
        stopped: threading.Event | None = None,
    ) -> None:
        self.fit = fit
        self.seconds = 0.0  # training time, including that before a stop
        self._path = path
        self._identity = identity
        self._stopped = stopped or threading.Event()
        self._saved: int = 0  # iterations in the file
        self._next_save = _SAVE_SECONDS  # in terms of `seconds`
        self._iteration_seconds = 0.0  # in the latest call; 0 if unknown
        self._restore()

    @property
    def stopped(self) -> bool:
        """Whether the training must stop, finished or not."""
        return self._stopped.is_set()

    def run(self) -> Fit:
        """Train to completion or until stopped; return the fit."""
        self.advance(self.fit.num_iterations)
        if self.stopped:
            self.save()
        return self.fit

    def advance(self, iteration: int) -> None:
        """Train up to an iteration, in calls of about a second, saving occasionally."""
        fit = self.fit
        while fit.iteration < iteration and not fit.done and not self.stopped:
            before, started = fit.iteration, time.monotonic()
            fit.advance(iterations=min(self._call_iterations(), iteration - before))
            seconds = time.monotonic() - started
            self._iteration_seconds = seconds / max(fit.iteration - before, 1)
            self.seconds += seconds
            # save the end of a long training too, as its result may not be recorded yet
            long = fit.done and self.seconds >= _SAVE_SECONDS
            if long or self.seconds >= self._next_save:
                self.save()

    def _call_iterations(self) -> int:
        if not self._iteration_seconds:
            return min(self.fit.iterations_per_epoch, _FIRST_ITERATIONS)
        return max(int(_CALL_SECONDS / self._iteration_seconds), 1)

    def save(self) -> None:
        """Write the checkpoint, unless it is up to date."""
        fit, path = self.fit, self._path
        if path is None or fit.iteration == self._saved:
            return
        started = time.monotonic()
        path.parent.mkdir(exist_ok=True)
        metadata = {"training": self._identity(), "seconds": str(self.seconds)}
        fit.save(path, metadata)
        self._saved = fit.iteration
        pause = _TRAINING_PER_SAVING * (time.monotonic() - started)
        self._next_save = self.seconds + max(_SAVE_SECONDS, pause)

    def _restore(self) -> None:
        """Continue from the checkpoint, if there is one of exactly this training."""
        if self._path is None or not self._path.exists():
            return
        try:
            metadata = _checkpoint.metadata(self._path)
            if metadata.get("training") != self._identity():
                return
            self.fit.restore(self._path)
        except RunError:  # damaged by a crash; the training starts over
            return
        self.seconds = float(metadata["seconds"])
        self._saved = self.fit.iteration
        self._next_save = self.seconds + _SAVE_SECONDS


def wait_for(job: Future[Result]) -> Result:
    """Return the result of a job, noticing Ctrl-C while it runs."""
    # Ctrl-C does not always interrupt a wait without a timeout, on Windows never
    while not wait([job], timeout=_WAIT_SECONDS).done:
        pass
    return job.result()


class Checkpoints:
    """A folder with everything needed to resume the trainings of a run.

    Args:
        folder: folder, created when something is saved; None keeps nothing.
        data: identity of the data, which the fit itself does not know.
    """

    def __init__(self, folder: Path | None = None, *, data: str = "") -> None:
        self._folder = folder
        self._data = data
        self._stopped = threading.Event()

    def resumable(self, name: str, fit: Fit, training: spec.Training) -> Resumable:
        """Return a new training, or one restored to where an earlier process left it.

        Args:
            name: name of the training within the run.
            fit: new fit.
            training: training spec. A checkpoint must match it, and also the seed, the
                length and the data.
        """

        def identity() -> str:
            values = [
                leaf.tolist() for leaf in to_host(tree_leaves(fit.hyperparameters))
            ]
            length = fit.seed, fit.num_iterations
            words = [self._data, training.to_data(), length, values]
            text = json.dumps(words, sort_keys=True)
            return hashlib.sha256(text.encode()).hexdigest()

        path = None if self._folder is None else self._path(name)
        return Resumable(fit, path, identity=identity, stopped=self._stopped)

    def remove(self, name: str) -> None:
        """Delete the checkpoint of a training whose result is recorded."""
        if self._folder is not None:
            self._path(name).unlink(missing_ok=True)

    def save_histories(self, histories: Mapping[int, History]) -> None:
        """Keep the histories of finished trials."""
        if self._folder is not None and histories:
            self._folder.mkdir(exist_ok=True)
            # one file per group of trials, since most trials are short
            path = self._path(f"histories-{min(histories)}")
            _checkpoint.save_histories(path, histories)

    def histories(self) -> dict[int, History]:
        """Return the histories kept so far, by trial number."""
        histories: dict[int, History] = {}
        if self._folder is not None:
            for path in self._folder.glob("histories-*.safetensors"):
                histories |= _checkpoint.load_histories(path)
        return histories

    def _path(self, name: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{name}.safetensors"

    def in_threads(
        self, work: Callable[[Item], Result], items: Sequence[Item], *, threads: int
    ) -> list[Result]:
        """Return the result for each item; Ctrl-C stops and saves the trainings.

        Ctrl-C reaches only the main thread, so a training in another thread is never
        interrupted between two changes of its state.
        """
        with ThreadPoolExecutor(threads) as pool, self.stopping():
            return [wait_for(job) for job in [pool.submit(work, i) for i in items]]

    @contextmanager
    def stopping(self) -> Generator[None, None, None]:
        """Stop the trainings in other threads if the body is interrupted or fails."""
        try:
            yield
        except BaseException:
            self._stopped.set()
            raise

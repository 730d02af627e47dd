"""Trainings that survive a kill: saved every few seconds, and continued from there."""

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

_SAVE_SECONDS = 5.0  # of training that a kill may cost; shorter ones are not saved
_TRAINING_PER_SAVING = 20  # seconds, so that saving a large net slows it by 5 % at most
_CALL_SECONDS = 1.0  # of one call of the program, which nothing can interrupt
_WAIT_SECONDS = 0.2  # between two looks for Ctrl-C
_FIRST_ITERATIONS = 64  # of the first call, while the speed is not known

Item = TypeVar("Item")
Result = TypeVar("Result")


class Resumable:
    """A training under way, and the file that it is saved to.

    However often it is saved, stopped and restored, the numbers are the same bit for
    bit.

    Args:
        fit: at its start.
        path: of the checkpoint; None for a training that is not saved.
        identity: returns what a checkpoint must match to be restored.
        stopped: set when trainings are to stop.
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
        self.seconds = 0.0  # of training, those before a stop included
        self._path = path
        self._identity = identity
        self._stopped = stopped or threading.Event()
        self._saved: int = 0  # iterations in the file
        self._next_save = _SAVE_SECONDS  # on the clock of `seconds`
        self._iteration_seconds = 0.0  # in the latest call; 0 if not known
        self._restore()

    @property
    def stopped(self) -> bool:
        """Whether the training is to stop, done or not."""
        return self._stopped.is_set()

    def run(self) -> Fit:
        """Train to the end, or until it is stopped; return the fit."""
        self.advance(self.fit.num_iterations)
        if self.stopped:
            self.save()
        return self.fit

    def advance(self, iteration: int) -> None:
        """Train until an iteration, in calls of about a second, saving now and then."""
        fit = self.fit
        while fit.iteration < iteration and not fit.done and not self.stopped:
            before, started = fit.iteration, time.monotonic()
            fit.advance(iterations=min(self._call_iterations(), iteration - before))
            seconds = time.monotonic() - started
            self._iteration_seconds = seconds / max(fit.iteration - before, 1)
            self.seconds += seconds
            # the end of a long training is saved too: its result may not be written yet
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
        """Continue from the checkpoint, if there is one of this very training."""
        if self._path is None or not self._path.exists():
            return
        try:
            metadata = _checkpoint.metadata(self._path)
            if metadata.get("training") != self._identity():
                return
            self.fit.restore(self._path)
        except RunError:  # a file that a crash damaged; the training starts over
            return
        self.seconds = float(metadata["seconds"])
        self._saved = self.fit.iteration
        self._next_save = self.seconds + _SAVE_SECONDS


def wait_for(job: Future[Result]) -> Result:
    """Return the result of a job, so that Ctrl-C is noticed while it runs."""
    # a wait without a timeout is not always woken by Ctrl-C, never so on Windows
    while not wait([job], timeout=_WAIT_SECONDS).done:
        pass
    return job.result()


class Checkpoints:
    """A folder that keeps what is needed to resume the trainings of a run.

    Args:
        folder: made when something is saved; None keeps nothing.
        data: identifies the data, of which a checkpoint does not state anything.
    """

    def __init__(self, folder: Path | None = None, *, data: str = "") -> None:
        self._folder = folder
        self._data = data
        self._stopped = threading.Event()

    def resumable(self, name: str, fit: Fit, training: spec.Training) -> Resumable:
        """Return a training at its start, or where a run before this one left it.

        Args:
            name: of the training within the run.
            fit: at its start.
            training: its spec, which the checkpoint has to match, as it has to match
                the seed, the length and the data.
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
        """Keep the histories of trials that have ended."""
        if self._folder is not None and histories:
            self._folder.mkdir(exist_ok=True)
            # one file for a group of trials, since most trials are quick
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
        """Return the result for each item; Ctrl-C stops the trainings, which are saved.

        Ctrl-C reaches the main thread alone, so a training in another one is never
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

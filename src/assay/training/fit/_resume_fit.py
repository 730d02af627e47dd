"""Fits that are saved every few seconds, so little is lost if the process is killed."""

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

from assay._errors import RunError
from assay.training._hosts import agreed
from assay.training._jax import tree_leaves
from assay.training.fit import _checkpoint_file
from assay.training.fit._fit import Fit
from assay.training.fit._watcher import Watcher
from assay.training.fit._workers import Workers

__all__ = ["Resumable"]

_SAVE_SECONDS = 5.0  # minimum training time between saves; shorter fits are not saved
_TRAINING_PER_SAVING = 20  # training time / saving time; limits the cost to 5%
_CALL_SECONDS = 1.0  # target duration of a program call, which cannot be interrupted
_COPIED_BYTES_PER_SECOND = 4e9
_SHARE_OF_COPYING = 0.04  # maximum share of a call's duration spent on copying
_UNDISTURBED_SECONDS = 0.035  # 20 to 100 times the fixed costs of a call
_INTERRUPTED = -1  # sent to other hosts instead of an iteration number
_FIRST_ITERATIONS = 64  # length of the first call, before the speed is known


class Resumable:
    """A running fit and its checkpoint file.

    The results of a fit that is saved, stopped and restored are bit-for-bit identical
    to those of an uninterrupted fit.

    Args:
        fit: fit that has not started yet.
        path: path of the checkpoint; None to disable saving.
        identity: function that returns an identifier of the fit. A checkpoint is
            restored only if it has the same identifier.
        stopped: event that is set to stop the fits of a run.
        name: name of the fit within the run, for the watcher.
        watcher: watcher of the run.
        workers: workers that advance the fit; by default, this machine's cores.
    """

    def __init__(
        self,
        fit: Fit,
        path: Path | None = None,
        *,
        identity: Callable[[], str] = str,
        stopped: threading.Event | None = None,
        name: str = "",
        watcher: Watcher | None = None,
        workers: Workers | None = None,
    ) -> None:
        self.fit = fit
        self.workers = workers or Workers()
        self.seconds = 0.0  # training time, including the time before an interruption
        self._path = path
        self._identity = identity
        self._stopped = stopped or threading.Event()
        self._name = name
        self._watcher = watcher or Watcher()
        self._state_bytes = sum(leaf.nbytes for leaf in tree_leaves(fit.state))
        self._saved: int = 0  # number of iterations in the checkpoint
        self._next_save = _SAVE_SECONDS  # value of `seconds` at which to save
        self._iteration_seconds = 0.0  # measured in the latest call, or 0 if unknown
        self._fastest_seconds = math.inf  # seconds per iteration in the fastest call
        self._restore()

    @property
    def stopped(self) -> bool:
        """Whether the fit must stop, even if it is unfinished."""
        return self._stopped.is_set()

    @property
    def call_seconds(self) -> float:
        """Shortest acceptable duration of a program call, given its fixed costs."""
        return self.workers.call_seconds(self._state_bytes)

    def run(self) -> Fit:
        """Run to completion or until stopped, and return the fit."""
        self.advance(self.fit.num_iterations)
        if self.stopped:
            self.save()
        self.fit.release()
        return self.fit

    def advance(
        self, iteration: int, has_time: Callable[[], bool] = lambda: True
    ) -> None:
        """Train up to the given iteration in short calls, saving occasionally.

        Args:
            iteration: iteration at which to stop.
            has_time: function called before each program call. Training pauses
                when it returns False.
        """
        fit = self.fit
        while fit.iteration < iteration and not fit.done and not self.stopped:
            if not has_time():
                return
            goal = self.next_goal(iteration)
            before = fit.iteration
            seconds = self.workers.advance([fit], goal, stopped=self._stopped.is_set)
            if fit.iteration == before:  # stopped
                return
            self.record_call(before, seconds)
            self.save_if_due()

    def next_goal(self, iteration: int) -> int:
        """Wait while the run is paused. Return the iteration at which a call must end.

        Args:
            iteration: iteration at which to stop.

        Raises:
            KeyboardInterrupt: the run must stop; the fit has been saved.
        """
        goal = min(iteration, self.fit.iteration + self._call_iterations())
        try:
            goal = self._watcher.allow(
                self._name, self.fit, goal, stopped=self._stopped.is_set
            )
        except KeyboardInterrupt:
            agreed(_INTERRUPTED)
            self.save()
            raise
        goal = agreed(goal)  # goals differ, because hosts measure different speeds
        if goal == _INTERRUPTED:
            raise KeyboardInterrupt
        return goal

    def _call_iterations(self) -> int:
        if not self._iteration_seconds:
            return min(self.fit.iterations_per_epoch, _FIRST_ITERATIONS)
        # Each call copies the state. Copying must take only a small fraction of the
        # time.
        copying = self._state_bytes / _COPIED_BYTES_PER_SECOND / _SHARE_OF_COPYING
        seconds = min(_CALL_SECONDS, max(self._watcher.call_seconds, copying))
        seconds = max(seconds, self.call_seconds)
        # on a busy machine, calls and their fixed costs take longer
        least = min(_CALL_SECONDS, _UNDISTURBED_SECONDS) / self._fastest_seconds
        return max(int(seconds / self._iteration_seconds), int(least), 1)

    def record_call(self, before: int, seconds: float, *, num_fits: int = 1) -> None:
        """Record a program call that advanced the fit.

        Args:
            before: iteration before the call.
            seconds: duration of the call.
            num_fits: number of fits that shared the call.
        """
        self._iteration_seconds = seconds / max(self.fit.iteration - before, 1)
        self._fastest_seconds = min(self._fastest_seconds, self._iteration_seconds)
        self.seconds += seconds / num_fits
        self._watcher.advanced(self._name, self.fit)

    def save_if_due(self) -> None:
        """Write the checkpoint if a crash would lose too much training."""
        # also save a long fit when it ends, because its result may not be recorded yet
        long = self.fit.done and self.seconds >= _SAVE_SECONDS
        if long or self.seconds >= self._next_save:
            self.save()

    def save(self) -> None:
        """Write the checkpoint unless it is up to date."""
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
        """Restore the checkpoint if it exists and belongs to this fit."""
        if self._path is None or not self._path.exists():
            return
        try:
            metadata = _checkpoint_file.metadata(self._path)
            if metadata.get("training") != self._identity():
                return
            self.fit.restore(self._path)
        except RunError:  # a crash damaged the file, so the fit starts over
            return
        self.seconds = float(metadata["seconds"])
        self._saved = self.fit.iteration
        self._next_save = self.seconds + _SAVE_SECONDS

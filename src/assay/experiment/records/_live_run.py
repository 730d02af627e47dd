"""Writes the live log of a run while it trains, and carries out control commands."""

import os
import socket
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from assay.experiment.records._pauses import Pauses
from assay.experiment.records._thinned import thinned
from assay.records import CONTROL, LIVE, ControlFile, LiveLog, RunFolder
from assay.trackers import Session
from assay.training import (
    EPOCH_FIELDS,
    ITERATION_FIELDS,
    MONITOR_FIELDS,
    Fit,
    Measurement,
    Watcher,
)

__all__ = ["LiveRun", "remove_live"]

_TICK_SECONDS = 0.045  # more than 20 updates a second
_REST = 30  # minimum ratio of the thread's idle time to its work time
_DETAILED_SECONDS = 60  # after this time, fewer rows are enough for the curves
_MOST_ROWS, _MOST_ROWS_LATER = 8, 2  # per line; a 3-hour log takes about 40 MB


class _NewRows(NamedTuple):
    """The measurements from one program call, with its last iteration and epoch."""

    iterations: np.ndarray
    epochs: np.ndarray
    iteration: int
    epoch: int


class _Shown:
    """The parts of a fit that have been logged."""

    def __init__(self, fit: Fit) -> None:
        self.fit = weakref.ref(fit)
        self.since = time.monotonic()
        self.iteration, self.epoch = fit.iteration, fit.epoch
        self.num_monitors = 0
        self.waiting: list[_NewRows] = []  # not yet logged


class LiveRun(Watcher):
    """The live log and the controls of a run.

    A thread writes the log and reads the controls more than 20 times per second, so the
    training threads only need to queue their measurements.

    Args:
        folder: folder of the run.
        resumed: whether the run was resumed.
        session: the trackers, which also receive the records of all epochs.
    """

    call_seconds = _TICK_SECONDS

    def __init__(
        self, folder: RunFolder, *, resumed: bool, session: Session | None = None
    ) -> None:
        self._log = LiveLog(folder)
        self._session = session or Session()
        self._controls = ControlFile(folder)
        self._pauses = Pauses()
        self._shown: dict[str, _Shown] = {}
        self._showing = threading.RLock()  # keeps the log lines of a fit in order
        self._closed = threading.Event()
        host = socket.gethostname()
        self._log.add("process", pid=os.getpid(), host=host, resumed=resumed)
        self._thread = threading.Thread(
            target=self._serve, name="assay-live", daemon=True
        )
        self._thread.start()

    def show(self, kind: str, **fields: Any) -> None:
        """Add a record to the log and pass it to the trackers."""
        self._log.add(kind, **fields)
        if self._session:
            self._session.record({"kind": kind, **fields})

    def close(self, reason: str) -> None:
        """Write the rest of the log and stop the thread."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._thread.join()
        with suppress(OSError):  # the run can finish without its live log
            self._show_waiting()
            self._log.add("process_finished", reason=reason)
            self._log.flush()

    def flush(self) -> None:
        """Write all new records immediately."""
        self._show_waiting()
        self._log.flush()

    def now(self) -> float:
        """Return the time in seconds. The clock stops while the run is paused."""
        return self._pauses.now()

    def allow(
        self, name: str, fit: Fit, goal: int, *, stopped: Callable[[], bool]
    ) -> int:
        """Wait until the fit may continue, and return the iteration to stop at."""
        shown = self._shown.get(name)
        # a search reuses the number of a trial that ended before its first epoch
        if shown is None or shown.fit() is not fit:
            self._start(name, fit)

        def show_pause() -> None:
            self._show_rows(name)
            place = {"iteration": fit.iteration, "epoch": fit.epoch}
            self._log.add("paused", fit=name, **place)

        return self._pauses.allow(name, fit, goal, stopped=stopped, on_wait=show_pause)

    def _start(self, name: str, fit: Fit) -> None:
        if name in self._shown:
            self._show_rows(name)
        network = fit.program.network
        self._log.add(
            "fit",
            fit=name,
            iteration=fit.iteration,
            num_iterations=fit.num_iterations,
            iterations_per_epoch=fit.iterations_per_epoch,
            layers=list(network.layer_paths),
            num_parameters=network.num_parameters,
        )
        self._pauses.add(name)
        self._shown[name] = _Shown(fit)

    def advanced(self, name: str, fit: Fit) -> None:
        """Queue the new measurements of a fit for the log."""
        shown, history = self._shown[name], fit.history
        ended = fit.iteration, fit.epoch
        num_iterations, num_epochs = ended[0] - shown.iteration, ended[1] - shown.epoch
        if not num_iterations:  # the fit finished before other fits in the same call
            return
        rows = history.latest_rows(num_iterations, num_epochs)
        monitors = history.latest_monitors(shown.num_monitors)
        with self._showing:
            shown.waiting.append(_NewRows(*rows, *ended))
            shown.iteration, shown.epoch = ended
            shown.num_monitors += len(monitors)
            if monitors or fit.done:
                self._show_rows(name)
            for measurement in monitors:
                self._show_monitors(name, fit, measurement)
            if fit.done:
                place = {"iteration": fit.iteration, "epoch": fit.epoch}
                diverged_at = fit.diverged_at
                self._log.add(
                    "fit_finished", fit=name, **place, diverged_at=diverged_at
                )

    def _show_monitors(self, name: str, fit: Fit, measurement: Measurement) -> None:
        rows = measurement.table.T.tolist()
        columns = dict(zip(MONITOR_FIELDS, rows, strict=True))
        self.show(
            "monitors",
            fit=name,
            iteration=measurement.iteration,
            epoch=measurement.epoch,
            layers=list(fit.program.network.layer_paths),
            **columns,
        )

    def _show_rows(self, name: str) -> None:
        """Thin out the new iterations and epochs of a fit, and add them to the log."""
        with self._showing:
            shown = self._shown[name]
            calls, shown.waiting = shown.waiting, []
            if not calls:
                return
            is_new = time.monotonic() - shown.since < _DETAILED_SECONDS
            most = _MOST_ROWS if is_new else _MOST_ROWS_LATER
            rows = np.concatenate([call.iterations for call in calls])
            last = calls[-1].iteration
            columns = thinned(rows, ITERATION_FIELDS, "iteration", last=last, most=most)
            self.show("iterations", fit=name, **columns)
            if any(len(call.epochs) for call in calls):
                rows = np.concatenate([c.epochs for c in calls if len(c.epochs)])
                last = calls[-1].epoch
                columns = thinned(rows, EPOCH_FIELDS, "epoch", last=last, most=most)
                self._log.add("epochs", fit=name, **columns)
                self._track_epochs(name, rows, last)

    def _track_epochs(self, name: str, rows: np.ndarray, last: int) -> None:
        """Pass all epochs to the trackers without thinning them out."""
        if self._session:
            epochs = list(range(last - len(rows) + 1, last + 1))
            columns = dict(zip(EPOCH_FIELDS, rows.T.tolist(), strict=True))
            record = {"kind": "epochs", "fit": name, "epoch": epochs, **columns}
            self._session.record(record)

    def _show_waiting(self) -> None:
        for name in [*self._shown]:  # other threads may add fits
            self._show_rows(name)

    def _serve(self) -> None:
        """Read the controls and write the log until the run ends."""
        pause = _TICK_SECONDS
        while not self._closed.wait(pause):
            started = time.monotonic()
            with suppress(OSError):  # a full disk is reported when results are saved
                for action in self._controls.new_actions():
                    self._log.add("control", action=action)
                    self._pauses.obey(action)
                self.flush()
            # on a busy machine, this thread must not slow down training
            pause = max(_TICK_SECONDS, _REST * (time.monotonic() - started))


def remove_live(folder: RunFolder) -> None:
    """Delete the live log and the controls, which only unfinished runs need."""
    for name in (LIVE, CONTROL):
        folder.path_of(name).unlink(missing_ok=True)

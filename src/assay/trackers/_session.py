"""Sends the records of a run to its trackers from a separate thread."""

import queue
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assay._terminal import printable
from assay.records import Finding, Summary
from assay.trackers._points import points_of
from assay.trackers._tracker import Tracker

__all__ = ["Session"]

Call = Callable[[Tracker], None]


class Session:
    """Sends the records of a run to its trackers.

    The run only adds records to a queue, so a slow tool does not slow down training. At
    the end, the run waits until everything has been sent.

    Args:
        trackers: the trackers of the run.
    """

    def __init__(self, trackers: Sequence[Tracker] = ()) -> None:
        self._trackers = list(trackers)
        self._queue: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def __bool__(self) -> bool:
        return bool(self._trackers)

    def start(self, run: str, folder: Path, experiment: Mapping[str, Any]) -> None:
        """Start the trackers. The arguments are the same as for `Tracker.start`."""
        if not self._trackers:
            return
        self._thread = threading.Thread(
            target=self._work, name="assay-trackers", daemon=True
        )
        self._thread.start()
        self._queue.put(lambda tracker: tracker.start(run, folder, experiment))

    def record(self, record: Mapping[str, Any]) -> None:
        """Send a record from the live log. May be called from any thread."""
        if self._thread is None:
            return
        match record:
            case {"kind": "trial", "trial": number}:
                values, value = record["hyperparameters"], record["value"]
                self._queue.put(lambda t: t.trial(number, values, value))
            case {"kind": "finding", "finding": data}:
                finding = Finding.from_json(data)
                self._queue.put(lambda t: t.finding(finding))
            case {"kind": "iterations" | "epochs" | "monitors", "fit": fit}:
                points = tuple(points_of(record))
                self._queue.put(lambda t: t.points(fit, points))
            case _:
                pass

    def finish(self, summary: Summary) -> None:
        """Send the result of the run."""
        if self._thread is not None:
            self._queue.put(lambda tracker: tracker.finish(summary))

    def close(self, reason: str) -> None:
        """Wait until everything has been sent, and close the trackers."""
        if self._thread is not None:
            self._queue.put(lambda tracker: tracker.close(reason))
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (call := self._queue.get()) is not None:
            for tracker in [*self._trackers]:
                try:
                    call(tracker)
                except Exception as error:
                    self._trackers.remove(tracker)
                    _tell(tracker, error)


def _tell(tracker: Tracker, error: Exception) -> None:
    """Print why a tracker stopped. The run itself continues."""
    name = tracker.kind or type(tracker).__name__
    words = f"note: {name} stopped tracking ({type(error).__name__}: {error})"
    print(printable(words), file=sys.stderr, flush=True)

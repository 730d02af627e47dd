"""The stages of a run: timed, told to the observer, written as events."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assay.experiment._observer import Observer
from assay.records import Finding, RunFolder

__all__ = ["Stages"]


class Stages:
    """Keeps the clock and the record while the protocol goes from stage to stage.

    Nothing is on the disk until a folder is opened: faults in what the user asked for
    leave nothing behind.

    Args:
        observer: is told too.
    """

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self._folder: RunFolder | None = None
        self._waiting: list[tuple[str, dict[str, Any]]] = []
        self.findings: list[Finding] = []
        self.seconds: dict[str, float] = {}
        self.started = observer.started or time.monotonic()

    def write_to(self, folder: RunFolder) -> None:
        """Write the events from now on, and those so far, to a run's folder."""
        self._folder = folder
        for kind, data in self._waiting:
            folder.append_event(kind, **data)

    def event(self, kind: str, **data: Any) -> None:
        """Note that something happened."""
        if self._folder is None:
            self._waiting.append((kind, data))
        else:
            self._folder.append_event(kind, **data)

    @contextmanager
    def stage(self, name: str, detail: str = "") -> Iterator[None]:
        """Run the body as one stage of the protocol."""
        self.observer.stage(name, detail)
        self.event("stage_started", stage=name)
        started = time.perf_counter()
        yield
        duration = time.perf_counter() - started
        self.seconds[f"{name}_seconds"] = duration
        self.event("stage_finished", stage=name, duration_seconds=duration)

    def find(self, findings: list[Finding], stage: str) -> None:
        """Keep findings, write them down, and tell them."""
        for finding in findings:
            self.findings.append(finding)
            self.event("finding", finding=finding.to_json(), stage=stage)
            self.observer.finding(finding)

    def timings(self) -> dict[str, float]:
        """Return the seconds of every stage and of the whole."""
        return {"total_seconds": time.monotonic() - self.started, **self.seconds}

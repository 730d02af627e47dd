"""Shows progress on standard error: bars on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assay._terminal import printable
from assay.cli.arguments._as_options import as_options
from assay.experiment import Observer
from assay.records import Finding

__all__ = ["show_progress"]

_SECONDS_BETWEEN_LINES = 2.0
_SHOWN = ("warning", "error")  # less severe findings appear only in the result


@contextmanager
def show_progress(started: float | None = None) -> Iterator[Observer]:
    """Context manager that yields an observer that shows the progress of a run.

    Args:
        started: start time of the command on the monotonic clock; time limits count
            from it. By default, the current time.
    """
    started = time.monotonic() if started is None else started
    if not sys.stderr.isatty():
        lines = Lines()
        lines.started = started
        yield lines
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn("{task.description:<6}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[text]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        shown = Bars(bars)
        shown.started = started
        yield shown


class Lines(Observer):
    """Prints a line for each stage and a progress line every few seconds."""

    def __init__(self) -> None:
        self._stage = ""
        self._printed = 0.0

    def stage(self, name: str, detail: str = "") -> None:
        self._stage, self._printed = name, time.monotonic()
        _print(f"{name}: {detail}" if detail else name)

    def progress(self, done: int, total: int, text: str = "") -> None:
        now = time.monotonic()
        if done == total or now - self._printed >= _SECONDS_BETWEEN_LINES:
            self._printed = now
            _print(f"{self._stage}: {done} of {total}{', ' if text else ''}{text}")

    def note(self, text: str) -> None:
        _print(f"note: {as_options(text)}")

    def finding(self, finding: Finding) -> None:
        if finding.severity in _SHOWN:
            _print(f"{finding.severity}: {finding.message}")


def _print(line: str) -> None:
    print(printable(line), file=sys.stderr, flush=True)


class Bars(Observer):
    """Shows a bar for each stage.

    Args:
        bars: started `rich.progress.Progress`.
    """

    def __init__(self, bars: Any) -> None:
        self._bars = bars
        self._task: Any = None

    def stage(self, name: str, detail: str = "") -> None:
        if self._task is not None:
            self._bars.update(self._task, total=1, completed=1)
        self._task = self._bars.add_task(name, total=None, text=printable(detail))

    def progress(self, done: int, total: int, text: str = "") -> None:
        self._bars.update(self._task, completed=done, total=total, text=printable(text))

    def note(self, text: str) -> None:
        self._bars.console.print(
            f"note: {as_options(text)}", markup=False, highlight=False
        )

    def finding(self, finding: Finding) -> None:
        if finding.severity in _SHOWN:
            message = printable(f"{finding.severity}: {finding.message}")
            self._bars.console.print(message, markup=False, highlight=False)

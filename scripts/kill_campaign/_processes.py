"""Runs commands in separate processes and kills them at a given moment.

The processes are forked from this one, which has imported JAX but not used it, because
importing JAX takes longer than a small run.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import psutil
from scripts.kill_campaign._moments import Moment

__all__ = ["Ended", "call", "command"]

_POLL_SECONDS = 0.0005
# The limits use processor time, because wall-clock time depends on other programs.
# A run takes seconds, so reaching this limit means that it loops forever.
_MOST_PROCESSOR_SECONDS = 300
# A process is considered stuck if it uses less than this fraction of a processor for
# this number of seconds.
_WAITING_SECONDS = 300
_LEAST_SHARE = 0.02
_STUCK = 124  # exit code of a process that exceeded these limits
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")
# Not counted, because a thread writes these files a few times a second, and the number
# of writes varies.
_LIVE = ("live.jsonl", "control.jsonl")


@dataclass(frozen=True)
class Ended:
    """Describes how a process ended.

    Args:
        code: exit code; None if the process was killed at its moment, and 124 if it was
            stuck.
        output: text printed by the process.
        seconds: duration of the process.
        operations: number of operations on files and the database.
    """

    code: int | None
    output: str
    seconds: float
    operations: int


def command(words: Sequence[str], folder: Path, kill: Moment | None = None) -> Ended:
    """Run `assay` with some arguments and kill it at a given moment.

    Args:
        words: arguments of the command.
        folder: folder for all files that the command writes.
        kill: moment at which to kill the process; None to let it finish.
    """

    def run() -> int:
        from assay.cli import main

        counted = _count_operations(folder, kill)
        _save_fits_often()
        code = main(words)
        (folder / "operations").write_text(str(counted[0]))
        return code

    return call(run, folder, kill)


def call(run: Callable[[], int], folder: Path, kill: Moment | None = None) -> Ended:
    """Call a function in a separate process, whose exit code is the result.

    Args:
        run: function to call.
        folder: existing folder for the output of the process.
        kill: moment at which to kill the process; None to let it finish.
    """
    (folder / "operations").unlink(missing_ok=True)
    output = folder / "output.txt"
    output.write_text("")  # the process may be killed before it opens the file
    started = time.monotonic()
    process = os.fork()
    if process == 0:
        _become(run, output)
    code = _wait(process, folder, kill, started)
    seconds = time.monotonic() - started
    counted = folder / "operations"
    operations = int(counted.read_text()) if counted.exists() else 0
    return Ended(code, output.read_text(errors="replace"), seconds, operations)


def _become(run: Callable[[], int], output: Path) -> NoReturn:
    """Call a function in this forked process and end the process."""
    code = 70
    try:
        target = os.open(output, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(target, stream)
        code = run()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(
    process: int, folder: Path, kill: Moment | None, started: float
) -> int | None:
    """Wait for a process to end, or kill it at the given moment."""
    watch = _Watch(process)
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return None if code == -signal.SIGKILL else code
        seconds = time.monotonic() - started
        if kill is not None and _has_come(kill, folder, seconds):
            os.kill(process, signal.SIGKILL)
            kill = None
        if watch.is_stuck(seconds):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return _STUCK
        time.sleep(_POLL_SECONDS)


class _Watch:
    """Detects a process that loops or waits forever, even on a busy machine.

    Args:
        process: identifier of a child process that has not been waited for.
    """

    def __init__(self, process: int) -> None:
        self._process = psutil.Process(process)
        self._since, self._used, self._asked = 0.0, 0.0, 0.0

    def is_stuck(self, seconds: float) -> bool:
        """Return whether the process is stuck, given the seconds since its start."""
        if seconds < self._asked + 1:  # reading processor times is slow
            return False
        self._asked = seconds
        try:
            times = self._process.cpu_times()
        except psutil.Error:  # the process has already ended
            return False
        used = times.user + times.system
        waited = seconds - self._since
        if used - self._used >= _LEAST_SHARE * _WAITING_SECONDS:
            self._since, self._used = seconds, used
        elif waited > _WAITING_SECONDS:
            return True
        return used > _MOST_PROCESSOR_SECONDS


def _has_come(kill: Moment, folder: Path, seconds: float) -> bool:
    if kill.kind == "time":
        return seconds >= kill.at
    if kill.kind == "record":
        events = folder / "runs" / "cells-1" / "events.jsonl"
        with contextlib.suppress(OSError):
            return events.read_bytes().count(b"\n") >= kill.at
    return False


def _count_operations(folder: Path, kill: Moment | None) -> list[int]:
    """Count the operations of this process and kill it before a given operation.

    Returns:
        A list with the current count, which is updated in place.
    """
    last = kill.at if kill is not None and kill.kind == "operation" else None
    root, counted = str(folder), [0]

    def count() -> None:
        counted[0] += 1
        if counted[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            changes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        else:
            path, changes = next(iter(arguments), ""), event in _CHANGES
        is_inside = changes and isinstance(path, str | Path)
        if is_inside and str(path).startswith(root) and not str(path).endswith(_LIVE):
            count()

    import sqlalchemy

    def statement(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        if not text.startswith(("SELECT", "PRAGMA")):
            count()

    sys.addaudithook(audit)
    engine = sqlalchemy.engine.Engine
    sqlalchemy.event.listen(engine, "before_cursor_execute", statement)
    sqlalchemy.event.listen(engine, "commit", lambda connection: count())
    return counted


def _save_fits_often() -> None:
    """Save every fit after each iteration. By default, short fits are not saved."""
    from assay.training.fit import _resume_fit

    for constant in ("_SAVE_SECONDS", "_TRAINING_PER_SAVING", "_CALL_SECONDS"):
        setattr(_resume_fit, constant, 0)
    _resume_fit._FIRST_ITERATIONS = 1

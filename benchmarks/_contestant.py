"""Controls the process of a contestant from the parent process."""

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks._machine import environment

__all__ = ["Contestant"]


class Contestant:
    """A process that performs a task with one tool, one round at a time.

    The process is suspended while other contestants run, because the threads of some
    tools keep spinning for a while after the work is done.

    Args:
        workload: name of the task.
        side: name of the contestant.
        folder: folder shared by all contestants of a task.
        cores: cores to which the process is pinned.
        tiny: whether to use a small version of the task.
    """

    def __init__(
        self, workload: str, side: str, *, folder: Path, cores: int, tiny: bool
    ) -> None:
        self.side = side
        self._errors = tempfile.TemporaryFile("w+")
        size = "tiny" if tiny else "full"
        backend = side.removeprefix("keras ") if side.startswith("keras ") else "jax"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._worker", workload, side, folder, size],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment(cores, KERAS_BACKEND=backend),
            text=True,
        )

    def ask(self, request: str) -> dict[str, Any]:
        """Send the request "start" or "round" and return the answer."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the contestant has no pipes")
        self._process.send_signal(signal.SIGCONT)
        try:
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
            line = stdout.readline()
        except BrokenPipeError:
            line = ""
        if line:
            self._process.send_signal(signal.SIGSTOP)
            return json.loads(line)
        return {"failed": f"the process ended with exit code {self._process.wait()}"}

    def errors(self) -> str:
        """Return the last lines of the process's standard error."""
        self._errors.seek(0)
        return self._errors.read()[-2000:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGCONT)
        if kind is not None:
            self._process.terminate()
        self._process.communicate()
        self._errors.close()

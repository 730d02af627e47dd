"""Measures whole commands, including the time before training starts."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._arithmetic import spread
from benchmarks._race import Course
from benchmarks._row import Row

__all__ = ["WORKLOADS", "Process"]

_ASSAY = (sys.executable, "-m", "assay")
# Minimum accuracy on digits; a lower one means that training failed.
_MIN_ACCURACY = 0.94


@dataclass(frozen=True)
class Process:
    """A command that is run in the same way as users run it.

    Args:
        name: name in the table.
        target: maximum number of seconds.
        measure: function that returns the duration of each round.
    """

    name: str
    target: float
    measure: Callable[[Course], list[float]]

    @property
    def tasks(self) -> dict[str, Any]:
        """Always empty, because this workload has no contestants."""
        return {}

    def run(self, course: Course) -> list[Row]:
        """Return the only row."""
        aim: dict[str, Any] = {"target": self.target, "better": "lower"}
        try:
            found = spread(self.measure(course))
        except (RuntimeError, subprocess.SubprocessError) as error:
            return [Row(self.name, unit="seconds", failed=str(error), **aim)]
        return [Row(self.name, "", *found, unit="seconds", **aim)]


def _help_seconds(course: Course) -> list[float]:
    """Return the CPU time (user + system) of `assay --help`."""
    script = "import sys, assay.cli; assay.cli.main(['--help']); "
    script += "sys.exit('jax' in sys.modules)"
    if _call(sys.executable, "-c", script).returncode:
        raise RuntimeError("`assay --help` imports jax")
    found = []
    for _ in range(course.rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _call(*_ASSAY, "--help").check_returncode()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        user, system = (
            after.ru_utime - before.ru_utime,
            after.ru_stime - before.ru_stime,
        )
        found.append(user + system)
    return found


def _cold_seconds(course: Course) -> list[float]:
    return [_train_seconds(1, course)[0] for _ in range(course.rounds)]


def _warm_seconds(course: Course) -> list[float]:
    return _train_seconds(1 + course.rounds, course)[1:]


def _train_seconds(count: int, course: Course) -> list[float]:
    """Return the durations of `assay train digits`. Only the first run compiles."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        cache = {"ASSAY_CACHE": str(Path(folder) / "cache")}
        for place in range(count):
            out = str(Path(folder) / f"run{place}")
            words = ["train", "digits", "--json", "--out", out]
            words += ["--trials", "2"] if course.tiny else []
            started = time.perf_counter()
            done = _call(*_ASSAY, *words, **cache)
            found.append(time.perf_counter() - started)
            done.check_returncode()
            accuracy = json.loads(done.stdout)["test"]["value"]
            if accuracy < (0 if course.tiny else _MIN_ACCURACY):
                raise RuntimeError(
                    f"Training on digits ended at an accuracy of {accuracy}."
                )
    return found


def _call(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | variables
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)  # would override Assay's cache
    return subprocess.run(words, capture_output=True, text=True, env=environment)


WORKLOADS = (
    Process("assay --help, CPU seconds", 0.25, _help_seconds),
    Process("assay train digits, cold", 15.0, _cold_seconds),
    Process("assay train digits, warm", 8.0, _warm_seconds),
)

"""Watches the process that reads inputs and replaces it if it hangs."""

import os
import shutil
import signal
import struct
import time
from ast import literal_eval
from dataclasses import dataclass, field
from mmap import mmap
from pathlib import Path

import psutil
from scripts.fuzz._worker import work

__all__ = ["Result", "run"]

_INPUT_SECONDS = 20  # processor time, because it does not depend on other processes
_WAITING_SECONDS = 180  # wall-clock time for an input or for starting the process
_POLL_SECONDS = 0.05
_STACKS_SECONDS = 0.5
_MOST_RESTARTS = 50
_MOST_BYTES = 3_000_000_000  # maximum memory of a process


@dataclass
class Result:
    """The results for the inputs of one kind.

    Args:
        inputs: number of inputs that were read.
        seconds: duration in seconds.
        faults: distinct faults, by the number of the first input that caused each.
    """

    inputs: int = 0
    seconds: float = 0.0
    faults: dict[int, str] = field(default_factory=dict)

    def add(self, number: int, words: str) -> None:
        """Add a fault, unless an earlier input caused the same one."""
        place = words.partition(": ")[0]
        if all(known.partition(": ")[0] != place for known in self.faults.values()):
            self.faults[number] = words


def run(
    name: str, folder: Path, *, seed: int, numbers: range, seconds: float
) -> Result:
    """Read inputs of one kind in a process, which is replaced after each fault.

    Args:
        name: name of the kind.
        folder: folder for the files of this kind; files from an earlier campaign are
            removed.
        seed: seed of the campaign.
        numbers: the input numbers.
        seconds: time limit in seconds.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started, result = time.monotonic(), Result()
    left, restarts = numbers, 0
    while left and restarts <= _MOST_RESTARTS:
        rest = seconds - (time.monotonic() - started)
        last, words = _run_worker(name, folder, seed=seed, numbers=left, seconds=rest)
        if words is None:
            result.inputs += last - left.start
            break
        if last < 0:
            raise SystemExit(f"{name}: {words}\n{(folder / 'output.txt').read_text()}")
        result.add(last, words)
        restarts += 1
        result.inputs += last + 1 - left.start
        left = range(last + 1, numbers.stop)
    result.seconds = time.monotonic() - started
    for number, words in _written(folder / "faults.txt"):
        result.add(number, words)
    return result


def _run_worker(
    name: str, folder: Path, *, seed: int, numbers: range, seconds: float
) -> tuple[int, str | None]:
    """Read inputs and return (next number, None) or (last number, fault)."""
    progress = mmap(-1, 8)
    progress[:8] = struct.pack("<q", -1)
    process = os.fork()
    if process == 0:
        work(name, folder, seed=seed, numbers=numbers, progress=progress)
    watched = psutil.Process(process)
    started = changed = time.monotonic()
    used, at = 0.0, -1
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        now = time.monotonic()
        number = struct.unpack("<q", progress[:8])[0]
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return number, None if code == 0 else f"died: exit code {code}"
        if number != at:
            at, changed, used = number, now, _processor_seconds(watched)
        fault = None
        if now - changed > _WAITING_SECONDS:
            fault = f"wait: more than {_WAITING_SECONDS} s"
        elif at >= 0 and _processor_seconds(watched) - used > _INPUT_SECONDS:
            fault = f"hang: more than {_INPUT_SECONDS} s of processor time"
        elif watched.memory_info().rss > _MOST_BYTES:
            fault = f"memory: more than {_MOST_BYTES} bytes"
        if fault is not None or (at >= 0 and now - started > seconds):
            if fault is not None:
                _keep_stacks(process, folder, at)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return at, fault
        time.sleep(_POLL_SECONDS)


def _keep_stacks(process: int, folder: Path, number: int) -> None:
    """Write the stacks of all threads of a process to `stacks-NUMBER.txt`."""
    os.kill(process, signal.SIGUSR1)
    time.sleep(_STACKS_SECONDS)
    shutil.copy(folder / "output.txt", folder / f"stacks-{number}.txt")


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _written(faults: Path) -> list[tuple[int, str]]:
    if not faults.exists():
        return []
    lines = [line.split("\t", 1) for line in faults.read_text().splitlines()]
    return [(int(number), literal_eval(words)) for number, words in lines]

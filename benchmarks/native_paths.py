"""Measure the end-to-end speedup of each code path in the C++ extension.

python -m benchmarks.native_paths [--only WORD] [--rounds N] [--busy]

For each row, two processes take turns training a network that uses the path. One
process uses the whole extension, and the other one uses all of it except this path. A
path justifies its code if the median ratio is at least 1.2. Wall-clock time is
unreliable on a busy machine, so `--busy` measures processor time on one core instead.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay import spec
from benchmarks._machine import environment, pin
from benchmarks._task import Task, sorted_by_teacher

_ROOT = Path(__file__).resolve().parent.parent
_LIBRARY = "ASSAY_LIBRARY"
# Environment variable that lists the modules that must not use the extension.
_OFF = "ASSAY_PATHS_OFF"
# Environment variable that is set if processor time is measured.
_BUSY = "ASSAY_PATHS_BUSY"
# Path that is compared with a separate library, built without Winograd's algorithm.
_WINOGRAD = "winograd"


@dataclass(frozen=True)
class NativePath:
    """A native code path, and a network that uses it in training.

    Args:
        name: name of the row.
        off: modules from which the extension is hidden, or `_WINOGRAD`.
        model: hidden layers of the network.
        input_shape: shape of one example.
        num_examples: number of examples per epoch.
        batch_size: number of rows per batch.
    """

    name: str
    off: tuple[str, ...]
    model: tuple[spec.Layer, ...]
    input_shape: tuple[int, ...]
    num_examples: int = 512
    batch_size: int = 64

    def task(self) -> Task:
        """Return the task for one round."""
        training = spec.Training(
            model=self.model,
            cost=spec.CrossEntropy(),
            optimizer=spec.Adam(1e-3),
            regularizers=(),
            batch_size=self.batch_size,
            num_epochs=1,
        )
        draw = sorted_by_teacher(self.input_shape)
        return Task(self.name, training, draw, self.num_examples)


def paths() -> list[NativePath]:
    """Return the code paths, one per row."""
    chain = (spec.Dense(64), spec.ReLU(), spec.Dense(64), spec.ReLU())
    single = (spec.Dense(64), spec.GELU(), spec.Dense(64), spec.GELU())
    wide = (spec.Dense(512), spec.ReLU(), spec.Dense(512), spec.ReLU())
    images, flat = (16, 16, 16), (spec.GlobalAveragePool(),)
    small: dict[str, Any] = {"num_examples": 16_384, "batch_size": 32}

    def convolutions(**how: Any) -> tuple[spec.Layer, ...]:
        layer = spec.Conv2D(32, **how)
        return (layer, spec.ReLU(), layer, spec.ReLU(), *flat)

    depthwise = (spec.DepthwiseConv2D(3), spec.ReLU())
    periodic = (spec.PeriodicEmbedding((*range(20),)), *chain)
    convolution = ("nn.ops._primitives",)
    return [
        NativePath("dense, chain", ("nn.ops._dense",), chain, (20,), **small),
        NativePath("dense, single", ("nn.ops._dense",), single, (20,), **small),
        NativePath("dense, wide", ("nn.ops._dense",), wide, (784,), 2048, 128),
        NativePath(
            "convolution, direct 5x5", convolution, convolutions(size=5), images
        ),
        NativePath(
            "convolution, direct, stride 2",
            convolution,
            convolutions(size=3, stride=2),
            (32, 32, 16),
        ),
        NativePath("convolution, 3x3", convolution, convolutions(size=3), (16, 16, 32)),
        NativePath(
            "winograd against direct",
            (_WINOGRAD,),
            convolutions(size=3),
            (16, 16, 32),
        ),
        NativePath(
            "convolution, depthwise",
            convolution,
            (*depthwise, *depthwise, *flat),
            (16, 16, 32),
        ),
        NativePath("LSTM", ("recurrent._lstm",), (spec.LSTM(64),), (50, 16)),
        NativePath("GRU", ("recurrent._gru",), (spec.GRU(64),), (50, 16)),
        NativePath(
            "periodic embedding", ("nn.ops._periodic",), periodic, (20,), **small
        ),
    ]


class Trainer:
    """A process that trains a path's network on request."""

    def __init__(
        self, path: NativePath, off: Collection[str], library: str | None
    ) -> None:
        more = {_OFF: " ".join(off)} | ({_LIBRARY: library} if library else {})
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.native_paths", "--train", path.name],
            cwd=_ROOT,
            env=environment(1 if _BUSY in os.environ else 2, **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self) -> float:
        """Train once more and return the duration."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print("go", file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("The training process failed with the error above.")
        return float(answer)

    def end(self) -> None:
        """Wait for the process to end."""
        self._process.communicate()


def _train(name: str) -> None:
    """Train once for each line of input and print the duration in seconds."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    off = os.environ[_OFF].split()
    asked = _turn_off([module for module in off if module != _WINOGRAD])
    from benchmarks.sides.assay_training import Training

    path = next(path for path in paths() if path.name == name)
    with tempfile.TemporaryDirectory() as folder:
        side = Training(path.task(), Path(folder))
    if unused := set(off) - asked - {_WINOGRAD}:
        raise RuntimeError(f"Training did not use {unused}.")
    clock = time.process_time if _BUSY in os.environ else time.perf_counter
    for _ in sys.stdin:
        side.reset()
        started = clock()
        side.run()
        print(clock() - started, file=answers, flush=True)


def _turn_off(modules: Collection[str]) -> set[str]:
    """Hide the extension from some modules and return the modules that requested it.

    Call this function before the modules are imported, because they import the patched
    functions by name.
    """
    from assay import extension

    asked: set[str] = set()

    def watched(real: Callable[..., bool]) -> Callable[..., bool]:
        def answer(*arrays: Any) -> bool:
            caller = sys._getframe(1).f_globals["__name__"]
            matching = {module for module in modules if caller.endswith(module)}
            asked.update(matching)
            return not matching and real(*arrays)

        return answer

    for name in ("available", "usable"):
        setattr(extension, name, watched(getattr(extension, name)))
    return asked


def _without_winograd(folder: Path) -> str:
    sys.path.insert(0, str(_ROOT))
    import hatch_build

    library = folder / "direct.so"
    sources = sorted((_ROOT / hatch_build.SOURCES).glob("*.cc"))
    options = [*hatch_build.RELEASE, "-DASSAY_NO_WINOGRAD", "-shared"]
    hatch_build.link(library, _ROOT, sources, options)
    return str(library)


def _measure(path: NativePath, rounds: int, folder: Path) -> list[float]:
    """Return the median durations with and without the path and their median ratio."""
    library = _without_winograd(folder) if _WINOGRAD in path.off else None
    trainers = Trainer(path, (), None), Trainer(path, path.off, library)
    try:
        for trainer in trainers:
            trainer.seconds()
        rows = [[trainer.seconds() for trainer in trainers] for _ in range(rounds)]
    finally:
        for trainer in trainers:
            trainer.end()
    columns = [[on, off, off / on] for on, off in rows]
    return [statistics.median(column) for column in zip(*columns, strict=True)]


def main() -> int:
    """Print the time per epoch with and without each path and the ratio."""
    parser = argparse.ArgumentParser("python -m benchmarks.native_paths")
    parser.add_argument(
        "--only",
        default="",
        metavar="WORD",
        help="run only paths whose name contains this word",
    )
    parser.add_argument("--rounds", type=int, default=9, metavar="N", help="default: 9")
    parser.add_argument(
        "--busy", action="store_true", help="measure processor time on one core"
    )
    parser.add_argument("--train", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train is not None:
        _train(options.train)
        return 0
    if options.busy:
        os.environ[_BUSY] = "1"
    pin(1 if options.busy else 2)
    print(f"{'path':32} {'with':>9} {'without':>9}  ratio")
    with tempfile.TemporaryDirectory() as folder:
        for path in paths():
            if options.only in path.name:
                on, off, ratio = _measure(path, options.rounds, Path(folder))
                times = f"{1e3 * on:6.0f} ms {1e3 * off:6.0f} ms"
                print(f"{path.name:32} {times}  {ratio:5.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure how much monitors and the live log slow down training and compilation.

python -m benchmarks.monitors [--only WORD] [--seconds S] [--turn S]

Two fits with the same settings alternate in turns of a tenth of a second, because the
speed of a busy machine can change within a second. One of the fits has a live log.
After each turn, a measurement of the layers is timed. The cost of the log is the
relative difference between the durations of the two turns. The cost of the monitors is
the duration of a measurement relative to the training time between two measurements.
Each cost is the median over all rounds, with its 95% interval. All times are processor
times of all threads on one core. The limits are 5% for the sum of the two costs and 15%
for compilation, which is measured without the cache.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assay import spec
from assay.experiment.records._live_run import LiveRun
from assay.records import RunFolder
from assay.training import (
    Checkpoints,
    Examples,
    Fit,
    Watcher,
    hyperparameters,
    pad,
    program_for,
)
from benchmarks._machine import pin

_CLASSES = 10
_ENDLESS = 10**9  # iterations
_WARM_UP = 256  # iterations
_FEWEST_ROUNDS = 6  # with 6 ratios, their range is a 95% interval for the median


@dataclass(frozen=True)
class Network:
    """A network to train.

    Args:
        name: name of the row.
        model: hidden layers.
        input_shape: shape of one example.
        num_examples: number of training examples.
        batch_size: number of rows per batch.
    """

    name: str
    model: tuple[spec.Layer, ...]
    input_shape: tuple[int, ...]
    num_examples: int = 2048
    batch_size: int = 32


def _networks() -> list[Network]:
    dense = (spec.Dense(64), spec.ReLU(), spec.Dense(64), spec.ReLU())
    image = (spec.Conv2D(16, 3), spec.BatchNorm(), spec.ReLU(), spec.MaxPool2D(2))
    image += (spec.Conv2D(32, 3), spec.BatchNorm(), spec.ReLU(), spec.MaxPool2D(2))
    deep = (spec.Dense(128), spec.LayerNorm(), spec.ReLU(), spec.Dropout(0.1)) * 4
    return [
        Network("20-64-64-10, batch 32", dense, (20,)),
        Network("the same, 128 examples", dense, (20,), 128),
        Network("784-128-10, batch 32", (spec.Dense(128), spec.ReLU()), (784,)),
        Network("linear 4-10, full batches", (), (4,), 100, 100),
        Network("4 blocks of 128, batch 64", deep, (32,), 4096, 64),
        Network("CNN 16-32, 16 x 16 x 3", image, (16, 16, 3), 1024, 64),
        Network("LSTM 64, 50 steps of 16", (spec.LSTM(64),), (50, 16), 1024, 64),
    ]


class Training:
    """Trains a network from the same initial values in every round."""

    def __init__(self, network: Network) -> None:
        rng = np.random.default_rng(0)
        shape = (network.num_examples, *network.input_shape)
        inputs = rng.normal(size=shape).astype(np.float32)
        targets = rng.integers(0, _CLASSES, network.num_examples).astype(np.int32)
        self._train = pad(inputs, targets, network.num_examples)
        self._val: Examples = pad(inputs[:64], targets[:64], 64)
        self._training = spec.Training(
            model=network.model,
            cost="cross_entropy",
            optimizer=spec.Adam(1e-4),
            regularizers=(),
            batch_size=network.batch_size,
            num_epochs=1,
        )
        self._program = program_for(
            self._training,
            network.input_shape,
            num_classes=_CLASSES,
            capacity=network.num_examples,
        )

    def fit(self, num_iterations: int, *, monitors: bool) -> Fit:
        """Return a new fit."""
        values = hyperparameters(
            self._training, num_classes=_CLASSES, total_iterations=num_iterations
        )
        return Fit(
            self._program,
            values,
            train=self._train,
            val=self._val,
            seed=0,
            num_iterations=num_iterations,
            monitors=monitors,
        )


class Side:
    """One of two fits that take turns.

    Args:
        training: the training to run.
        live: live log of the fit, or None.
    """

    def __init__(self, training: Training, live: LiveRun | None = None) -> None:
        self.fit = training.fit(_ENDLESS, monitors=True)
        self._live = live
        checkpoints = Checkpoints(watcher=live or Watcher())
        self._running = checkpoints.unsaved("refit", self.fit)

    def turn(self, num_iterations: int) -> float:
        """Train for one turn, and return the processor time, which includes the log."""
        goal = self.fit.iteration + num_iterations
        started = time.process_time()
        self._running.advance(goal)
        if self._live is not None:
            self._live.flush()
        return time.process_time() - started


def _seconds_of(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _row(network: Network, seconds: float, turn_seconds: float) -> list[str]:
    """Return the cells of a row: the speed and the costs."""
    training = Training(network)
    compiled = _seconds_of(training.fit(1, monitors=False).compile)
    with_monitors = _seconds_of(training.fit(1, monitors=True).compile)
    with tempfile.TemporaryDirectory() as folder:
        live = LiveRun(RunFolder(folder), resumed=False)
        plain, logged = Side(training), Side(training, live)
        count = _length([plain, logged], turn_seconds)
        times, measuring = _times(plain, logged, count=count, seconds=seconds)
        live.close("finished")
    iteration = times[:, 0] / count
    monitors = _median(measuring / (plain.fit.monitor_interval * iteration))
    log = _median(times[:, 1] / times[:, 0] - 1)
    cells = [f"{1e6 * np.median(iteration):.0f} us", f"{len(times)}"]
    cells += [_shares(monitors), _shares(log), f"{monitors[0] + log[0]:+.1%}"]
    return [*cells, f"{compiled:.2f} s", f"{with_monitors / compiled:+.0%}"]


def _length(sides: Sequence[Side], turn_seconds: float) -> int:
    """Warm up and return the number of iterations in a turn."""
    count = _WARM_UP
    for side in sides:
        side.turn(count)
    while (taken := min(sides[0].turn(count) for _ in range(2))) < turn_seconds / 2:
        count = int(count * max(min(turn_seconds / max(taken, 1e-3), 10), 2))
    return max(int(count * turn_seconds / taken), 1)


def _times(
    plain: Side, logged: Side, *, count: int, seconds: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the durations of the turns (rounds, 2) and measurements (rounds,)."""
    # Both fits are at the same iteration, so they measure the layers at the same time.
    logged.turn(plain.fit.iteration - logged.fit.iteration)
    times: list[tuple[float, float]] = []
    measuring: list[float] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends or len(times) < _FEWEST_ROUNDS:
        if len(times) % 2:
            second = logged.turn(count)
            times.append((plain.turn(count), second))
        else:
            times.append((plain.turn(count), logged.turn(count)))
        fit = plain.fit
        is_new = not fit.history.is_monitored(fit.iteration)
        taken = _seconds_of(fit.measure_layers)
        measuring.append(taken if is_new else math.nan)
    return np.array(times), np.array(measuring)


def _median(values: np.ndarray) -> tuple[float, float, float]:
    """Return the median and its 95% interval, computed from ranks."""
    values = np.sort(values[~np.isnan(values)])
    least = max(int((len(values) - 1.96 * math.sqrt(len(values))) / 2), 0)
    return float(np.median(values)), float(values[least]), float(values[-1 - least])


def _shares(values: Sequence[float]) -> str:
    middle, low, high = values
    return f"{middle:+.1%} ({low:+.1%} to {high:+.1%})"


def main() -> None:
    """Print a row for each network."""
    parser = argparse.ArgumentParser("python -m benchmarks.monitors")
    parser.add_argument(
        "--only",
        default="",
        metavar="WORD",
        help="run only networks whose name contains this word",
    )
    parser.add_argument(
        "--seconds", type=float, default=16.0, metavar="S", help="seconds per row"
    )
    parser.add_argument(
        "--turn", type=float, default=0.1, metavar="S", help="seconds per turn"
    )
    options = parser.parse_args()
    os.environ["ASSAY_CACHE"] = "0"
    pin(1)
    heads = ["iteration", "rounds", "monitors", "log", "both", "compile", "more"]
    print(_line("network", heads))
    Training(Network("warm-up", (), (2,), 8, 8)).fit(1, monitors=True).compile()
    for network in _networks():
        if options.only in network.name:
            cells = _row(network, options.seconds, options.turn)
            print(_line(network.name, cells), flush=True)


def _line(name: str, cells: list[str]) -> str:
    widths = (9, 6, 24, 24, 6, 8, 6)
    padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
    return f"{name:28}{'  '.join(padded)}"


if __name__ == "__main__":
    main()

"""Measure what the monitors and the live log cost in training and compilation.

python -m benchmarks.monitors [--only WORD] [--rounds N] [--seconds S]

The same training runs in turn without monitors and log, with monitors, and with both.
Each cost is the ratio of the fastest rounds and the quartiles of the ratios of all
rounds, in processor time on one core, because wall-clock time depends on the other work
of the machine. The goals are at most 5 % for training and 15 % for
compilation, which is measured without the cache.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
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
    """Trains one network, from the same start in each round."""

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

    def seconds(self, num_iterations: int, *, monitors: bool, live: bool) -> float:
        """Return the processor time of a training."""
        fit = self.fit(num_iterations, monitors=monitors)
        with tempfile.TemporaryDirectory() as path:
            started = time.process_time()
            watcher = LiveRun(RunFolder(path), resumed=False) if live else Watcher()
            checkpoints = Checkpoints(watcher=watcher)
            checkpoints.resumable("refit", fit, self._training).run()
            if isinstance(watcher, LiveRun):
                watcher.close("finished")
            return time.process_time() - started


def _seconds_of(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _row(network: Network, rounds: int, seconds: float) -> list[str]:
    """Return the cells of a row: the speed, and the cost of each part."""
    training = Training(network)
    compiled = _seconds_of(training.fit(1, monitors=False).compile)
    with_monitors = _seconds_of(training.fit(1, monitors=True).compile)
    count = 256
    while True:  # until a training is long enough
        taken = training.seconds(count, monitors=False, live=False)
        if taken >= seconds:
            break
        count = int(count * max(min(1.2 * seconds / max(taken, 1e-3), 10), 1.5))
    kinds = [(False, False), (True, False), (True, True)]
    times = [
        [training.seconds(count, monitors=m, live=live) for m, live in kinds]
        for _ in range(rounds)
    ]
    speed = f"{1e6 * min(row[0] for row in times) / count:.0f} us"
    costs = [_cost(times, kind) for kind in (1, 2)]
    return [speed, *costs, f"{compiled:.2f} s", f"{with_monitors / compiled:+.0%}"]


def _cost(times: list[list[float]], kind: int) -> str:
    """Return the ratio of the fastest rounds, and the quartiles of all ratios.

    The fastest rounds are those that other work of the machine disturbed least.
    """
    fastest = min(row[kind] for row in times) / min(row[0] for row in times) - 1
    ratios = [row[kind] / row[0] - 1 for row in times]
    quartiles = statistics.quantiles(ratios, n=4)
    return " ".join(f"{ratio:+.1%}" for ratio in (fastest, *quartiles))


def main() -> None:
    """Print a row for each network."""
    parser = argparse.ArgumentParser("python -m benchmarks.monitors")
    parser.add_argument("--only", default="", metavar="WORD", help="word in the name")
    parser.add_argument("--rounds", type=int, default=9, metavar="N", help="default: 9")
    parser.add_argument(
        "--seconds", type=float, default=1.0, metavar="S", help="of one training"
    )
    options = parser.parse_args()
    os.environ["ASSAY_CACHE"] = "0"
    pin(1)
    heads = ["iteration", "monitors", "monitors and log", "compile", "more"]
    print(_line("network", heads))
    Training(Network("warm-up", (), (2,), 8, 8)).fit(1, monitors=True).compile()
    for network in _networks():
        if options.only in network.name:
            cells = _row(network, options.rounds, options.seconds)
            print(_line(network.name, cells), flush=True)


def _line(name: str, cells: list[str]) -> str:
    widths = (9, 32, 32, 8, 6)
    padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
    return f"{name:28}{'  '.join(padded)}"


if __name__ == "__main__":
    main()

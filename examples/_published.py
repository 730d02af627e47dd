"""Functions for the examples that compare results with published numbers."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from assay import Run
from assay.evaluate import wilson

__all__ = ["Measured", "measure", "options", "percent"]


@dataclass(frozen=True)
class Measured:
    """The test accuracy of a model that was trained with several seeds.

    Args:
        accuracies: test accuracy for each seed.
        num_test: number of test examples, the same for every seed.
        seconds: average duration of a run.
    """

    accuracies: tuple[float, ...]
    num_test: int
    seconds: float

    @property
    def mean(self) -> float:
        """Mean accuracy over the seeds."""
        return mean(self.accuracies)

    @property
    def spread(self) -> float:
        """Standard deviation of the accuracy over the seeds."""
        return stdev(self.accuracies) if len(self.accuracies) > 1 else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson interval for the mean accuracy, given the size of the test set."""
        return wilson(self.mean * self.num_test, self.num_test)

    def words(self) -> str:
        """Return the mean, spread, interval and seconds as table cells."""
        low, high = self.interval
        return (
            f"{percent(self.mean)} ± {percent(self.spread).strip():4}  "
            f"[{percent(low).strip()}, {percent(high).strip()}]  {self.seconds:6.1f}"
        )


def percent(share: float) -> str:
    """Return a fraction as a percentage with five characters."""
    return f"{100 * share:5.1f}"


def options(text: str) -> argparse.ArgumentParser:
    """Return a parser for the options of both tables."""
    parser = argparse.ArgumentParser(description=text.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5, metavar="N")
    parser.add_argument(
        "--only",
        default="",
        metavar="WORD",
        help="run only rows whose name contains WORD",
    )
    parser.add_argument(
        "--tiny", action="store_true", help="run only the first row, for two epochs"
    )
    return parser


def measure(name: str, seeds: Sequence[int], train: Callable[[int], Run]) -> Measured:
    """Run the protocol for each seed, reporting each run on standard error."""
    accuracies, num_test, started = [], 0, time.monotonic()
    for seed in seeds:
        run = train(seed)
        # the published metric is accuracy, even if another metric is primary
        accuracies.append(run.summary["metrics"]["accuracy"]["value"])
        num_test = run.test.num_examples
        print(f"{name}, seed {seed}: {accuracies[-1]:.4f}", file=sys.stderr, flush=True)
    seconds = (time.monotonic() - started) / len(accuracies)
    return Measured(tuple(accuracies), num_test, seconds)

"""Shared by the tables of published numbers: seeds, rows and intervals."""

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
    """The test accuracy of one model, trained from several seeds.

    Args:
        accuracies: one per seed.
        num_test: number of test examples, the same for every seed.
        seconds: average duration of a run.
    """

    accuracies: tuple[float, ...]
    num_test: int
    seconds: float

    @property
    def mean(self) -> float:
        """The mean over the seeds."""
        return mean(self.accuracies)

    @property
    def spread(self) -> float:
        """The standard deviation over the seeds."""
        return stdev(self.accuracies) if len(self.accuracies) > 1 else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the mean, for the size of the test part."""
        return wilson(self.mean * self.num_test, self.num_test)

    def words(self) -> str:
        """Return the cells of a table: mean, spread, interval, seconds."""
        low, high = self.interval
        return (
            f"{percent(self.mean)} ± {percent(self.spread).strip():4}  "
            f"[{percent(low).strip()}, {percent(high).strip()}]  {self.seconds:6.1f}"
        )


def percent(share: float) -> str:
    """Return a share as a cell of five characters."""
    return f"{100 * share:5.1f}"


def options(text: str) -> argparse.ArgumentParser:
    """Return the options that both tables take."""
    parser = argparse.ArgumentParser(description=text.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5, metavar="N")
    parser.add_argument(
        "--only",
        default="",
        metavar="WORD",
        help="run only the rows whose name contains this",
    )
    parser.add_argument(
        "--tiny", action="store_true", help="one seed, two epochs, the first row"
    )
    return parser


def measure(name: str, seeds: Sequence[int], train: Callable[[int], Run]) -> Measured:
    """Run the protocol from each seed and report each run on standard error."""
    accuracies, num_test, started = [], 0, time.monotonic()
    for seed in seeds:
        run = train(seed)
        # accuracy is what was published, even where another metric decides
        accuracies.append(run.summary["metrics"]["accuracy"]["value"])
        num_test = run.test.num_examples
        print(f"{name}, seed {seed}: {accuracies[-1]:.4f}", file=sys.stderr, flush=True)
    seconds = (time.monotonic() - started) / len(accuracies)
    return Measured(tuple(accuracies), num_test, seconds)

"""What the tables of published numbers share: seeds, one row a model, intervals."""

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
    """The test accuracy of one model, trained anew from several seeds.

    Args:
        accuracies: one a seed.
        num_test: test examples, the same for every seed.
        seconds: of a whole run, on average.
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
        """The standard deviation over the seeds: what starts and batches change."""
        return stdev(self.accuracies) if len(self.accuracies) > 1 else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the mean: what the draw of the test part leaves open."""
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
    """Return the options that both tables know."""
    parser = argparse.ArgumentParser(description=text.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5, metavar="N")
    parser.add_argument("--only", default="", metavar="WORD", help="rows that hold it")
    parser.add_argument(
        "--tiny", action="store_true", help="one seed, two epochs, the first row"
    )
    return parser


def measure(name: str, seeds: Sequence[int], train: Callable[[int], Run]) -> Measured:
    """Run the protocol from each seed; tell of each run on standard error."""
    accuracies, num_test, started = [], 0, time.monotonic()
    for seed in seeds:
        run = train(seed)
        # where classes are uneven, another metric decides; published is accuracy
        accuracies.append(run.summary["metrics"]["accuracy"]["value"])
        num_test = run.test.num_examples
        print(f"{name}, seed {seed}: {accuracies[-1]:.4f}", file=sys.stderr, flush=True)
    seconds = (time.monotonic() - started) / len(accuracies)
    return Measured(tuple(accuracies), num_test, seconds)

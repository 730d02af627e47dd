"""Measure the coverage and width of the 95% intervals for metrics.

python -m benchmarks.coverage [--only METRIC ...] [--rows N ...] [--repeats N]

For each row, many test sets are drawn from a distribution for which the value of the
metric is known. The coverage is printed with its Monte Carlo standard error. `noted` is
the fraction of intervals with a note that they may be too narrow.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from assay.evaluate import Measurement, measure
from assay.metrics import get

Rows = tuple[np.ndarray, np.ndarray]
ROWS = (45, 150, 1000)
CLASSIFICATION = ("accuracy", "balanced_accuracy", "f1", "auroc")
REGRESSION = ("rmse", "mae", "r2")
# The time for the jackknife is proportional to n**2, so fewer test sets are drawn if
# they are large.
_FEWEST_REPEATS = 100
_ROWS_FOR_TRUTH = 2_000_000


@dataclass(frozen=True)
class Population:
    """A distribution of targets and predictions.

    Args:
        name: name in the table.
        metrics: names of the metrics to measure.
        draw: function that draws n rows.
    """

    name: str
    metrics: tuple[str, ...]
    draw: Callable[[np.random.Generator, int], Rows]


def noisy(errors: Callable[[np.random.Generator, int], np.ndarray]) -> Callable:
    """Return a function that draws rows; R2 is 0.8 if the errors have variance 1."""

    def draw(random: np.random.Generator, n: int) -> Rows:
        predictions = 2 * random.normal(size=n)
        return predictions + errors(random, n), predictions

    return draw


def two_classes(share: float) -> Callable[[np.random.Generator, int], Rows]:
    """Return a function that draws classes and their true probabilities.

    The inputs of the two classes are normally distributed, with means that are two
    standard deviations apart.
    """

    def draw(random: np.random.Generator, n: int) -> Rows:
        targets = (random.random(n) < share).astype(int)
        scores = random.normal(size=n) + 2 * targets
        odds = share / (1 - share) * np.exp(2 * scores - 2)
        return targets, odds / (1 + odds)

    return draw


POPULATIONS = (
    Population("balanced", CLASSIFICATION, two_classes(0.5)),
    Population("1 in 7", CLASSIFICATION, two_classes(1 / 7)),
    Population("normal", REGRESSION, noisy(lambda random, n: random.normal(size=n))),
    Population("t, 5", REGRESSION, noisy(lambda random, n: random.standard_t(5, n))),
    Population("t, 3", REGRESSION, noisy(lambda random, n: random.standard_t(3, n))),
)


def main() -> None:
    """Print a line for each metric, population and number of rows."""
    arguments = _parser().parse_args()
    print(
        f"{'metric':<18}{'errors or classes':<19}{'rows':>5}{'coverage %':>17}"
        f"{'median width':>14}{'noted':>8}"
    )
    for line in _lines(arguments.only, arguments.rows, arguments.repeats):
        print(line, flush=True)


def _lines(only: list[str], rows: list[int], repeats: int) -> Iterator[str]:
    for population in POPULATIONS:
        truth = population.draw(np.random.default_rng(1), _ROWS_FOR_TRUTH)
        for metric in (name for name in population.metrics if name in only):
            value = get(metric)(*truth)
            for n in rows:
                few = max(_FEWEST_REPEATS, repeats * ROWS[0] // n)
                measured = _measurements(metric, population, n, min(repeats, few))
                yield f"{metric:<18}{population.name:<19}{n:>5}" + _text(
                    measured, value
                )


def _measurements(
    metric: str, population: Population, n: int, repeats: int
) -> list[Measurement]:
    """Return the intervals for test sets on which the metric is defined."""
    random = np.random.default_rng(0)
    measured = [
        measure(metric, *population.draw(random, n), seed=seed)
        for seed in range(repeats)
    ]
    return [m for m in measured if np.isfinite(m.value)]


def _text(measured: list[Measurement], truth: float) -> str:
    ends = np.array([m.interval for m in measured])
    coverage = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
    # Adding one success and one failure prevents a standard error of 0 at 100%.
    smoothed = (coverage * len(ends) + 1) / (len(ends) + 2)
    error = np.sqrt(smoothed * (1 - smoothed) / len(ends))
    width = np.median(ends[:, 1] - ends[:, 0])
    noted = np.mean([bool(m.note) for m in measured])
    return f"{100 * coverage:>9.1f} ± {100 * error:<5.1f}{width:>14.3f}{noted:>8.0%}"


def _parser() -> argparse.ArgumentParser:
    names = (*CLASSIFICATION, *REGRESSION)
    parser = argparse.ArgumentParser("python -m benchmarks.coverage")
    add = parser.add_argument
    add("--only", nargs="+", default=list(names), choices=names, metavar="METRIC")
    add("--rows", nargs="+", type=int, default=list(ROWS), metavar="N")
    add(
        "--repeats",
        type=int,
        default=2000,
        metavar="N",
        help="number of test sets; for large test sets, fewer are drawn",
    )
    return parser


if __name__ == "__main__":
    main()

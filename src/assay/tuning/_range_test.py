"""The range test: the learning rate rises until the cost does too."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from assay import spec
from assay._errors import Faults, RunError, fault
from assay.training import Fit, TrainingData
from assay.tuning._early_stopping import without_early_stopping

__all__ = ["RangeTest", "choose_rate", "range_test"]

Rule = Literal["valley", "steepest"]

_SMOOTHING = 0.9
_EXPLODED = 3.0  # above the least by 3 times its size: at 4 times the least cost
_ITERATIONS_PER_CALL = 10  # between two looks at the cost


@dataclass(frozen=True)
class RangeTest:
    """The curve of a range test, and the rate it proposes to start a search from.

    A rate that is good for the first hundred updates need not be good for the rest;
    tune around it, on val.

    Args:
        learning_rate: the proposal.
        rule: how it was taken from the curve.
        learning_rates: (n,), of each iteration.
        costs: (n,), of each batch, just before the update at that rate.
        smoothed: (n,), their running mean.
        exploded: whether it ended early because the cost exploded.
    """

    learning_rate: float
    rule: str
    learning_rates: tuple[float, ...]
    costs: tuple[float, ...]
    smoothed: tuple[float, ...]
    exploded: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain data: the proposal, its rule and the whole curve."""
        return asdict(self)


def range_test(
    training: spec.Training,
    training_data: TrainingData,
    *,
    seed: int,
    low: float = 1e-7,
    high: float = 10.0,
    num_iterations: int = 100,
    rule: Rule = "valley",
) -> RangeTest:
    """Propose a learning rate from one short training in which it keeps rising.

        learning_rate_i = low (high / low)^(i / (num_iterations - 1))

    It runs on the train part alone, from the initial values that a training of the
    same seed has. It ends early once the smoothed cost is 4 times its least so far (or,
    for costs that may be negative, above the least by 3 times its size).

    Args:
        training: resolved except for its learning rate; its schedule and early
            stopping are ignored.
        training_data: the train part is used.
        seed: of initial values, orders and masks.
        low: > 0, the first rate.
        high: > low, the last one.
        num_iterations: >= 10, number of updates.
        rule: how to take the rate from the curve, see `choose_rate`.

    Returns:
        The proposal and the whole curve.

    Raises:
        InputError: the rates or the number of iterations are out of range.
        RunError: the cost fell at no rate.

    References:
        Smith, 2017, "Cyclical learning rates for training neural networks".
    """
    _check(low, high, num_iterations)
    fit = _rising(training, training_data, seed=seed, span=(low, high, num_iterations))
    smoothed = _run(fit)
    count = len(smoothed)
    history = fit.history.iterations
    rates = history["learning_rate"][:count]
    return RangeTest(
        learning_rate=choose_rate(rates, smoothed, rule=rule),
        rule=rule,
        learning_rates=_plain(rates),
        costs=_plain(history["cost"][:count]),
        smoothed=_plain(smoothed),
        exploded=count < num_iterations,
    )


def _plain(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _check(low: float, high: float, num_iterations: int) -> None:
    faults = Faults()
    if not 0 < low < high < math.inf:
        fix = "Write low=1e-7, high=10."
        faults.add(fault("0 < low < high", "(low, high)", (low, high), fix))
    if num_iterations < 10:
        name, fix = "num_iterations", "Write 100."
        faults.add(fault("num_iterations >= 10", name, num_iterations, fix))
    faults.raise_if_any()


def _rising(
    training: spec.Training,
    training_data: TrainingData,
    *,
    seed: int,
    span: tuple[float, float, int],
) -> Fit:
    """Return a training at its start, whose learning rate will rise."""
    low, high, num_iterations = span
    rising = without_early_stopping(training)
    rising = rising.model_copy(update={"schedule": spec.Exponential()})
    rising = rising.with_values({"optimizer.learning_rate": low})
    fit = training_data.fit(
        rising,
        seed=seed,
        num_iterations=num_iterations,
        total_iterations=num_iterations - 1,
    )
    # The spec allows a schedule to fall only; in the program it may rise too.
    values = fit.hyperparameters.with_schedule(final_fraction=high / low)
    fit.hyperparameters = values.with_measured_rows(0)
    return fit


def _run(fit: Fit) -> np.ndarray:
    """Run until the cost explodes or the last rate; return the smoothed costs."""
    while True:
        fit.advance(iterations=_ITERATIONS_PER_CALL)
        costs = np.asarray(fit.history.iterations["cost"], np.float64)
        smoothed = smooth(costs)
        least = np.minimum.accumulate(smoothed)
        sound = smoothed <= least + _EXPLODED * np.abs(least)  # nan is not
        if not sound.all():
            return smoothed[: max(int(np.argmin(sound)), 1)]
        if fit.done:
            return smoothed


def smooth(costs: np.ndarray) -> np.ndarray:
    """Return the running mean m_i = (b m + (1 - b) cost_i), corrected for its start."""
    mean, smoothed = 0.0, np.zeros(len(costs))
    for place, cost in enumerate(costs):
        mean = _SMOOTHING * mean + (1 - _SMOOTHING) * cost
        smoothed[place] = mean / (1 - _SMOOTHING ** (place + 1))
    return smoothed


def choose_rate(
    rates: np.ndarray, costs: np.ndarray, *, rule: Rule = "valley"
) -> float:
    """Take a learning rate from a curve of costs.

    - "valley": the middle of the descent on a log scale, which begins at the last rate
      where the cost has fallen by no more than a tenth of the whole fall, and ends at
      the rate of the least cost.
    - "steepest": where the cost falls most per decade of the rate.

    Args:
        rates: (n,), ascending.
        costs: (n,), smoothed.
        rule: one of these two.

    Raises:
        RunError: the cost falls nowhere.

    Example:
        >>> rates = np.array([1e-4, 1e-3, 1e-2, 1e-1, 1.0])
        >>> costs = np.array([2.0, 1.9, 1.0, 0.9, 5.0])
        >>> choose_rate(rates, costs), choose_rate(rates, costs, rule="steepest")
        (0.01, 0.01)
    """
    if rule == "steepest":
        slope = np.gradient(costs, np.log10(rates)) if len(costs) > 1 else np.zeros(1)
        place, falls = int(np.argmin(slope)), bool(slope.min() < 0)
    else:
        end = int(np.argmin(costs))
        top = costs[: end + 1].max()
        begun = top - (top - costs[end]) / 10
        start = int(np.nonzero(costs[: end + 1] >= begun)[0][-1])
        place, falls = (start + end) // 2, end > start
    if not falls:
        raise RunError(
            f"The cost fell at no learning rate from {rates[0]:g} to {rates[-1]:g}. "
            "Start at a lower one, or look for a fault in the model or the data."
        )
    return float(rates[place])

"""Proposes a learning rate by raising it until the cost increases."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from assay import spec
from assay._errors import Faults, RunError, fault
from assay.training import Fit, TrainingData
from assay.tuning._without_early_stopping import without_early_stopping

__all__ = ["RangeTest", "choose_rate", "range_test"]

Rule = Literal["valley", "steepest"]

_SMOOTHING = 0.9
_EXPLODED = 3.0  # allowed rise above the minimum, relative to its absolute value
_ITERATIONS_PER_CALL = 10  # number of iterations between checks of the cost


@dataclass(frozen=True)
class RangeTest:
    """The curve of a range test and the proposed learning rate.

    A rate that works well for the first hundred updates may not work for the rest of a
    fit. Use the proposed rate as the starting point of a search on val.

    Args:
        learning_rate: proposed learning rate.
        rule: rule used to choose the rate.
        learning_rates: (n,), learning rate of each iteration.
        costs: (n,), cost of each batch before its update.
        smoothed: (n,), running mean of the costs.
        exploded: whether the test ended early because the cost exploded.
    """

    learning_rate: float
    rule: str
    learning_rates: tuple[float, ...]
    costs: tuple[float, ...]
    smoothed: tuple[float, ...]
    exploded: bool

    def to_json(self) -> dict[str, Any]:
        """Return the proposed rate, the rule and the whole curve as plain data."""
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
    """Propose a learning rate from a short fit in which the rate keeps rising.

        learning_rate_i = low (high / low)^(i / (num_iterations - 1))

    The test uses only the training set, and starts from the same initial values as a
    fit with the same seed. It ends early if the smoothed cost exceeds its minimum so
    far by more than 3 times the absolute value of that minimum.

    Args:
        training: training spec, resolved except for its learning rate. Its schedule and
            early stopping are ignored.
        training_data: prepared data; only the training set is used.
        seed: seed for initial values, row orders and masks.
        low: > 0, first learning rate.
        high: > low, last learning rate.
        num_iterations: >= 10, number of updates.
        rule: rule that chooses the rate from the curve; see `choose_rate`.

    Returns:
        The proposed rate and the whole curve.

    Raises:
        InputError: the rates or the number of iterations are out of range.
        RunError: the cost did not fall at any rate.

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
        fix = "Use low=1e-7 and high=10."
        faults.add(fault("0 < low < high", "(low, high)", (low, high), fix))
    if num_iterations < 10:
        name, fix = "num_iterations", "Use 100."
        faults.add(fault("num_iterations >= 10", name, num_iterations, fix))
    faults.raise_if_any()


def _rising(
    training: spec.Training,
    training_data: TrainingData,
    *,
    seed: int,
    span: tuple[float, float, int],
) -> Fit:
    """Return a fit with a learning rate that rises from low to high."""
    low, high, num_iterations = span
    rising = without_early_stopping(training)
    rising = rising.model_copy(update={"schedule": spec.Exponential()})
    rising = rising.with_values({"optimizer.learning_rate": low})
    fit = training_data.fit(
        rising,
        seed=seed,
        num_iterations=num_iterations,
        total_iterations=num_iterations - 1,
        measure_layers=False,
    )
    # The spec does not allow a `final_fraction` above 1, but the program does.
    values = fit.hyperparameters.with_schedule(final_fraction=high / low)
    fit.hyperparameters = values.with_measured_rows(0)
    return fit


def _run(fit: Fit) -> np.ndarray:
    """Run until the cost explodes or the fit ends. Return the smoothed costs."""
    while True:
        fit.advance(iterations=_ITERATIONS_PER_CALL)
        costs = np.asarray(fit.history.iterations["cost"], np.float64)
        smoothed = smooth(costs)
        least = np.minimum.accumulate(smoothed)
        sound = smoothed <= least + _EXPLODED * np.abs(least)  # false for nan
        if not sound.all():
            return smoothed[: max(int(np.argmin(sound)), 1)]
        if fit.done:
            return smoothed


def smooth(costs: np.ndarray) -> np.ndarray:
    """Return the bias-corrected running mean m_i = b m_(i-1) + (1 - b) cost_i."""
    mean, smoothed = 0.0, np.zeros(len(costs))
    for place, cost in enumerate(costs):
        mean = _SMOOTHING * mean + (1 - _SMOOTHING) * cost
        smoothed[place] = mean / (1 - _SMOOTHING ** (place + 1))
    return smoothed


def choose_rate(
    rates: np.ndarray, costs: np.ndarray, *, rule: Rule = "valley"
) -> float:
    """Choose a learning rate from a cost curve.

    - "valley": the middle of the descent on a log scale. The descent begins at the last
      rate at which the cost has fallen by at most a tenth of its total decrease, and
      ends at the rate with the lowest cost.
    - "steepest": the rate at which the cost falls fastest per decade.

    Args:
        rates: (n,), learning rates in ascending order.
        costs: (n,), smoothed costs.
        rule: "valley" or "steepest".

    Raises:
        RunError: the cost does not fall anywhere.

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
            f"The cost did not fall at any learning rate from {rates[0]:g} to "
            f"{rates[-1]:g}. Start at a lower rate, or check the model and the data."
        )
    return float(rates[place])

"""A number with its interval, and what to know before relying on it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.evaluate._intervals import NOWHERE, Interval, check_level
from assay.evaluate._methods import Case, method_of
from assay.metrics import Metric, decide, get

__all__ = ["Measured", "interval_for", "measure", "tail_note"]


@dataclass(frozen=True)
class Measured:
    """A number measured on some rows, with the interval that chance leaves open.

    Args:
        value: the number; nan where these rows do not define it.
        interval: (low, high), which holds the value.
        level: how often such intervals hold the truth.
        num_examples: how many rows it was measured on.
        method: "wilson", "effective_wilson", "log_delta", "bootstrap" or "bca".
        note: what to know before relying on the interval; mostly empty.
    """

    value: float
    interval: Interval
    level: float
    num_examples: int
    method: str
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return value and interval as plain values; null where not a number."""
        low, high = self.interval
        known = math.isfinite(low) and math.isfinite(high)
        value = self.value if math.isfinite(self.value) else None
        return {"value": value, "interval": [low, high] if known else None}


def measure(
    metric: str | Metric,
    targets: np.ndarray,
    predictions: np.ndarray,
    *,
    seed: int,
    level: float = 0.95,
) -> Measured:
    """Return a metric with its interval.

    Args:
        metric: a metric or its name.
        targets: (n,) class indices, or numbers for regression.
        predictions: (n,) or (n, num_classes), as the metric takes them.
        seed: of the bootstrap, for the metrics that need one.
        level: how often such intervals hold the truth.

    Raises:
        InputError: the arrays do not fit the metric; tells every fault.

    Example:
        >>> measured = measure("accuracy", np.ones(36, int), np.ones(36), seed=0)
        >>> measured.value, round(measured.interval[0], 3), measured.method
        (1.0, 0.904, 'wilson')
    """
    metric = get(metric) if isinstance(metric, str) else metric
    value = metric(targets, predictions)
    interval = interval_for(metric, targets, predictions, seed=seed, level=level)
    warn = NOTES.get(metric.name)
    note = warn(targets, predictions) if warn else ""
    _, method = method_of(metric)
    return Measured(value, interval, level, len(targets), method, note)


def interval_for(
    metric: str | Metric,
    targets: np.ndarray,
    predictions: np.ndarray,
    *,
    seed: int,
    level: float = 0.95,
) -> Interval:
    """Return the interval of a metric, by the method that holds its level best.

    Accuracy and F1 of one class: Wilson. Balanced accuracy, macro F1, AUROC and
    Brier: Wilson with as many trials as give their jackknife variance, since a
    bootstrap has almost no width where almost no error was seen. RMSE and MAE: delta
    method on the log scale. Calibration error: bootstrap of its gaps. Others: BCa.

    Args:
        metric: a metric or its name.
        targets: (n,) class indices, or numbers for regression.
        predictions: (n,) or (n, num_classes), as the metric takes them.
        seed: of the bootstrap.
        level: how often such intervals hold the truth.

    Returns:
        (low, high), widened to hold the value itself where a correction for bias
        moved past it; not numbers where the metric is not defined.

    Example:
        >>> targets = np.array([0, 1] * 20)
        >>> low, high = interval_for("auroc", targets, targets * 1.0, seed=0)
        >>> round(low, 2), high
        (0.91, 1.0)
    """
    check_level(level)
    metric = get(metric) if isinstance(metric, str) else metric
    value = metric(targets, predictions)
    if not math.isfinite(value):
        return NOWHERE
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    method, _ = method_of(metric)
    low, high = method(Case(metric, targets, predictions, seed, level))
    return min(low, value), max(high, value)


def tail_note(targets: np.ndarray, predictions: np.ndarray) -> str:
    """Return a warning when heavy tails make the interval of RMSE too short.

    On fewer than 100 rows with heavy tails no method holds its level: at 36 rows,
    errors of Student's t with 5 degrees of freedom are covered 88 % of the time.
    Heavy means a kurtosis more than two standard errors above the normal's.
    """
    errors = np.asarray(predictions, np.float64) - np.asarray(targets, np.float64)
    n, square = len(errors), float((errors**2).mean())
    if n >= 100 or square == 0:
        return ""
    kurtosis = float((errors**4).mean()) / square**2
    if kurtosis <= 3 + 2 * math.sqrt(24 / n):
        return ""
    return (
        f"the errors of these {n} rows have heavy tails: the interval of rmse is "
        "likely too short (about 88 % cover where 95 % should); look at mae"
    )


def few_errors_note(targets: np.ndarray, predictions: np.ndarray) -> str:
    """Return a warning when log loss rests on fewer than 10 wrong decisions."""
    num_errors = int((decide(predictions) != np.asarray(targets)).sum())
    if num_errors >= 10:
        return ""
    return (
        f"only {num_errors} of these {len(targets)} rows were decided wrongly, and a "
        "few such rows make up most of log_loss: its interval is likely too short"
    )


NOTES: dict[str, Callable[[np.ndarray, np.ndarray], str]] = {
    "rmse": tail_note,
    "log_loss": few_errors_note,
}
"""What to know of an interval that cannot hold its level on some rows."""

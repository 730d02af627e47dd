"""Measures a metric with its confidence interval and caveats."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay._calls import explains_arguments
from assay.evaluate._closed_form_intervals import Interval
from assay.evaluate._metric_interval import interval_for, method_of
from assay.evaluate._tails import l_kurtosis
from assay.metrics import Metric, decide, get

__all__ = ["Measurement", "measure", "tail_note"]

_MANY_ROWS = 150
_HEAVY = 0.3  # L-kurtosis of Student's t with 2.5 degrees of freedom


@dataclass(frozen=True)
class Measurement:
    """A metric measured on some rows, with its confidence interval.

    Args:
        value: the value of the metric; nan if it is not defined on these rows.
        interval: (low, high); it contains the value.
        level: the confidence level of the interval.
        num_examples: number of rows on which the metric was measured.
        method: "wilson", "effective_wilson", "log_delta", "tail_delta", "bootstrap" or
            "bca".
        note: a caveat about the interval; usually empty.
    """

    value: float
    interval: Interval
    level: float
    num_examples: int
    method: str
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the value and the interval as plain values, with None for nan."""
        low, high = self.interval
        known = math.isfinite(low) and math.isfinite(high)
        value = self.value if math.isfinite(self.value) else None
        return {"value": value, "interval": [low, high] if known else None}


@explains_arguments("assay.evaluate.measure('accuracy', y, predictions, seed=0)")
def measure(
    metric: str | Metric,
    targets: np.ndarray,
    predictions: np.ndarray,
    *,
    seed: int,
    level: float = 0.95,
) -> Measurement:
    """Measure a metric and its interval.

    Args:
        metric: a metric or its name.
        targets: (n,) class indices, or numbers for regression.
        predictions: (n,) or (n, num_classes), as the metric requires.
        seed: seed for the bootstrap, for metrics that use one.
        level: the confidence level of the interval.

    Raises:
        InputError: the arrays do not match the metric. The message lists all errors.

    Example:
        >>> perfect = measure("accuracy", np.ones(36, int), np.ones(36), seed=0)
        >>> perfect.value, round(perfect.interval[0], 3), perfect.method
        (1.0, 0.904, 'wilson')
    """
    metric = get(metric) if isinstance(metric, str) else metric
    value = metric(targets, predictions)
    interval = interval_for(metric, targets, predictions, seed=seed, level=level)
    note_for = NOTES.get(metric.name)
    note = note_for(targets, predictions) if note_for else ""
    _, method = method_of(metric)
    return Measurement(value, interval, level, len(targets), method, note)


def tail_note(targets: np.ndarray, predictions: np.ndarray) -> str:
    """Return a caveat if heavy tails may make the intervals for RMSE and R2 too narrow.

    With heavy tails and few rows, no method reaches its nominal coverage, because the
    sample lacks the largest errors. For errors from Student's t distribution with 3
    degrees of freedom, 95% intervals have a coverage of 88% at 45 rows and 92% at 150.
    If the variance is barely finite, no number of rows is enough.

    The intervals that miss the true value come from samples without any large error,
    which look as if the tails were light. Therefore, the caveat does not depend on the
    errors if there are fewer than 150 rows. With more rows, it applies to errors with
    an L-kurtosis above 0.3.
    """
    errors = np.asarray(predictions, np.float64) - np.asarray(targets, np.float64)
    n = len(errors)
    if n < 2 or not errors.any():
        return ""
    if n < _MANY_ROWS:
        return (
            f"{n} rows cannot show whether the errors have heavy tails. If they do, "
            "the intervals for RMSE and R² are too narrow (the coverage of a 95% "
            "interval may be only 87%). Also consider MAE"
        )
    if l_kurtosis(errors) <= _HEAVY:
        return ""
    return (
        f"the errors of these {n} rows have heavy tails, so the intervals for RMSE and "
        "R² are probably too narrow. Also consider MAE"
    )


def few_errors_note(targets: np.ndarray, predictions: np.ndarray) -> str:
    """Return a caveat if the log loss is based on fewer than 10 misclassified rows."""
    num_errors = int((decide(predictions) != np.asarray(targets)).sum())
    if num_errors >= 10:
        return ""
    count = f"only {num_errors}" if num_errors else "none"
    verb = "was" if num_errors == 1 else "were"
    return (
        f"{count} of these {len(targets)} rows {verb} misclassified. Misclassified "
        "rows dominate the log loss, so its interval is probably too narrow"
    )


NOTES: dict[str, Callable[[np.ndarray, np.ndarray], str]] = {
    "rmse": tail_note,
    "log_loss": few_errors_note,
}
"""Functions that warn if the interval for a metric may be too narrow."""

"""Computes the interval for a metric by the method with the best coverage."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assay.evaluate._bootstrap import (
    NUM_RESAMPLES,
    affordable,
    bca,
    bca_from_draws,
    by_block,
    jackknife,
    resample,
    variance,
)
from assay.evaluate._closed_form_intervals import (
    UNDEFINED,
    Interval,
    check_level,
    log_delta,
    share_interval,
    wilson,
)
from assay.evaluate._tails import tail_delta
from assay.metrics import Metric, calibration_gaps, confusion_matrix, decide, get
from assay.metrics._weighing import mean

__all__ = ["interval_for", "method_of"]


def interval_for(
    metric: str | Metric,
    targets: np.ndarray,
    predictions: np.ndarray,
    *,
    seed: int,
    level: float = 0.95,
) -> Interval:
    """Return the interval for a metric, computed by the method with the best coverage.

    - Accuracy and F1 of one class: Wilson's interval.
    - Balanced accuracy, macro F1, AUROC and Brier score: Wilson's interval for the
      number of trials that the jackknife variance implies, because a bootstrap interval
      has almost no width if there are almost no errors.
    - MAE: the delta method on the log scale.
    - RMSE and R2: the delta method, with a wider interval if errors have heavy tails.
    - Calibration error: a bootstrap of the gaps between confidence and accuracy.
    - Other metrics: the BCa bootstrap.

    Args:
        metric: a metric or its name.
        targets: (n,) class indices, or numbers for regression.
        predictions: (n,) or (n, num_classes), as the metric requires.
        seed: seed for the bootstrap.
        level: the confidence level of the interval.

    Returns:
        (low, high); (nan, nan) if the metric is not defined. If a bias correction moves
        an end past the value, the interval is widened to contain the value.

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
        return UNDEFINED
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    method, _ = method_of(metric)
    low, high = method(Case(metric, targets, predictions, seed, level))
    return min(low, value), max(high, value)


@dataclass(frozen=True)
class Case:
    """A metric, with everything needed to compute its interval."""

    metric: Metric
    targets: np.ndarray
    predictions: np.ndarray
    seed: int
    level: float

    @property
    def value(self) -> float:
        """The value of the metric."""
        return float(self.metric.function(self.targets, self.predictions, None))

    @property
    def terms(self) -> np.ndarray:
        """The contribution of each row to the metric, (n,)."""
        if self.metric.terms is None:
            raise TypeError(f"{self.metric.name} is not a sum over rows")
        return self.metric.terms(self.targets, self.predictions)


Method = Callable[[Case], Interval]


def method_of(metric: Metric) -> tuple[Method, str]:
    """Return the interval function of a metric and the name of the method."""
    return METHODS.get(metric.name, (bca_interval, "bca"))


def bca_interval(case: Case) -> Interval:
    """Return the BCa bootstrap interval."""
    arrays = case.targets, case.predictions
    return bca(case.metric.function, *arrays, seed=case.seed, level=case.level)


def log_loss_interval(case: Case) -> Interval:
    """Return the BCa bootstrap interval. The loss of each row is computed only once."""
    return bca(mean, case.terms, seed=case.seed, level=case.level)


def accuracy_interval(case: Case) -> Interval:
    """Return Wilson's interval for the fraction of rows classified correctly."""
    num_hits = int((decide(case.predictions) == case.targets).sum())
    return wilson(num_hits, len(case.targets), level=case.level)


def f1_interval(case: Case) -> Interval:
    """Return the interval for F1. For one class, F1 depends on a single proportion."""
    if case.predictions.ndim == 2:
        return effective_wilson(case)
    # F1 = 2 J / (1 + J), where J is the fraction of hits among the rows whose true or
    # predicted class is 1
    counts = confusion_matrix(case.targets, case.predictions)
    num_hits, num_trials = int(counts[1, 1]), int(counts.sum() - counts[0, 0])
    if num_trials == 0:
        return 0.0, 1.0
    low, high = wilson(num_hits, num_trials, level=case.level)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def effective_wilson(case: Case) -> Interval:
    """Return Wilson's interval for the number of trials implied by the jackknife."""
    left_out = jackknife(case.metric.function, case.targets, case.predictions)
    num_trials = _num_trials(case)
    return share_interval(case.value, variance(left_out), num_trials, level=case.level)


def _num_trials(case: Case) -> float:
    """Return the number of simple trials to which a macro average is equivalent.

    Errors are assumed to be spread evenly over the classes.
    """
    counts = np.bincount(case.targets.astype(np.int64))
    counts = counts[counts > 0].astype(np.float64)
    if case.metric.name != "auroc":
        return len(counts) ** 2 / float((1 / counts).sum())
    # Newcombe, Confidence intervals for an effect size measure based on the
    # Mann-Whitney statistic, part 2, 2006: variance / (A (1 - A)) for A near 1
    n = len(case.targets)
    positives = counts if case.predictions.ndim == 2 else counts[-1:]
    each = (1 + (n / 2 - 1) / 2) / (positives * (n - positives))
    return min(float(n), len(positives) ** 2 / float(each.sum()))


def brier_interval(case: Case) -> Interval:
    """Return the interval for the Brier score, treated as a fraction of its maximum."""
    largest = 1.0 if case.predictions.ndim == 1 else 2.0
    terms = case.terms / largest
    spread = float(terms.var(ddof=1)) / len(terms) if len(terms) > 1 else 0.0
    low, high = share_interval(
        float(terms.mean()), spread, len(terms), level=case.level
    )
    return largest * low, largest * high


def calibration_interval(case: Case) -> Interval:
    """Return the confidence interval for the calibration error.

    The interval includes 0 if chance alone can explain the error.

    Even for calibrated predictions, the error measured on a finite sample is above 0,
    and resampling increases it further. By the triangle inequality, the measured error
    exceeds the true error by at most the sum of the deviations of the gaps. The lower
    end is the measured error minus a quantile of this sum.
    """
    arrays, n = (case.targets, case.predictions), len(case.targets)
    gaps = calibration_gaps(*arrays)
    resamples = resample(n, affordable(NUM_RESAMPLES, n), case.seed)
    draws = by_block(calibration_gaps, *arrays, weights=resamples)
    noise = np.abs(draws - gaps).sum(axis=1)
    low = case.value - float(np.quantile(noise, (1 + case.level) / 2))
    left_out = jackknife(case.metric.function, *arrays)
    errors = np.abs(draws).sum(axis=1)
    _, high = bca_from_draws(case.value, errors, left_out, level=case.level)
    return max(0.0, low), high


def rmse_interval(case: Case) -> Interval:
    """Return the interval for the RMSE: the square roots of the bounds for the MSE."""
    low, high = tail_delta(_errors(case), level=case.level)
    return math.sqrt(low), math.sqrt(high)


def r2_interval(case: Case) -> Interval:
    """Return the interval for R2, based on the unexplained fraction of the variance."""
    targets = case.targets.astype(np.float64)
    spreads = (targets - targets.mean()) ** 2
    low, high = tail_delta(_errors(case), spreads, level=case.level)
    return 1 - high, 1 - low


def _errors(case: Case) -> np.ndarray:
    return case.predictions.astype(np.float64) - case.targets.astype(np.float64)


def mae_interval(case: Case) -> Interval:
    """Return the interval for the MAE, computed on the log scale."""
    return log_delta(case.terms, level=case.level)


METHODS: dict[str, tuple[Method, str]] = {
    "accuracy": (accuracy_interval, "wilson"),
    "balanced_accuracy": (effective_wilson, "effective_wilson"),
    "f1": (f1_interval, "effective_wilson"),
    "auroc": (effective_wilson, "effective_wilson"),
    "brier": (brier_interval, "effective_wilson"),
    "expected_calibration_error": (calibration_interval, "bootstrap"),
    "rmse": (rmse_interval, "tail_delta"),
    "mae": (mae_interval, "log_delta"),
    "r2": (r2_interval, "tail_delta"),
    "log_loss": (log_loss_interval, "bca"),
}
"""The interval method of each metric; other metrics use the BCa bootstrap."""

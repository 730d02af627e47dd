"""Which kind of interval fits which metric."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assay.evaluate._bootstrap import (
    NUM_RESAMPLES,
    affordable,
    bca,
    corrected,
    jackknife,
    resample,
    variance,
)
from assay.evaluate._intervals import Interval, log_delta, share_interval, wilson
from assay.metrics import Metric, calibration_gaps, confusion_matrix, decide

__all__ = ["Case", "method_of"]


@dataclass(frozen=True)
class Case:
    """What an interval is asked for: a metric on some rows, at a level."""

    metric: Metric
    targets: np.ndarray
    predictions: np.ndarray
    seed: int
    level: float

    @property
    def value(self) -> float:
        """The metric itself."""
        return float(self.metric.function(self.targets, self.predictions, None))

    @property
    def terms(self) -> np.ndarray:
        """What each row adds, (n,)."""
        if self.metric.terms is None:
            raise TypeError(f"{self.metric.name} is no sum over rows")
        return self.metric.terms(self.targets, self.predictions)


def method_of(metric: Metric) -> tuple[Callable[[Case], Interval], str]:
    """Return how the interval of a metric is found, and the name of that."""
    return METHODS.get(metric.name, (bootstrap, "bca"))


def bootstrap(case: Case) -> Interval:
    """Return the BCa interval."""
    arrays = case.targets, case.predictions
    return bca(case.metric.function, *arrays, seed=case.seed, level=case.level)


def plain(case: Case) -> Interval:
    """Return Wilson's interval for the share of rows decided rightly."""
    num_hits = int((decide(case.predictions) == case.targets).sum())
    return wilson(num_hits, len(case.targets), level=case.level)


def f_score(case: Case) -> Interval:
    """Return the interval of F1; of class 1 alone, it follows a plain share."""
    if case.predictions.ndim == 2:
        return effective(case)
    # F1 = 2 J / (1 + J), J = hits among the rows that are of class 1 or given it
    counts = confusion_matrix(case.targets, case.predictions)
    num_hits, num_trials = int(counts[1, 1]), int(counts.sum() - counts[0, 0])
    if num_trials == 0:
        return 0.0, 1.0
    low, high = wilson(num_hits, num_trials, level=case.level)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def effective(case: Case) -> Interval:
    """Return Wilson's interval with as many trials as give the jackknife variance."""
    left_out = jackknife(case.metric.function, case.targets, case.predictions)
    num_trials = _num_trials(case)
    return share_interval(case.value, variance(left_out), num_trials, level=case.level)


def _num_trials(case: Case) -> float:
    """Return the plain trials a macro average rests on if errors are spread evenly."""
    counts = np.bincount(case.targets.astype(np.int64))
    counts = counts[counts > 0].astype(np.float64)
    if case.metric.name != "auroc":
        return len(counts) ** 2 / float((1 / counts).sum())
    # Newcombe, Confidence intervals for an effect size measure based on the
    # Mann-Whitney statistic, part 2, 2006: variance / (A (1 - A)) for A near 1
    n = len(case.targets)
    ups = counts if case.predictions.ndim == 2 else counts[-1:]
    each = (1 + (n / 2 - 1) / 2) / (ups * (n - ups))
    return min(float(n), len(ups) ** 2 / float(each.sum()))


def brier_score(case: Case) -> Interval:
    """Return the interval of the Brier score, a share of its largest value."""
    largest = 1.0 if case.predictions.ndim == 1 else 2.0
    terms = case.terms / largest
    spread = float(terms.var(ddof=1)) / len(terms) if len(terms) > 1 else 0.0
    low, high = share_interval(
        float(terms.mean()), spread, len(terms), level=case.level
    )
    return largest * low, largest * high


def calibration(case: Case) -> Interval:
    """Return an interval that reaches 0 where chance alone explains the error.

    The error of calibrated predictions is above 0 on any finite rows, and more so
    on resamples of them. By the triangle inequality it exceeds the true one by at
    most the summed deviations of the gaps, whose quantile gives the lower end.
    """
    arrays, n = (case.targets, case.predictions), len(case.targets)
    gaps = calibration_gaps(*arrays)
    drawn = resample(n, affordable(NUM_RESAMPLES, n), case.seed)
    draws = np.concatenate([calibration_gaps(*arrays, weights) for weights in drawn])
    noise = np.abs(draws - gaps).sum(axis=1)
    low = case.value - float(np.quantile(noise, (1 + case.level) / 2))
    left_out = jackknife(case.metric.function, *arrays)
    errors = np.abs(draws).sum(axis=1)
    high = corrected(case.value, errors, left_out, level=case.level)[1]
    return max(0.0, low), high


def root_mean_square(case: Case) -> Interval:
    """Return the log-scale interval of a root of a mean."""
    return log_delta(case.terms, power=0.5, level=case.level)


def mean_term(case: Case) -> Interval:
    """Return the log-scale interval of a mean."""
    return log_delta(case.terms, level=case.level)


METHODS: dict[str, tuple[Callable[[Case], Interval], str]] = {
    "accuracy": (plain, "wilson"),
    "balanced_accuracy": (effective, "effective_wilson"),
    "f1": (f_score, "effective_wilson"),
    "auroc": (effective, "effective_wilson"),
    "brier": (brier_score, "effective_wilson"),
    "expected_calibration_error": (calibration, "bootstrap"),
    "rmse": (root_mean_square, "log_delta"),
    "mae": (mean_term, "log_delta"),
}
"""BCa bootstrap where a metric is absent."""

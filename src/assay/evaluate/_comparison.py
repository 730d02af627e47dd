"""Tests whether one set of predictions is better than another on the same rows."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay._calls import explains_arguments
from assay._errors import InputError, fault
from assay._seeds import generator
from assay.evaluate._bootstrap import NUM_RESAMPLES, affordable, blocks, draw
from assay.evaluate._closed_form_intervals import (
    UNDEFINED,
    Interval,
    check_level,
    wilson,
)
from assay.metrics import Metric, decide, get

__all__ = ["Comparison", "compare", "mcnemar", "sign_flip"]

NUM_FLIPS = 5000


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sets of predictions, a and b, on the same rows.

    Args:
        metric: the name of the metric.
        names: the names of a and b.
        difference: the metric of a minus the metric of b.
        interval: the confidence interval for the difference.
        p_value: the probability of a difference at least this large if a and b were
            equally good.
        level: the confidence level of the interval; the difference is significant if
            the p-value is below 1 - level.
        method: "mcnemar", "sign_flip" or "bootstrap".
        better: True if a is better, False if a is worse, None if the difference is
            not significant.
    """

    metric: str
    names: tuple[str, str]
    difference: float
    interval: Interval
    p_value: float
    level: float
    method: str
    better: bool | None

    @property
    def words(self) -> str:
        """A short description of the result, such as "better than majority"."""
        other = self.names[1]
        p = f"p = {self.p_value:.2g}" if self.p_value >= 0.001 else "p < 0.001"
        if self.better is None:
            return f"not distinguishable from {other} ({p})"
        return f"better than {other}" if self.better else f"worse than {other} ({p})"

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        return {
            "metric": self.metric,
            "names": list(self.names),
            "difference": self.difference,
            "interval": list(self.interval),
            "p_value": self.p_value,
            "method": self.method,
            "words": self.words,
        }


@explains_arguments("assay.evaluate.compare(a, b, y, seed=0)")
def compare(
    a: np.ndarray,
    b: np.ndarray,
    targets: np.ndarray,
    *,
    metric: str | Metric = "accuracy",
    names: tuple[str, str] = ("model", "baseline"),
    seed: int,
    level: float = 0.95,
) -> Comparison:
    """Compare two sets of predictions on the same rows.

    Accuracy is compared by McNemar's exact test with Newcombe's interval. Metrics that
    are sums over rows are compared by randomly flipping the sign of each row's
    difference. Unlike a bootstrap, this test is valid even if only a few rows differ.
    F1, AUROC and calibration error are compared by a paired bootstrap. The paired
    bootstrap also provides the interval for every metric except accuracy. If the test
    is not significant, the interval is widened to include 0. One set is called better
    only if the test and the interval agree.

    Args:
        a: predictions, (n,) or (n, num_classes).
        b: predictions with the same shape as a.
        targets: true values (n,).
        metric: a metric or its name.
        names: the names of a and b.
        seed: seed for the random flips and draws.
        level: the confidence level of the interval.

    Raises:
        InputError: the arrays do not match the metric or each other.

    Example:
        >>> targets = np.array([0, 1] * 20)
        >>> result = compare(targets * 1.0, np.zeros(40), targets, seed=0)
        >>> result.words, result.difference
        ('better than baseline', 0.5)

    References:
        McNemar, Note on the sampling error of the difference between correlated
        proportions or percentages, 1947. Newcombe, Improved confidence intervals
        for the difference between binomial proportions based on paired data, 1998.
    """
    check_level(level)
    metric = get(metric) if isinstance(metric, str) else metric
    a, b, targets = np.asarray(a), np.asarray(b), np.asarray(targets)
    if a.shape != b.shape:
        fix, shapes = "Compare predictions for the same rows.", (a.shape, b.shape)
        raise InputError(fault("a.shape == b.shape", "shapes", shapes, fix))
    difference = metric(targets, a) - metric(targets, b)
    if metric.name == "accuracy":
        hits = decide(a) == targets, decide(b) == targets
        p_value, interval = mcnemar(*hits), paired_interval(*hits, level=level)
        method = "mcnemar"
    else:
        pair = metric, a, b, targets
        p_value, interval, method = _resampled(*pair, seed=seed, level=level)
    low, high = interval
    if p_value >= 1 - level:
        low, high = min(low, 0.0), max(high, 0.0)
    better = None
    if p_value < 1 - level and not low <= 0 <= high:
        better = metric.better(difference, 0.0)
    return Comparison(
        metric=metric.name,
        names=names,
        difference=difference,
        interval=(low, high),
        p_value=p_value,
        level=level,
        method=method,
        better=better,
    )


def mcnemar(a: np.ndarray, b: np.ndarray) -> float:
    """Return the p-value of McNemar's exact test for predictions on the same rows.

    Only rows on which exactly one of a and b is right are counted. If a and b are
    equally good, the number of these rows on which a is right follows
    Binomial(count, 1/2).

    Args:
        a: (n,), True for the rows on which a is right.
        b: (n,), True for the rows on which b is right.

    Example:
        >>> mcnemar(np.ones(5, bool), np.zeros(5, bool))
        0.0625
    """
    from scipy.stats import binomtest  # importing SciPy takes almost a second

    only_a, only_b = int((a & ~b).sum()), int((~a & b).sum())
    if only_a + only_b == 0:  # SciPy requires at least one trial
        return 1.0
    return float(binomtest(only_a, only_a + only_b).pvalue)


def paired_interval(a: np.ndarray, b: np.ndarray, *, level: float) -> Interval:
    """Return Newcombe's paired interval (method 10) for mean(a) - mean(b)."""
    n, p, q = len(a), float(a.mean()), float(b.mean())
    low_a, high_a = wilson(int(a.sum()), n, level=level)
    low_b, high_b = wilson(int(b.sum()), n, level=level)
    both, neither = int((a & b).sum()), int((~a & ~b).sum())
    only_a, only_b = int((a & ~b).sum()), int((~a & b).sum())
    excess = both * neither - only_a * only_b
    # Newcombe's continuity correction for positive correlations
    excess = max(excess - n / 2, 0.0) if excess > 0 else excess
    scale = math.sqrt(p * (1 - p) * q * (1 - q)) * n * n
    correlation = excess / scale if scale > 0 else 0.0

    def length(x: float, y: float) -> float:
        return math.sqrt(max(0.0, x * x - 2 * correlation * x * y + y * y))

    down, up = length(p - low_a, high_b - q), length(high_a - p, q - low_b)
    return p - q - down, p - q + up


def sign_flip(differences: np.ndarray, *, seed: int) -> float:
    """Return the p-value of the sum of paired differences, based on random sign flips.

    If a and b are equally good, both signs of a row's difference are equally likely.

    Args:
        differences: (n,) contribution of each row to the metric of a, minus its
            contribution to the metric of b.
        seed: seed for the random sign flips.

    References:
        Fisher, The Design of Experiments, 1935.
    """
    differences = differences[differences != 0]
    n, total = len(differences), abs(float(differences.sum()))
    if n == 0:
        return 1.0
    random, num_flips = generator(seed, "flips"), affordable(NUM_FLIPS, n)
    edge = total * (1 - 1e-9)  # rounding errors can make equal sums differ

    def num_extreme(b: int) -> int:
        signs = 2.0 * random.integers(0, 2, (b, n))
        signs -= 1  # change the signs in place, because a block is large
        return int((np.abs(signs @ differences) >= edge).sum())

    extreme = sum(num_extreme(stop - start) for start, stop in blocks(num_flips, n))
    # Count the observed signs as one draw, so the p-value is never 0.
    return (extreme + 1) / (num_flips + 1)


def _resampled(
    metric: Metric,
    a: np.ndarray,
    b: np.ndarray,
    targets: np.ndarray,
    *,
    seed: int,
    level: float,
) -> tuple[float, Interval, str]:
    """Return the p-value, interval and method for a metric other than accuracy."""

    def difference(
        a: np.ndarray, b: np.ndarray, targets: np.ndarray, weights: np.ndarray | None
    ) -> np.ndarray:
        of_a = metric.function(targets, a, weights)
        return of_a - metric.function(targets, b, weights)

    draws = draw(difference, a, b, targets, seed=seed, num_resamples=NUM_RESAMPLES)
    if not len(draws):
        return 1.0, UNDEFINED, "bootstrap"
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    interval = float(low), float(high)
    if metric.terms is not None:
        terms = metric.terms(targets, a) - metric.terms(targets, b)
        return sign_flip(terms, seed=seed), interval, "sign_flip"
    below = float((draws < 0).sum() + (draws == 0).sum() / 2)
    # Count the observed difference as one draw, so the p-value is never 0.
    tail = (min(below, len(draws) - below) + 1) / (len(draws) + 1)
    return min(1.0, 2 * tail), interval, "bootstrap"

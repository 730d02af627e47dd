"""Closed-form intervals for proportions, and for means of nonnegative numbers."""

import math
from statistics import NormalDist

import numpy as np

from assay._errors import InputError, fault

__all__ = ["Interval", "log_delta", "share_interval", "wilson"]

Interval = tuple[float, float]

UNDEFINED: Interval = (math.nan, math.nan)
"""The interval for an undefined value."""


def check_level(level: float) -> None:
    """Raise an InputError unless the level is a fraction between 0 and 1."""
    if not 0 < level < 1:
        raise InputError(fault("0 < level < 1", "level", level, "Write 0.95."))


def normal_quantile(level: float) -> float:
    """Return z such that P(|x| <= z) = level for a standard normal variable x.

    Args:
        level: the probability.
    """
    check_level(level)
    return NormalDist().inv_cdf((1 + level) / 2)


def student_quantile(level: float, num_degrees: int) -> float:
    """Return t such that P(|x| <= t) = level if x follows Student's t distribution.

    Args:
        level: the probability.
        num_degrees: the number of degrees of freedom.
    """
    check_level(level)
    from scipy.stats import t  # importing SciPy takes almost a second

    return float(t.ppf((1 + level) / 2, num_degrees))


def wilson(successes: float, n: float, *, level: float = 0.95) -> Interval:
    """Return Wilson's interval for a proportion, such as accuracy.

    Wilson's interval has good coverage for small n and for proportions near 0 and 1. At
    n = 36 and proportions from 0.80 to 0.99, its average coverage is 95.4%; that of
    the textbook interval p ± z * sqrt(p * (1 - p) / n) is only 84.6%. SciPy's
    `binomtest(...).proportion_ci` accepts only whole numbers.

    Args:
        successes: number of successful trials, 0 <= successes <= n; may be fractional.
        n: number of trials, greater than 0.
        level: the confidence level.

    Returns:
        (low, high) within [0, 1].

    Raises:
        InputError: an argument is outside its range.

    Example:
        >>> low, high = wilson(36, 36)
        >>> round(low, 3), high
        (0.904, 1.0)

    References:
        Wilson, Probable inference, the law of succession, and statistical
        inference, 1927.
    """
    if not (n > 0 and 0 <= successes <= n):
        fix = "Pass the number of successes in n trials."
        rule, counts = "0 <= successes <= n, n > 0", (successes, n)
        raise InputError(fault(rule, "(successes, n)", counts, fix))
    z, p = normal_quantile(level), successes / n
    center = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # Correct rounding errors so 0 and 1 are exact and the interval contains p.
    low = 0.0 if successes == 0 else max(0.0, min(center - half, p))
    high = 1.0 if successes == n else min(1.0, max(center + half, p))
    return low, high


def share_interval(
    value: float, variance: float, num_trials: float, *, level: float = 0.95
) -> Interval:
    """Return Wilson's interval for a value in [0, 1] that is not a simple proportion.

    Use this for macro averages and AUROC. The value is treated as the proportion of
    successes in the effective number of trials that its variance implies, which is
    value * (1 - value) / variance. Near 0 and 1, a variance estimated from few errors
    is much too small, and without errors, it is 0. Therefore, the fewer errors there
    are, the more weight `num_trials` gets.

    effective = 1 / (w * variance / (value * (1 - value)) + (1 - w) / num_trials),
    w = e / (e + z**2), e = num_trials * min(value, 1 - value)

    Args:
        value: a number in [0, 1].
        variance: variance of the value, for example from a jackknife.
        num_trials: number of simple trials to which the value is equivalent if errors
            are spread evenly.
        level: the confidence level.

    Returns:
        (low, high) within [0, 1].

    Example:
        >>> share_interval(0.9, 0.9 * 0.1 / 100, 100) == wilson(90, 100)
        True

    References:
        Korn, Graubard, Confidence intervals for proportions with small expected
        number of positive counts, 1998 (effective sample size).
    """
    z, spread = normal_quantile(level), value * (1 - value)
    num_errors = num_trials * min(value, 1 - value)
    w = num_errors / (num_errors + z * z)
    # the variance of a number in [0, 1] is at most that of a single trial
    observed = min(1.0, variance / spread) if spread > 0 else 0.0
    effective = 1 / (w * observed + (1 - w) / num_trials)
    return wilson(value * effective, effective, level=level)


def log_delta(
    losses: np.ndarray, *, power: float = 1.0, level: float = 0.95
) -> Interval:
    """Return an interval for mean(losses)**power that is symmetric on the log scale.

    Use this for MAE (absolute errors, power 1). The losses are assumed to have a finite
    variance and no heavy tails. For squared errors, `tail_delta` has better coverage.

    value * exp(±t * power * std(losses) / (mean(losses) * sqrt(n))), t = Student's
    quantile for n - 1 degrees of freedom

    Args:
        losses: (n,) numbers >= 0.
        power: exponent of the mean.
        level: the confidence level.

    Returns:
        (low, high); (nan, nan) for fewer than 2 rows, (0, 0) if all losses are 0.

    Example:
        >>> low, high = log_delta(np.array([1.0, 2.0, 3.0, 2.0] * 9))
        >>> round(low, 2), round(high, 2)
        (1.77, 2.26)

    References:
        Oehlert, A note on the delta method, 1992.
    """
    check_level(level)
    losses = np.asarray(losses, dtype=np.float64)
    n, mean = len(losses), float(losses.mean())
    if n < 2:
        return UNDEFINED
    if mean == 0:
        return 0.0, 0.0
    quantile = student_quantile(level, n - 1)
    half = quantile * power * float(losses.std(ddof=1)) / (mean * math.sqrt(n))
    value = mean**power
    return value * math.exp(-half), value * math.exp(half)

"""Resampling as weights: the bootstrap and the jackknife, many rows of weights a call.

A statistic is a function of arrays of n rows and, last, of weights: none, (n,) or
(b, n), for which it gives b numbers. Every metric's function is one.
"""

from collections.abc import Callable, Iterator
from statistics import NormalDist
from typing import Any

import numpy as np

from assay._seeds import generator
from assay.evaluate._intervals import NOWHERE, Interval, check_level, normal_quantile

__all__ = ["Statistic", "acceleration", "bca", "draw", "jackknife", "resample"]

Statistic = Callable[..., Any]

NUM_RESAMPLES = 2000
MAX_SINGLE = 1000
MAX_GROUPS = 200
# Numbers in one block of weights: 32 MB, so that memory does not grow with the rows.
_BLOCK = 4_000_000
# Numbers drawn for one interval. Beyond, fewer resamples: many rows need fewer.
_BUDGET = 50_000_000
_FEWEST = 200
_FEWEST_GROUPS = 50


def jackknife(statistic: Statistic, *arrays: np.ndarray) -> np.ndarray:
    """Return the statistic with one row, or one group of rows, left out at a time.

    Where the statistic is not defined without some rows, those are left out.

    Args:
        statistic: see the module.
        arrays: (n, ...) each.

    Returns:
        (g,) values: g = n up to 1000 rows, else 200 (fewer above 250 000 rows). None
        of one row, which leaves nothing when it is left out.
    """
    n = len(arrays[0])
    if n < 2:
        return np.zeros(0)
    num_groups = n
    if n > MAX_SINGLE:
        num_groups = min(MAX_GROUPS, max(_FEWEST_GROUPS, _BUDGET // n))
    groups, values = np.arange(n) % num_groups, []
    for start, stop in blocks(num_groups, n):
        weights = (groups != np.arange(start, stop)[:, None]).astype(np.float64)
        values.append(statistic(*arrays, weights))
    values = np.concatenate(values)
    return values[np.isfinite(values)]


def variance(left_out: np.ndarray) -> float:
    """Return the variance of a statistic from its jackknife values."""
    if len(left_out) < 2:
        return 0.0
    return float((len(left_out) - 1) * left_out.var())


def resample(n: int, num_resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield weights (b, n): how often each row is drawn, b resamples at a time.

    The draws depend on n, num_resamples and seed alone.
    """
    random = generator(seed, "bootstrap")
    for start, stop in blocks(num_resamples, n):
        b = stop - start
        drawn = random.integers(0, n, (b, n)) + n * np.arange(b)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=b * n)
        yield counts.reshape(b, n).astype(np.float64)


def affordable(num_draws: int, n: int) -> int:
    """Return num_draws, or fewer (at least 200) for a great many rows n."""
    return min(num_draws, max(_FEWEST, _BUDGET // n))


def blocks(num_rows: int, n: int) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of num_rows rows of n numbers, some 32 MB at a time."""
    size = max(1, _BLOCK // n)
    for start in range(0, num_rows, size):
        yield start, min(start + size, num_rows)


def draw(
    statistic: Statistic, *arrays: np.ndarray, seed: int, num_resamples: int
) -> np.ndarray:
    """Return the statistic on resamples of the rows, those that define it."""
    n = len(arrays[0])
    drawn = resample(n, affordable(num_resamples, n), seed)
    draws = np.concatenate([statistic(*arrays, weights) for weights in drawn])
    return draws[np.isfinite(draws)]


def bca(
    statistic: Statistic,
    *arrays: np.ndarray,
    seed: int,
    level: float = 0.95,
    num_resamples: int = NUM_RESAMPLES,
) -> Interval:
    """Return the bias-corrected, accelerated bootstrap interval of a statistic.

    Use it where no closed form is known and the statistic is smooth. It is too
    short for shares near 0 or 1 (with no error seen it has no width at all); those
    have `wilson` and `share_interval`.

    Args:
        statistic: function of the arrays and, last, of weights (b, n), which gives
            (b,) values; a metric's `function` is one.
        arrays: (n, ...) each, resampled together.
        seed: of the draws.
        level: how often such intervals hold the truth.
        num_resamples: how many draws; fewer above 25 000 rows.

    Returns:
        (low, high); not numbers where the statistic is not defined.

    Example:
        >>> from assay.metrics import r2
        >>> targets = np.arange(20.0)
        >>> low, high = bca(r2, targets, targets + (-1.0) ** targets, seed=0)
        >>> 0.9 < low < 0.97 < high < 1
        True

    References:
        Efron, Better bootstrap confidence intervals, 1987.
    """
    check_level(level)
    draws = draw(statistic, *arrays, seed=seed, num_resamples=num_resamples)
    value, left_out = float(statistic(*arrays, None)), jackknife(statistic, *arrays)
    return corrected(value, draws, left_out, level=level)


def corrected(
    value: float, draws: np.ndarray, left_out: np.ndarray, *, level: float
) -> Interval:
    """Return the BCa interval of a value, from its draws and its jackknife values."""
    z = normal_quantile(level)
    if not len(draws) or not np.isfinite(value):
        return NOWHERE
    below = float((draws < value).mean() + (draws <= value).mean()) / 2
    edge = 0.5 / len(draws)  # keeps z0 finite when every draw is on one side
    bias = NormalDist().inv_cdf(min(max(below, edge), 1 - edge))
    skewness = acceleration(left_out)
    shares = [_share_below(bias, skewness, end) for end in (-z, z)]
    low, high = np.quantile(draws, shares)
    return float(low), float(high)


def acceleration(left_out: np.ndarray) -> float:
    """Return a, a sixth of the skewness of a statistic, from its jackknife values."""
    if len(left_out) < 2:
        return 0.0
    deviations = left_out.mean() - left_out
    squares = float((deviations**2).sum())
    return float((deviations**3).sum()) / (6 * squares**1.5) if squares > 0 else 0.0


def _share_below(bias: float, skewness: float, z: float) -> float:
    """Return the share of draws below the BCa end for a normal quantile z."""
    shift = bias + z
    slope = 1 - skewness * shift
    if slope <= 0:  # the correction has run off to infinity
        return float(shift > 0)
    return NormalDist().cdf(bias + shift / slope)

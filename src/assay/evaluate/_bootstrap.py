"""The bootstrap and the jackknife, using row weights instead of copies of rows.

A statistic is a function that takes arrays with n rows and, as its last argument,
weights: None, (n,), or (b, n). With weights (b, n), it returns b numbers, so one call
evaluates b resamples. The functions of all metrics have this form.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np

from assay._calls import explains_arguments
from assay._seeds import generator
from assay.evaluate._closed_form_intervals import (
    UNDEFINED,
    Interval,
    check_level,
    normal_quantile,
)

__all__ = [
    "Statistic",
    "acceleration",
    "bca",
    "by_block",
    "draw",
    "jackknife",
    "resample",
]

Statistic = Callable[..., Any]

NUM_RESAMPLES = 2000
# With more rows, the jackknife leaves out groups of rows instead of single rows.
MAX_SINGLE = 1000
MAX_GROUPS = 200
# Number of weights per block (16 MB), so memory use does not depend on n.
_BLOCK = 2_000_000
# Limit on the random draws per interval. Data sets that reach this limit are so large
# that they need fewer resamples.
_BUDGET = 50_000_000
# Limit on the jackknife's weights per interval, because ranking metrics are slow.
_JACKKNIFE_BUDGET = 10_000_000
# With at least this many rows, each row's count is drawn independently from Poisson(1).
# This is several times faster, and the error is negligible compared with the interval.
_POISSON_ROWS = 50_000
_FEWEST = 200
_FEWEST_GROUPS = 50


def jackknife(statistic: Statistic, *arrays: np.ndarray) -> np.ndarray:
    """Return a statistic's values with each row (or group of rows) left out in turn.

    Values that are not finite are dropped, because the statistic may be undefined when
    certain rows are left out.

    Args:
        statistic: function of the arrays and weights (b, n); see the module docstring.
        arrays: arrays of shape (n, ...).

    Returns:
        (g,) values. g is n for up to 1000 rows, 200 for more than 1000 rows, and less
        than 200 for more than 50,000 rows. The result is empty for a single row, which
        cannot be left out.
    """
    n = len(arrays[0])
    if n < 2:
        return np.zeros(0)
    num_groups = n
    if n > MAX_SINGLE:
        num_groups = min(MAX_GROUPS, max(_FEWEST_GROUPS, _JACKKNIFE_BUDGET // n))
    groups = np.arange(n) % num_groups
    weights = (
        (groups != np.arange(start, stop)[:, None]).astype(np.float64)
        for start, stop in blocks(num_groups, n)
    )
    values = by_block(statistic, *arrays, weights=weights)
    return values[np.isfinite(values)]


def by_block(
    statistic: Statistic, *arrays: np.ndarray, weights: Iterable[np.ndarray]
) -> np.ndarray:
    """Return the values of a statistic for blocks of weights, joined into one array.

    Unlike a loop, this keeps no reference to a block while the next one is computed.
    """
    return np.concatenate([*map(partial(statistic, *arrays), weights)])


def variance(left_out: np.ndarray) -> float:
    """Return the variance of a statistic, estimated from its jackknife values."""
    if len(left_out) < 2:
        return 0.0
    return float((len(left_out) - 1) * left_out.var())


def resample(n: int, num_resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield weights (b, n): how often each row occurs in each resample.

    The draws depend only on n, num_resamples and seed.
    """
    random = generator(seed, "bootstrap")
    for start, stop in blocks(num_resamples, n):
        b = stop - start
        if n >= _POISSON_ROWS:
            yield _poisson_counts(random, b, n)
        else:
            yield _counts(random, b, n)


def _counts(random: np.random.Generator, b: int, n: int) -> np.ndarray:
    """Return how often each row occurs in b resamples of n rows, (b, n)."""
    drawn = random.integers(0, n, (b, n))
    # The offsets give each resample its own range, so one bincount is enough.
    drawn += n * np.arange(b)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=b * n)
    return counts.reshape(b, n).astype(np.float64)


def _poisson_counts(random: np.random.Generator, b: int, n: int) -> np.ndarray:
    """Return independently drawn counts (b, n)."""
    drawn = random.integers(0, 2**16, (b, n), dtype=np.uint16)
    return _POISSON.take(drawn, mode="clip")  # faster than indexing


def _poisson_table() -> np.ndarray:
    """Return a table (2**16,) of numbers. Random draws from it follow Poisson(1)."""
    shares = np.exp(-1) / np.array([math.factorial(count) for count in range(9)])
    quantiles = (np.arange(2**16) + 0.5) / 2**16
    return np.searchsorted(shares.cumsum(), quantiles).astype(np.float64)


_POISSON = _poisson_table()


def affordable(num_draws: int, n: int) -> int:
    """Return the number of draws, reduced for very large n, but never below 200."""
    return min(num_draws, max(_FEWEST, _BUDGET // n))


def blocks(num_rows: int, n: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of blocks of about 16 MB, with n numbers per row."""
    size = max(1, _BLOCK // n)
    for start in range(0, num_rows, size):
        yield start, min(start + size, num_rows)


def draw(
    statistic: Statistic, *arrays: np.ndarray, seed: int, num_resamples: int
) -> np.ndarray:
    """Return the values of a statistic on the resamples, excluding undefined values."""
    n = len(arrays[0])
    resamples = resample(n, affordable(num_resamples, n), seed)
    draws = by_block(statistic, *arrays, weights=resamples)
    return draws[np.isfinite(draws)]


@explains_arguments("assay.evaluate.bca(np.mean, values, seed=0)")
def bca(
    statistic: Statistic,
    *arrays: np.ndarray,
    seed: int,
    level: float = 0.95,
    num_resamples: int = NUM_RESAMPLES,
) -> Interval:
    """Return the bias-corrected and accelerated bootstrap interval for a statistic.

    Use this for smooth statistics without a closed-form interval. For proportions, use
    `wilson` or `share_interval` instead, because the bootstrap interval is too short
    near 0 and 1. If all predictions are correct, its width is 0.

    Args:
        statistic: function that takes the arrays and weights (b, n) and returns (b,)
            values, such as the `function` of a metric.
        arrays: arrays of shape (n, ...), whose rows are resampled together.
        seed: seed for the random draws.
        level: the confidence level.
        num_resamples: number of resamples to draw; fewer are drawn above 25,000 rows.

    Returns:
        (low, high); (nan, nan) if the statistic is not defined.

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
    return bca_from_draws(value, draws, left_out, level=level)


def bca_from_draws(
    value: float, draws: np.ndarray, left_out: np.ndarray, *, level: float
) -> Interval:
    """Return the BCa interval for a value from its draws and jackknife values."""
    z = normal_quantile(level)
    if not len(draws) or not np.isfinite(value):
        return UNDEFINED
    below = float((draws < value).mean() + (draws <= value).mean()) / 2
    edge = 0.5 / len(draws)  # keeps the bias finite if all draws are on one side
    bias = NormalDist().inv_cdf(min(max(below, edge), 1 - edge))
    skewness = acceleration(left_out)
    shares = [_share_below(bias, skewness, end) for end in (-z, z)]
    low, high = np.quantile(draws, shares)
    return float(low), float(high)


def acceleration(left_out: np.ndarray) -> float:
    """Return the acceleration: a sixth of the skewness of the jackknife values."""
    if len(left_out) < 2:
        return 0.0
    deviations = left_out.mean() - left_out
    squares = float((deviations**2).sum())
    return float((deviations**3).sum()) / (6 * squares**1.5) if squares > 0 else 0.0


def _share_below(bias: float, skewness: float, z: float) -> float:
    """Return the proportion of draws below the interval's end at normal quantile z."""
    shift = bias + z
    slope = 1 - skewness * shift
    if slope <= 0:  # the correction diverges, so use an extreme draw
        return float(shift > 0)
    return NormalDist().cdf(bias + shift / slope)

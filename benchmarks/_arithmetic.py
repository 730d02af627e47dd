"""Computes statistics of measured times and compares outcomes."""

import math
import statistics
from collections.abc import Sequence

__all__ = ["agree", "exponent", "spread"]


def spread(numbers: Sequence[float]) -> tuple[float, float, float]:
    """Return the median, minimum and maximum.

    Example:
        >>> spread([3.0, 1.0, 2.0])
        (2.0, 1.0, 3.0)
    """
    return statistics.median(numbers), min(numbers), max(numbers)


def agree(ours: float, theirs: float, tolerance: float) -> bool:
    """Return whether two outcomes differ by at most a given fraction of the larger one.

    Example:
        >>> agree(0.100, 0.101, 0.02), agree(0.1, 0.2, 0.02), agree(0.1, math.nan, 1.0)
        (True, False, False)
    """
    if not (math.isfinite(ours) and math.isfinite(theirs)):
        return False
    return abs(ours - theirs) <= tolerance * max(abs(ours), abs(theirs))


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the exponent p in seconds = c sizes^p, fitted on a logarithmic scale.

    Example:
        >>> round(exponent([10, 100, 1000], [2.0, 20.0, 200.0]), 6)
        1.0
    """
    slope, _ = statistics.linear_regression(
        [math.log(size) for size in sizes], [math.log(value) for value in seconds]
    )
    return slope

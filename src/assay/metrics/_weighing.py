"""Weighted sums over rows, for one or more sets of weights.

Every metric is computed from these sums. Weights (n,) give one number; weights (b, n)
give b numbers in one matrix product.
"""

import numpy as np

MANY_ROWS = 2**14
"""With more rows, processing each set of weights separately is faster."""


def mean(values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Return the weighted mean of values (n,), or (b,) means for weights (b, n)."""
    values = np.asarray(values, dtype=np.float64)
    if weights is None:
        return np.asarray(values.mean())
    weights = np.asarray(weights, dtype=np.float64)
    return weights @ values / weights.sum(axis=-1)


def ones_if_none(weights: np.ndarray | None, n: int) -> np.ndarray:
    """Return the weights as float64, or ones (n,) if they are None."""
    return np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)


def sum_by_group(
    weights: np.ndarray,
    groups: np.ndarray,
    num_groups: int,
    values: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Return the sum of weights (..., n) * values in each group, (..., num_groups)."""
    if len(groups) > MANY_ROWS:
        sets = weights.reshape(-1, len(groups))
        sums = [np.bincount(groups, one * values, num_groups) for one in sets]
        return np.array(sums).reshape(*weights.shape[:-1], num_groups)
    sums = np.zeros((*weights.shape[:-1], num_groups))
    weights = weights * values
    order = np.argsort(groups, kind="stable")
    present, starts = np.unique(groups[order], return_index=True)
    sums[..., present] = np.add.reduceat(weights[..., order], starts, axis=-1)
    return sums


def ratio(numerator: np.ndarray, denominator: np.ndarray, empty: float) -> np.ndarray:
    """Return numerator / denominator, or `empty` where the denominator is 0."""
    safe = np.where(denominator > 0, denominator, 1.0)
    return np.where(denominator > 0, numerator / safe, empty)

"""Regression metrics: RMSE, MAE and R2."""

import numpy as np

from assay.metrics._metric import REGRESSION, metric
from assay.metrics._weighing import mean, ones_if_none, ratio

__all__ = ["mae", "r2", "rmse"]


def errors(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return predictions - targets in float64."""
    return np.asarray(predictions, np.float64) - np.asarray(targets, np.float64)


def squares(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return the squared error of each row, (n,)."""
    return errors(targets, predictions) ** 2


@metric(
    formula="sqrt(mean((predictions - targets)**2))",
    direction="minimize",
    tasks=REGRESSION,
    terms=squares,
)
def rmse(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the square root of the mean squared error, in units of the target.

    Use it when one large error is worse than several small ones with the same sum.

    Args:
        targets: (n,) numbers.
        predictions: (n,) numbers.
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number >= 0, or an array (b,).

    Example:
        >>> import numpy as np
        >>> float(rmse(np.array([0.0, 0.0]), np.array([1.0, 7.0])))
        5.0

    References:
        Hodson, Root-mean-square error (RMSE) or mean absolute error (MAE), 2022.
    """
    return np.sqrt(mean(squares(targets, predictions), weights))


def distances(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return the absolute error of each row, (n,)."""
    return np.abs(errors(targets, predictions))


@metric(
    formula="mean(|predictions - targets|)",
    direction="minimize",
    tasks=REGRESSION,
    terms=distances,
)
def mae(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the mean absolute error, in units of the target.

    Use it when large errors in a few rows should not dominate.

    Args:
        targets: (n,) numbers.
        predictions: (n,) numbers.
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number >= 0, or an array (b,).

    Example:
        >>> import numpy as np
        >>> float(mae(np.array([0.0, 0.0]), np.array([1.0, 7.0])))
        4.0

    References:
        Hodson, Root-mean-square error (RMSE) or mean absolute error (MAE), 2022.
    """
    return mean(distances(targets, predictions), weights)


@metric(
    formula="1 - sum((targets - predictions)**2) / sum((targets - mean(targets))**2)",
    direction="maximize",
    tasks=REGRESSION,
    terms=squares,
)
def r2(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the fraction of the target variance that the predictions explain.

    Use it to compare tasks whose targets have different units. A value of 1 is perfect,
    0 is as good as predicting the mean of these targets, and negative values are worse.

    Args:
        targets: (n,) numbers.
        predictions: (n,) numbers.
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number <= 1, or an array (b,); nan if all targets are equal.

    Example:
        >>> import numpy as np
        >>> float(r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0])))
        0.5

    References:
        Draper, Smith, Applied Regression Analysis, 1998.
    """
    targets = np.asarray(targets, dtype=np.float64)
    weights = ones_if_none(weights, len(targets))
    unexplained = mean(squares(targets, predictions), weights)
    # Centering avoids cancellation between the squares of large targets.
    centered = targets - targets.mean()
    variance = mean(centered**2, weights) - mean(centered, weights) ** 2
    return 1 - ratio(unexplained, variance, np.nan)

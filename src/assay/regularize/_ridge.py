"""Closed-form ridge regression with the penalty chosen by leave-one-out error."""

from typing import NamedTuple

import numpy as np

__all__ = ["RIDGE_PENALTIES", "Ridge", "leave_one_out_errors", "ridge"]

RIDGE_PENALTIES = 10.0 ** np.arange(-6, 7.5, 0.5)
"""Penalties to compare for standardized inputs.

The largest penalty shrinks all coefficients to almost 0. Inputs that are nearly
linearly dependent, such as spectra, require small penalties.
"""

# Limit on rows * columns**2, to which the time for comparing penalties is proportional.
_CHOICE_WORK = 2_500_000_000
_FEWEST_ROWS = 1000


class Ridge(NamedTuple):
    """A linear function fitted by ridge regression.

    Args:
        coefficients: (d,), one per input column.
        intercept: prediction when all inputs are 0.
        penalty: L2 penalty on the coefficients of standardized inputs.
    """

    coefficients: np.ndarray
    intercept: float
    penalty: float

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Return predictions (n,) for inputs (n, d)."""
        return inputs @ self.coefficients + self.intercept


def ridge(
    inputs: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None
) -> Ridge:
    """Fit ridge regression with the L2 penalty that minimizes the leave-one-out error.

    For standardized inputs x and centered targets y, the fit minimizes

        sum_i w_i (y_i - x_i b)^2 + penalty |b|^2

    Args:
        inputs: (n, d), in random order. If there are too many rows, only the first ones
            are used to choose the penalty.
        targets: (n,) numbers.
        weights: (n,) positive weights of the rows; None for equal weights.

    Example:
        >>> x = np.arange(8.0)[:, None]
        >>> fitted = ridge(x, 3 * x[:, 0] + 1)
        >>> fitted.coefficients.round(2).tolist(), round(fitted.intercept, 2)
        ([3.0], 1.0)

    References:
        Hoerl and Kennard, 1970, "Ridge regression: biased estimation for nonorthogonal
        problems".
    """
    n, d = inputs.shape
    weights = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    shares = weights / weights.sum()
    means, mean = shares @ inputs, float(shares @ targets)
    x = np.asarray(inputs - means, np.float64)  # x is changed in place to save memory
    stds = np.sqrt(np.einsum("i,ij,ij->j", shares, x, x))
    constant = stds < 1e-7 * (1 + np.abs(means))
    stds[constant], x[:, constant] = 1.0, 0.0  # remove rounding errors
    roots = np.sqrt(shares * n)
    x /= stds
    x *= roots[:, None]
    y = roots * (targets - mean)
    few = max(_FEWEST_ROWS, _CHOICE_WORK // max(d, 1) ** 2)
    penalty = 1.0
    if n > 1:  # a single row cannot be left out
        errors = leave_one_out_errors(x[:few], y[:few], RIDGE_PENALTIES)
        penalty = float(RIDGE_PENALTIES[int(np.argmin(errors))])
    coefficients = _solve(x, y, penalty) / stds
    return Ridge(coefficients, mean - float(means @ coefficients), penalty)


def _solve(inputs: np.ndarray, targets: np.ndarray, penalty: float) -> np.ndarray:
    """Return the coefficients (d,) by solving the smaller of two equivalent systems."""
    n, d = inputs.shape
    if n > d:
        gram = inputs.T @ inputs
        return np.linalg.solve(gram + penalty * np.eye(d), inputs.T @ targets)
    return inputs.T @ np.linalg.solve(inputs @ inputs.T + penalty * np.eye(n), targets)


def leave_one_out_errors(
    inputs: np.ndarray, targets: np.ndarray, penalties: np.ndarray
) -> np.ndarray:
    """Return the mean squared leave-one-out error of ridge regression for each penalty.

    The regression is not refitted for each row. If H maps the centered targets to the
    fitted values, the error of row i is (y - H y)_i / (1 - H_ii - 1/n). An
    eigendecomposition and two matrix products are sufficient for all penalties.

    Args:
        inputs: (n, d), n > 1.
        targets: (n,) numbers.
        penalties: (k,) positive L2 penalties; the intercept is not penalized.

    Returns:
        (k,) errors, equal to those computed by scikit-learn's `RidgeCV`.

    Example:
        >>> x = np.arange(4.0)[:, None]
        >>> leave_one_out_errors(x, x[:, 0], np.array([1e-9, 1e9])).round(2).tolist()
        [0.0, 2.22]

    References:
        Rifkin and Lippert, Notes on regularized least squares, 2007.
    """
    n, d = inputs.shape
    inputs = inputs - inputs.mean(axis=0)
    targets = targets - targets.mean()
    if n > d:
        values, vectors = np.linalg.eigh(inputs.T @ inputs)
        basis = inputs @ vectors
        del inputs  # to save memory
        shares = 1 / (np.maximum(values, 0)[:, None] + penalties)  # (d, k)
        residuals = targets[:, None] - (basis * (basis.T @ targets)) @ shares
        weights = 1 - np.square(basis, out=basis) @ shares
    else:  # this form avoids cancellation if H is close to the identity
        values, basis = np.linalg.eigh(inputs @ inputs.T)
        shares = penalties / (np.maximum(values, 0)[:, None] + penalties)  # (n, k)
        residuals = (basis * (basis.T @ targets)) @ shares
        weights = basis**2 @ shares
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = ((residuals / (weights - 1 / n)) ** 2).mean(axis=0)
    return np.nan_to_num(errors, nan=np.inf)  # nan if a row determines a coefficient

"""Leave-one-out errors of ridge regression for many penalties at once."""

import numpy as np

__all__ = ["leave_one_out_errors"]


def leave_one_out_errors(
    inputs: np.ndarray, targets: np.ndarray, penalties: np.ndarray
) -> np.ndarray:
    """Return the mean squared leave-one-out error of ridge regression, by penalty.

    No row is actually left out: if H maps the centered targets to the fitted values,
    the error of row i is (y - H y)_i / (1 - H_ii - 1/n). An eigendecomposition and two
    matrix products compute it for all penalties.

    Args:
        inputs: (n, d), n > 1.
        targets: (n,) numbers.
        penalties: (k,) positive L2 penalties; the intercept is not penalized.

    Returns:
        (k,) errors, as the `RidgeCV` of scikit-learn compares them.

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
        shares = 1 / (np.maximum(values, 0)[:, None] + penalties)  # (d, k)
        residuals = targets[:, None] - (basis * (basis.T @ targets)) @ shares
        weights = 1 - basis**2 @ shares
    else:  # in this form, nothing cancels if H is close to the identity
        values, basis = np.linalg.eigh(inputs @ inputs.T)
        shares = penalties / (np.maximum(values, 0)[:, None] + penalties)  # (n, k)
        residuals = (basis * (basis.T @ targets)) @ shares
        weights = basis**2 @ shares
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = ((residuals / (weights - 1 / n)) ** 2).mean(axis=0)
    return np.nan_to_num(errors, nan=np.inf)  # a row alone determines a coefficient

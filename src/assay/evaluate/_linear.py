"""Linear models with their penalty chosen on the training rows alone.

Scikit-learn's would do as well, at more than two seconds for the import; the tests
hold these to its results.
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from assay._seeds import generator

__all__ = ["LinearModel", "fit_logistic", "fit_ridge", "logistic", "ridge"]

LOGISTIC_PENALTIES = 10.0 ** np.arange(5, -3, -1)  # strongest first, for warm starts
RIDGE_PENALTIES = 10.0 ** np.arange(-3, 7.5, 0.5)
NUM_FOLDS = 5
# Rows x columns x classes that one pass may cost: choosing the penalty takes some
# thousand passes, the last fit about a hundred.
_CHOICE_WORK, _FIT_WORK = 10_000_000, 100_000_000
_FEWEST_ROWS = 1000


@dataclass(frozen=True)
class LinearModel:
    """Predictions linear in standardized inputs.

    Args:
        center: (d,) subtracted from the inputs.
        scale: (d,) the inputs are divided by.
        coefficients: (d, k).
        intercept: (k,).
        penalty: the one chosen.
        num_rows: how many rows it was fitted on.
    """

    center: np.ndarray
    scale: np.ndarray
    coefficients: np.ndarray
    intercept: np.ndarray
    penalty: float
    num_rows: int

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """Return the linear outputs of inputs (n, d): (n, k)."""
        rows = (inputs - self.center) / self.scale
        return rows @ self.coefficients + self.intercept


def standard(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each column; 1 for a constant one."""
    scale = inputs.std(axis=0)
    return inputs.mean(axis=0), np.where(scale > 0, scale, 1.0)


def ridge(inputs: np.ndarray, targets: np.ndarray, *, seed: int) -> LinearModel:
    """Fit least squares with the L2 penalty of the least leave-one-out error.

    Args:
        inputs: (n, d).
        targets: (n,) numbers.
        seed: chooses the rows where there are too many.
    """
    rows = some_rows(len(inputs), inputs.shape[1], _FIT_WORK, seed)
    inputs, targets = inputs[rows], np.asarray(targets, np.float64)[rows]
    center, scale = standard(inputs)
    coefficients, penalty = fit_ridge((inputs - center) / scale, targets)
    intercept = targets.mean(keepdims=True)
    return LinearModel(
        center, scale, coefficients[:, None], intercept, penalty, len(rows)
    )


def fit_ridge(
    inputs: np.ndarray,
    targets: np.ndarray,
    penalties: np.ndarray = RIDGE_PENALTIES,
) -> tuple[np.ndarray, float]:
    """Minimize sum((targets - mean - inputs @ c)**2) + penalty * sum(c**2).

    The residual of row i, were it left out, is residual_i / (1 - leverage_i), so one
    decomposition gives the leave-one-out error of every penalty.

    Args:
        inputs: (n, d), columns of mean 0.
        targets: (n,).
        penalties: to choose from.

    Returns:
        Coefficients (d,), and the penalty chosen.

    References:
        Golub, Heath, Wahba, Generalized cross-validation as a method for choosing a
        good ridge parameter, 1979.
    """
    n, d = inputs.shape
    targets = targets - targets.mean()
    # scores (n, r) and axes (d, r), with scores = inputs @ axes, from the smaller Gram
    if n >= d:
        squares, axes = np.linalg.eigh(inputs.T @ inputs)
        scores = inputs @ axes
    else:
        squares, left = np.linalg.eigh(inputs @ inputs.T)
        scores = left * np.sqrt(np.maximum(squares, 0))
        axes = inputs.T @ (left / np.sqrt(np.maximum(squares, np.finfo(float).tiny)))
    keep = squares > max(squares[-1], 1.0) * max(n, d) * np.finfo(float).eps
    squares, axes, scores = squares[keep], axes[:, keep], scores[:, keep]
    moments = scores.T @ targets
    errors = []
    for penalty in penalties:
        fitted = scores @ (moments / (squares + penalty))
        leverage = scores**2 @ (1 / (squares + penalty)) + 1 / n
        left_out = (targets - fitted) / np.maximum(1 - leverage, 1e-9)
        errors.append((left_out**2).mean())
    penalty = float(penalties[int(np.argmin(errors))])
    return axes @ (moments / (squares + penalty)), penalty


def logistic(
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    num_classes: int,
    seed: int,
    weights: np.ndarray | None = None,
) -> LinearModel:
    """Fit multinomial logistic regression, its L2 penalty chosen by 5-fold log loss.

    Args:
        inputs: (n, d).
        targets: (n,) class indices.
        num_classes: how many classes; two have one output, more have one each.
        seed: of the folds, and of the rows where there are too many.
        weights: (n,) weights of the rows.
    """
    width, n = inputs.shape[1] * num_classes, len(inputs)
    targets = np.asarray(targets, np.int64)
    weights = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    few = some_rows(n, width, _CHOICE_WORK, seed)
    rows = some_rows(n, width, _FIT_WORK, seed)
    center, scale = standard(inputs[rows])
    inputs = (inputs - center) / scale

    def take(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return inputs[chosen], targets[chosen], weights[chosen]

    # the optimizer's products of vectors are small: waking a thread takes longer
    with threadpool_limits(1):
        penalty = _choose_penalty(*take(few), num_classes=num_classes, seed=seed)
        solution = fit_logistic(*take(rows), num_classes=num_classes, penalty=penalty)
    return LinearModel(center, scale, solution[:-1], solution[-1], penalty, len(rows))


def fit_logistic(
    inputs: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    *,
    num_classes: int,
    penalty: float,
    tolerance: float = 1e-5,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Minimize sum(weights * cross-entropy) + penalty / 2 * sum(coefficients**2).

    Args:
        inputs: (n, d).
        targets: (n,) class indices.
        weights: (n,).
        num_classes: two classes have one output (class 1 against 0).
        penalty: on the coefficients; the intercept goes free.
        tolerance: largest entry of the gradient of the mean at which to stop.
        start: (d + 1, k) where to begin; 0 if left out.

    Returns:
        (d + 1, k) coefficients, and the intercept as the last row.
    """
    from scipy.optimize import minimize

    n, k = len(inputs), num_outputs(num_classes)
    design = np.hstack([inputs, np.ones((n, 1))])
    rows, total = np.arange(n), weights.sum()

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        solution = flat.reshape(-1, k)
        logs = log_probabilities(design @ solution)
        coefficients = solution[:-1]
        cost = -weights @ logs[rows, targets] + penalty / 2 * (coefficients**2).sum()
        slopes = np.exp(logs)
        slopes[rows, targets] -= 1
        gradient = design.T @ (slopes[:, -k:] * weights[:, None])
        gradient[:-1] += penalty * coefficients
        return float(cost / total), gradient.ravel() / total

    if start is None:
        start = np.zeros((design.shape[1], k))
    options = {"gtol": tolerance, "ftol": 0.0, "maxiter": 1000}
    found = minimize(
        objective, start.ravel(), jac=True, method="L-BFGS-B", options=options
    )
    return found.x.reshape(-1, k)


def num_outputs(num_classes: int) -> int:
    """Return one output for two classes, else one a class."""
    return 1 if num_classes == 2 else num_classes


def log_probabilities(outputs: np.ndarray) -> np.ndarray:
    """Return the log softmax of outputs (n, k); one output stands against 0."""
    if outputs.shape[1] == 1:
        outputs = np.hstack([np.zeros_like(outputs), outputs])
    outputs = outputs - outputs.max(axis=1, keepdims=True)
    return outputs - np.log(np.exp(outputs).sum(axis=1, keepdims=True))


def some_rows(n: int, width: int, work: int, seed: int) -> np.ndarray:
    """Return all row numbers, or as many drawn ones as the work allows, in order."""
    num_rows = min(n, max(_FEWEST_ROWS, work // max(width, 1)))
    if num_rows == n:
        return np.arange(n)
    return np.sort(generator(seed, "linear", "rows").permutation(n)[:num_rows])


def _choose_penalty(
    inputs: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    *,
    num_classes: int,
    seed: int,
) -> float:
    """Return the penalty of the least log loss on rows left out of the fit.

    Goes from the strongest down, each fit starting at the last, until it gets worse.
    """
    if len(targets) < 2:
        return 1.0
    folds = _folds(targets, seed)
    masks = [folds == fold for fold in range(folds.max() + 1)]
    parts = [(inputs[~held], targets[~held], weights[~held]) for held in masks]
    solutions: list[np.ndarray | None] = [None] * len(parts)
    least, best = np.inf, LOGISTIC_PENALTIES[0]
    for penalty in LOGISTIC_PENALTIES:
        cost = 0.0
        for fold, held in enumerate(masks):
            solution = fit_logistic(
                *parts[fold],
                num_classes=num_classes,
                penalty=penalty,
                tolerance=1e-3,
                start=solutions[fold],
            )
            solutions[fold] = solution
            logs = log_probabilities(inputs[held] @ solution[:-1] + solution[-1])
            cost -= weights[held] @ logs[np.arange(held.sum()), targets[held]]
        if cost > least:
            break
        least, best = cost, penalty
    return float(best)


def _folds(targets: np.ndarray, seed: int) -> np.ndarray:
    """Deal the rows of each class over the folds, as evenly as they go."""
    n = len(targets)
    order = generator(seed, "linear", "folds").permutation(n)
    order = order[np.argsort(targets[order], kind="stable")]
    folds = np.empty(n, np.int64)
    folds[order] = np.arange(n) % min(NUM_FOLDS, n)
    return folds

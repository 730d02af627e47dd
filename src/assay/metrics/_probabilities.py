"""Metrics for probabilities: AUROC, log loss, Brier score and calibration error."""

import numpy as np

from assay.metrics._confusion import confidence, decide
from assay.metrics._metric import CLASSIFICATION, metric
from assay.metrics._weighing import (
    MANY_ROWS,
    mean,
    ones_if_none,
    ratio,
    sum_by_group,
)

__all__ = [
    "auroc",
    "brier",
    "calibration_gaps",
    "expected_calibration_error",
    "log_loss",
]

NUM_BINS = 15


@metric(
    formula="P(score of the class > score of the rest) + P(equal) / 2",
    direction="maximize",
    tasks=CLASSIFICATION,
)
def auroc(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the area under the ROC curve, or its one-vs-rest average over classes.

    Use it to evaluate the ranking of rows independently of a threshold. With several
    classes, a class that occurs in all rows or in none is ignored.

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number in [0, 1], or an array (b,); nan if all targets are equal.

    Example:
        >>> import numpy as np
        >>> predictions = np.array([0.1, 0.4, 0.3, 0.8])
        >>> float(auroc(np.array([0, 0, 1, 1]), predictions))
        0.75

    References:
        Hanley, McNeil, The meaning and use of the area under a receiver operating
        characteristic (ROC) curve, 1982.
    """
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    weights = ones_if_none(weights, len(targets))
    if predictions.ndim == 1:
        return _area(targets == 1, predictions, weights)
    areas = [_area(targets == i, p, weights) for i, p in enumerate(predictions.T)]
    areas = np.stack(areas, axis=-1)
    defined = np.isfinite(areas)
    return ratio(np.where(defined, areas, 0.0).sum(-1), defined.sum(-1), np.nan)


def _area(positive: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    order = np.argsort(scores, kind="stable")
    ascending = scores[order]
    starts = np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1]))
    if len(scores) <= MANY_ROWS:
        return _area_in_order(weights[..., order], positive[order], starts)
    # Process one set of weights at a time, so that the arrays fit into the processor
    # cache.
    sets = weights.reshape(-1, len(scores))
    areas = [_area_in_order(one.take(order), positive[order], starts) for one in sets]
    return np.array(areas).reshape(weights.shape[:-1])


def _area_in_order(
    weights: np.ndarray, positive: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    """Return the areas for weights (..., n) of rows sorted by ascending score.

    Args:
        weights: weights of the rows.
        positive: (n,) whether a row belongs to the class.
        starts: positions at which the score changes.
    """
    # Shape (..., distinct scores), because tied rows share one step of the curve.
    rows, ups = weights, weights * positive
    if len(starts) < len(positive):
        rows, ups = (np.add.reduceat(w, starts, axis=-1) for w in (rows, ups))
    downs = rows - ups
    below = np.cumsum(downs, axis=-1) - downs / 2
    pairs = ups.sum(axis=-1) * downs.sum(axis=-1)
    return ratio((ups * below).sum(axis=-1), pairs, np.nan)


def of_target(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return the predicted probability (n,) of the target class of each row."""
    targets = np.asarray(targets).astype(np.int64)
    if predictions.ndim == 1:
        return np.where(targets == 1, predictions, 1 - predictions)
    return np.take_along_axis(predictions, targets[:, None], axis=1)[:, 0]


def log_losses(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return the log loss of each row, (n,)."""
    predictions = np.asarray(predictions)
    if not np.issubdtype(predictions.dtype, np.floating):
        predictions = predictions.astype(np.float64)
    eps = float(np.finfo(predictions.dtype).eps)
    p = of_target(targets, predictions.astype(np.float64))
    return -np.log(np.clip(p, eps, 1 - eps))


@metric(
    formula="-mean(log(probability of the target))",
    direction="minimize",
    tasks=CLASSIFICATION,
    terms=log_losses,
)
def log_loss(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the mean negative log of the predicted probability of the target class.

    Use it when the probabilities themselves matter. A single confident error has a
    large effect. Probabilities are clipped to [eps, 1 - eps], where eps is the machine
    epsilon of their type.

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number >= 0 in nats, or an array (b,).

    Example:
        >>> import numpy as np
        >>> float(log_loss(np.array([0, 1]), np.array([0.5, 0.5]))).__round__(4)
        0.6931

    References:
        Good, Rational decisions, 1952.
    """
    return mean(log_losses(targets, predictions), weights)


def square_distances(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return the Brier score of each row, (n,)."""
    predictions = np.asarray(predictions, dtype=np.float64)
    if predictions.ndim == 1:
        return (predictions - np.asarray(targets)) ** 2
    # sum (p_j - o_j)**2 = sum p_j**2 - 2 p_target + 1
    return (predictions**2).sum(axis=1) - 2 * of_target(targets, predictions) + 1


@metric(
    formula="mean((predictions - onehot(targets))**2), summed over the classes if "
    "there are more than two",
    direction="minimize",
    tasks=CLASSIFICATION,
    terms=square_distances,
)
def brier(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the mean squared distance between probabilities and targets.

    Use it alongside log loss. The Brier score is bounded, so no single row can
    dominate.

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number in [0, 1] for two classes or in [0, 2] for more, or an array (b,).

    Example:
        >>> import numpy as np
        >>> float(brier(np.array([0, 1]), np.array([0.5, 0.5])))
        0.25

    References:
        Brier, Verification of forecasts expressed in terms of probability, 1950.
    """
    return mean(square_distances(targets, predictions), weights)


@metric(
    formula="sum over 15 bins of (fraction of rows) * |accuracy - mean confidence|",
    direction="minimize",
    tasks=CLASSIFICATION,
)
def expected_calibration_error(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the average gap between confidence and accuracy over 15 bins.

    Use it to check whether predictions with a confidence of 90% are correct 9 times
    out of 10. Confidence, the probability of the predicted class, is divided into 15
    bins of equal width. The error is biased upward when bins contain few rows, so
    compare it only between data sets of the same size.

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number in [0, 1], or an array (b,).

    Example:
        >>> import numpy as np
        >>> targets, predictions = np.array([1, 1, 1, 0]), np.full(4, 0.75)
        >>> float(expected_calibration_error(targets, predictions))
        0.0

    References:
        Guo et al., On calibration of modern neural networks, 2017.
    """
    return np.abs(calibration_gaps(targets, predictions, weights)).sum(axis=-1)


def calibration_gaps(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the contribution of each of 15 confidence bins to the calibration error.

    Use it to find the bins in which the model is overconfident (gap < 0) or
    underconfident (gap > 0).

    gaps[i] = (fraction of rows in bin i) * (accuracy - mean confidence in bin i)

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,), or (b, n) to compute b rows of gaps in one call.

    Returns:
        (15,) or (b, 15) gaps; bin i is the interval (i / 15, (i + 1) / 15].

    Example:
        >>> import numpy as np
        >>> gaps = calibration_gaps(np.array([1, 0]), np.array([0.9, 0.9]))
        >>> round(float(gaps[13]), 2), float(gaps[0])
        (-0.4, 0.0)

    References:
        Guo et al., On calibration of modern neural networks, 2017.
    """
    predictions = np.asarray(predictions, dtype=np.float64)
    sure = confidence(predictions)
    weights = ones_if_none(weights, len(sure))
    bins = np.clip(np.ceil(sure * NUM_BINS).astype(int) - 1, 0, NUM_BINS - 1)
    # fraction * (accuracy - confidence) = sum(w * (correct - confidence)) / sum(w)
    excess = (decide(predictions) == np.asarray(targets)) - sure
    sums = sum_by_group(weights, bins, NUM_BINS, excess)
    return sums / weights.sum(axis=-1, keepdims=True)

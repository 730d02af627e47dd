"""Metrics for decisions: accuracy, balanced accuracy and F1."""

import numpy as np

from assay.metrics._confusion import class_counts, decide
from assay.metrics._metric import CLASSIFICATION, metric
from assay.metrics._weighing import mean, ratio

__all__ = ["accuracy", "balanced_accuracy", "f1"]


def hits(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return a mask (n,) of the rows that are classified correctly."""
    return decide(predictions) == np.asarray(targets)


@metric(
    formula="mean(decide(predictions) == targets)",
    direction="maximize",
    tasks=CLASSIFICATION,
    terms=hits,
)
def accuracy(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the fraction of rows that are classified correctly.

    Use it when the classes are about equally frequent. If one class is more than three
    times as frequent as another, accuracy favors models that always predict the
    majority class.

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number in [0, 1], or an array (b,).

    Example:
        >>> import numpy as np
        >>> float(accuracy(np.array([0, 1, 1, 0]), np.array([0.2, 0.9, 0.4, 0.1])))
        0.75

    References:
        Metz, Basic principles of ROC analysis, 1978.
    """
    return mean(hits(targets, predictions), weights)


def hits_by_support(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return each row's contribution (n,) to balanced accuracy times num_classes."""
    targets = np.asarray(targets).astype(np.int64)
    return hits(targets, predictions) / np.bincount(targets)[targets]


@metric(
    formula="mean over classes of hits / support",
    direction="maximize",
    tasks=CLASSIFICATION,
    terms=hits_by_support,
)
def balanced_accuracy(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the recall averaged over the classes.

    Use it when the classes differ in frequency. A model that always predicts the same
    class scores 1 / num_classes. Classes without rows are ignored.

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number in [0, 1], or an array (b,).

    Example:
        >>> import numpy as np
        >>> targets, predictions = np.array([0, 0, 0, 1]), np.zeros(4)
        >>> float(balanced_accuracy(targets, predictions))
        0.5

    References:
        Brodersen et al., The balanced accuracy and its posterior distribution, 2010.
    """
    right, support, _ = class_counts(targets, predictions, weights)
    return np.nanmean(ratio(right, support, np.nan), axis=-1)


@metric(
    formula="2 * hits / (decided + support), averaged over the classes if there are "
    "more than two",
    direction="maximize",
    tasks=CLASSIFICATION,
)
def f1(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return F1 for class 1 in a binary task, otherwise the mean F1 over the classes.

    Use it when class 1 of a binary task is rare and important, or when all classes
    matter equally. The mean includes only classes that occur in the targets or the
    decisions.

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,), or (b, n) to compute b values in one call.

    Returns:
        A number in [0, 1], or an array (b,). In a binary task, F1 is 0 if class 1
        occurs in neither the targets nor the decisions.

    Example:
        >>> import numpy as np
        >>> predictions = np.array([0.1, 0.8, 0.9, 0.7])
        >>> float(f1(np.array([0, 0, 1, 1]), predictions))
        0.8

    References:
        van Rijsbergen, Information Retrieval, 1979.
    """
    right, support, decided = class_counts(targets, predictions, weights)
    if np.ndim(predictions) == 1:
        return ratio(2 * right, decided + support, 0.0)[..., 1]
    return np.nanmean(ratio(2 * right, decided + support, np.nan), axis=-1)

"""Confusion matrices and per-class metrics based on their counts."""

from dataclasses import dataclass

import numpy as np

from assay.metrics._weighing import ones_if_none, ratio, sum_by_group

__all__ = ["ClassScore", "confidence", "confusion_matrix", "decide", "per_class"]


def decide(predictions: np.ndarray) -> np.ndarray:
    """Convert probabilities to class indices.

    For binary probabilities (n,), values above 0.5 give class 1. For a matrix
    (n, num_classes), the class with the largest probability in each row is chosen.
    In both cases, ties go to the class with the lower index.

    Args:
        predictions: (n,) or (n, num_classes) probabilities.

    Returns:
        (n,) class indices, int64.

    Example:
        >>> import numpy as np
        >>> decide(np.array([0.2, 0.5, 0.9]))
        array([0, 0, 1])
        >>> decide(np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]]))
        array([1, 0])
    """
    predictions = np.asarray(predictions)
    if predictions.ndim == 1:
        return (predictions > 0.5).astype(np.int64)
    return predictions.argmax(axis=1)


def confidence(predictions: np.ndarray) -> np.ndarray:
    """Return, for each row, the probability of the class that `decide` chooses.

    Args:
        predictions: (n,) probabilities of class 1, or (n, num_classes).

    Returns:
        (n,) probabilities.

    Example:
        >>> import numpy as np
        >>> confidence(np.array([0.25, 0.9]))
        array([0.75, 0.9 ])
    """
    predictions = np.asarray(predictions, dtype=np.float64)
    if predictions.ndim == 1:
        return np.maximum(predictions, 1 - predictions)
    return predictions.max(axis=1)


def num_classes_of(predictions: np.ndarray) -> int:
    """Return the number of classes implied by the shape of the predictions."""
    return 2 if predictions.ndim == 1 else predictions.shape[1]


def confusion_matrix(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Count the rows for each pair of target class and predicted class.

    Use it to see which classes are confused with one another.

    counts[i, j] = sum(weights[targets == i and decide(predictions) == j])

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,) row weights; None to count rows.

    Returns:
        (num_classes, num_classes) counts, with targets as rows and decisions as
        columns; int64 without weights, otherwise float64.

    Example:
        >>> import numpy as np
        >>> confusion_matrix(np.array([0, 0, 1, 1]), np.array([0.1, 0.8, 0.9, 0.7]))
        array([[1, 1],
               [0, 2]])

    References:
        Stehman, Selecting and interpreting measures of thematic classification
        accuracy, 1997.
    """
    k = num_classes_of(predictions)
    cells = np.asarray(targets).astype(np.int64) * k + decide(predictions)
    return np.bincount(cells, weights, minlength=k * k).reshape(k, k)


def class_counts(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count the hits, target rows and predicted rows of each class, (..., k)."""
    k, decided = num_classes_of(predictions), decide(predictions)
    targets = np.asarray(targets).astype(np.int64)
    weights = ones_if_none(weights, len(targets))
    hits = sum_by_group(weights, targets, k, targets == decided)
    return hits, sum_by_group(weights, targets, k), sum_by_group(weights, decided, k)


@dataclass(frozen=True)
class ClassScore:
    """The precision, recall and F1 of a class.

    Args:
        label: class index.
        support: number (or total weight) of rows whose target is this class.
        precision: fraction of the predictions of this class that are correct.
        recall: fraction of the rows of this class that are predicted correctly.
        f1: harmonic mean of precision and recall. In all three metrics, 0 / 0 counts
            as 0.
    """

    label: int
    support: float
    precision: float
    recall: float
    f1: float


def per_class(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> tuple[ClassScore, ...]:
    """Return precision, recall and F1 for every class.

    Use it to detect classes that are rarely or never predicted.

    precision = hits / decided, recall = hits / support,
    f1 = 2 * hits / (decided + support); 0 / 0 counts as 0.

    Args:
        targets: (n,) class indices.
        predictions: (n,) probabilities of class 1, or (n, num_classes).
        weights: (n,) row weights.

    Returns:
        One ClassScore per class, in index order.

    Example:
        >>> import numpy as np
        >>> scores = per_class(np.array([0, 0, 1]), np.array([0.8, 0.8, 0.9]))
        >>> scores[1]
        ClassScore(label=1, support=1.0, precision=0.333, recall=1.0, f1=0.5)

    References:
        van Rijsbergen, Information Retrieval, 1979.
    """
    hits, support, decided = class_counts(targets, predictions, weights)
    precision, recall = ratio(hits, decided, 0.0), ratio(hits, support, 0.0)
    f1 = ratio(2 * hits, decided + support, 0.0)
    return tuple(
        ClassScore(
            i, float(support[i]), float(precision[i]), float(recall[i]), float(f)
        )
        for i, f in enumerate(f1)
    )

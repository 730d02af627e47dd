"""Metrics of the decisions: accuracy, balanced accuracy, F1."""

import numpy as np

from assay.metrics._confusion import class_counts, decide
from assay.metrics._metric import CLASSIFICATION, Metric
from assay.metrics._weighing import mean, ratio


def accuracy(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the share of rows decided rightly.

    Use it when classes are about equally frequent; beyond 3:1 it rewards naming the
    majority.

    accuracy = mean(decide(predictions) == targets)

    Args:
        targets: (n,) class indices.
        predictions: (n,) probability of class 1, or (n, num_classes).
        weights: (n,), or (b, n) for b numbers at once.

    Returns:
        A number in [0, 1], or (b,) of them.

    Example:
        >>> import numpy as np
        >>> float(accuracy(np.array([0, 1, 1, 0]), np.array([0.2, 0.9, 0.4, 0.1])))
        0.75

    References:
        Metz, Basic principles of ROC analysis, 1978.
    """
    return mean(hits(targets, predictions), weights)


def hits(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return whether each row is decided rightly, (n,)."""
    return decide(predictions) == np.asarray(targets)


def balanced_accuracy(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the mean over the classes of the share of their rows decided rightly.

    Use it when classes differ in frequency: naming one class only gives
    1 / num_classes, whatever the frequencies.

    balanced_accuracy = mean over classes with rows of (hits / support)

    Args:
        targets: (n,) class indices.
        predictions: (n,) probability of class 1, or (n, num_classes).
        weights: (n,), or (b, n) for b numbers at once.

    Returns:
        A number in [0, 1], or (b,) of them.

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


def f1(
    targets: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return F1: of class 1 for a binary task, else its mean over the classes.

    Use it when class 1 is the rare one that is looked for (binary), or when every
    class counts alike (macro).

    f1 = 2 * hits / (decided + support); macro: mean over the classes that occur in
    targets or decisions

    Args:
        targets: (n,) class indices.
        predictions: (n,) probability of class 1, or (n, num_classes).
        weights: (n,), or (b, n) for b numbers at once.

    Returns:
        A number in [0, 1], or (b,) of them; 0 where no row has or is given class 1.

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


def hits_by_support(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return what each row adds to balanced accuracy times the classes, (n,)."""
    targets = np.asarray(targets).astype(np.int64)
    return hits(targets, predictions) / np.bincount(targets)[targets]


ACCURACY = Metric(
    name="accuracy",
    formula="mean(decide(predictions) == targets)",
    direction="maximize",
    tasks=CLASSIFICATION,
    function=accuracy,
    terms=hits,
)
BALANCED_ACCURACY = Metric(
    name="balanced_accuracy",
    formula="mean over classes of hits / support",
    direction="maximize",
    tasks=CLASSIFICATION,
    function=balanced_accuracy,
    terms=hits_by_support,
)
F1 = Metric(
    name="f1",
    formula="2 * hits / (decided + support), mean over classes when more than two",
    direction="maximize",
    tasks=CLASSIFICATION,
    function=f1,
)

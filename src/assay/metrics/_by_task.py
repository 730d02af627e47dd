"""The metrics and the primary metric for each kind of task."""

import numpy as np

from assay._errors import InputError, did_you_mean, fault
from assay.metrics._metric import CLASSIFICATION, REGISTRY, REGRESSION, Metric

__all__ = ["for_task", "imbalance", "primary"]

IMBALANCE_LIMIT = 3.0
"""Ratio of the largest to the smallest class size above which balanced accuracy is the
primary metric."""


def for_task(kind: str) -> tuple[Metric, ...]:
    """Return the metrics defined for a kind of task, in registry order.

    Raises:
        InputError: the kind is unknown.

    Example:
        >>> [metric.name for metric in for_task("regression")]
        ['rmse', 'mae', 'r2']
    """
    check_kind(kind)
    return tuple(metric for metric in REGISTRY.values() if kind in metric.tasks)


def primary(kind: str, imbalance: float = 1.0) -> str:
    """Return the name of the primary metric for a kind of task.

    The primary metric is RMSE for regression. For classification, it is accuracy, or
    balanced accuracy if the ratio of the largest to the smallest class size exceeds
    3:1.

    Args:
        kind: "binary", "multiclass" or "regression".
        imbalance: number of rows in the largest class divided by that in the smallest.

    Raises:
        InputError: the kind is unknown.

    Example:
        >>> primary("binary"), primary("binary", imbalance=4.0), primary("regression")
        ('accuracy', 'balanced_accuracy', 'rmse')
    """
    check_kind(kind)
    if kind == "regression":
        return "rmse"
    return "balanced_accuracy" if imbalance > IMBALANCE_LIMIT else "accuracy"


def check_kind(kind: str) -> None:
    """Raise an InputError unless the kind of task is known."""
    kinds = (*CLASSIFICATION, *REGRESSION)
    if kind not in kinds:
        message = fault(f"kind in {kinds}", "kind", kind, "Use one of these kinds.")
        raise InputError(message + did_you_mean(kind, kinds))


def imbalance(targets: np.ndarray, num_classes: int) -> float:
    """Return the number of rows in the largest class divided by that in the smallest.

    Args:
        targets: (n,) class indices.
        num_classes: number of classes, including those without rows.

    Returns:
        A number >= 1; infinite if a class has no rows.

    Example:
        >>> import numpy as np
        >>> imbalance(np.array([0, 0, 0, 1]), 2)
        3.0
    """
    counts = np.bincount(np.asarray(targets, np.int64), minlength=num_classes)
    return float(counts.max() / counts.min()) if counts.min() else float("inf")

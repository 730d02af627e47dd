"""Every metric by its name, and which of them decides."""

import numpy as np

from assay._errors import InputError, did_you_mean, fault
from assay.metrics._decisions import ACCURACY, BALANCED_ACCURACY, F1
from assay.metrics._distances import MAE, R2, RMSE
from assay.metrics._metric import CLASSIFICATION, REGRESSION, Metric
from assay.metrics._probabilities import (
    AUROC,
    BRIER,
    EXPECTED_CALIBRATION_ERROR,
    LOG_LOSS,
)

IMBALANCE_LIMIT = 3.0
"""Largest class over smallest beyond which balanced accuracy decides."""

REGISTRY: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        ACCURACY,
        BALANCED_ACCURACY,
        F1,
        AUROC,
        LOG_LOSS,
        BRIER,
        EXPECTED_CALIBRATION_ERROR,
        RMSE,
        MAE,
        R2,
    )
}


def get(name: str) -> Metric:
    """Return the metric of this name.

    Raises:
        InputError: there is none; names the nearest.

    Example:
        >>> get("rmse").formula
        'sqrt(mean((predictions - targets)**2))'
    """
    if name in REGISTRY:
        return REGISTRY[name]
    fix = f"Write one of {', '.join(REGISTRY)}."
    message = fault("metric is known", "metric", name, fix)
    raise InputError(message + did_you_mean(name, REGISTRY))


def for_task(kind: str) -> tuple[Metric, ...]:
    """Return the metrics defined for a kind of task, in the order of the registry.

    Raises:
        InputError: there is no such kind.

    Example:
        >>> [metric.name for metric in for_task("regression")]
        ['rmse', 'mae', 'r2']
    """
    check_kind(kind)
    return tuple(metric for metric in REGISTRY.values() if kind in metric.tasks)


def primary(kind: str, imbalance: float = 1.0) -> str:
    """Return the name of the metric that decides for a kind of task.

    Accuracy for classes, balanced accuracy when they are beyond 3:1, RMSE for
    numbers.

    Args:
        kind: "binary", "multiclass" or "regression".
        imbalance: rows of the largest class over those of the smallest.

    Raises:
        InputError: there is no such kind.

    Example:
        >>> primary("binary"), primary("binary", imbalance=4.0), primary("regression")
        ('accuracy', 'balanced_accuracy', 'rmse')
    """
    check_kind(kind)
    if kind == "regression":
        return RMSE.name
    return (BALANCED_ACCURACY if imbalance > IMBALANCE_LIMIT else ACCURACY).name


def check_kind(kind: str) -> None:
    """Raise an InputError unless this is a kind of task."""
    kinds = (*CLASSIFICATION, *REGRESSION)
    if kind not in kinds:
        message = fault("kind is known", "kind", kind, f"Write one of {kinds}.")
        raise InputError(message + did_you_mean(kind, kinds))


def imbalance(targets: np.ndarray, num_classes: int) -> float:
    """Return the rows of the largest class over those of the smallest.

    Args:
        targets: (n,) class indices.
        num_classes: how many classes there are, seen or not.

    Returns:
        A number >= 1; infinite where a class has no row.

    Example:
        >>> import numpy as np
        >>> imbalance(np.array([0, 0, 0, 1]), 2)
        3.0
    """
    counts = np.bincount(np.asarray(targets, np.int64), minlength=num_classes)
    return float(counts.max() / counts.min()) if counts.min() else float("inf")

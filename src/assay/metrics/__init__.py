"""Metrics: how good predictions are, in NumPy, one number or many at once.

Predictions are what the model's link gives: probabilities of class 1 (n,) for a
binary task, (n, num_classes) for several classes, numbers (n,) for regression.
"""

from assay.metrics._confusion import ClassScore, confusion_matrix, decide, per_class
from assay.metrics._decisions import accuracy, balanced_accuracy, f1
from assay.metrics._distances import mae, r2, rmse
from assay.metrics._metric import Metric, check_predictions
from assay.metrics._probabilities import (
    auroc,
    brier,
    calibration_gaps,
    expected_calibration_error,
    log_loss,
)
from assay.metrics._registry import REGISTRY, for_task, get, imbalance, primary

__all__ = [
    "REGISTRY",
    "ClassScore",
    "Metric",
    "accuracy",
    "auroc",
    "balanced_accuracy",
    "brier",
    "calibration_gaps",
    "check_predictions",
    "confusion_matrix",
    "decide",
    "expected_calibration_error",
    "f1",
    "for_task",
    "get",
    "imbalance",
    "log_loss",
    "mae",
    "per_class",
    "primary",
    "r2",
    "rmse",
]

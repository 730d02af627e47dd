"""Computes the fraction of correct predictions as a function of confidence."""

from typing import Any

import numpy as np

from assay.evaluate import wilson

__all__ = ["calibration"]

_BINS = 15  # same number as in the metric expected_calibration_error


def calibration(
    targets: np.ndarray, predictions: np.ndarray, confidence: np.ndarray
) -> list[dict[str, Any]]:
    """Return the fraction of correct predictions per confidence bin, with intervals.

    Args:
        targets: (n,) class indices.
        predictions: (n,) predicted class indices.
        confidence: (n,) probability of the predicted class.

    Example:
        >>> sure = np.array([0.91, 0.92])
        >>> [found] = calibration(np.array([1, 0]), np.array([1, 1]), sure)
        >>> found["rows"], found["right"]
        (2, 0.5)
    """
    right, sure = np.asarray(targets) == np.asarray(predictions), np.asarray(confidence)
    bin_indices = np.clip(np.ceil(sure * _BINS).astype(int) - 1, 0, _BINS - 1)
    bins: list[dict[str, Any]] = []
    for index in np.unique(bin_indices).tolist():
        inside = bin_indices == index
        count, hits = int(inside.sum()), int(right[inside].sum())
        bins.append(
            {
                "rows": count,
                "right": hits / count,
                "interval": list(wilson(hits, count)),
                "confidence": float(sure[inside].mean()),
            }
        )
    return bins

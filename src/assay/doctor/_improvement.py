"""Evaluates fits on val, and decides whether changed settings are better."""

import itertools
import math

import numpy as np

from assay.doctor._patient import Patient
from assay.training import Fit

__all__ = ["error_on_val", "is_material", "least_gain", "p_value"]

_MATERIAL_POINTS, _MATERIAL_SHARE = 0.03, 0.1


def error_on_val(patient: Patient, fit: Fit) -> float:
    """Return 1 - accuracy, or the RMSE, on val."""
    val, classes = patient.data.val.leading, patient.data.num_classes > 1
    if fit.diverged_at is not None:
        return 1.0 if classes else _error_of_mean(patient)
    scores = fit.program.scores(fit.result().model, fit.hyperparameters, val)
    if not classes:
        error = math.sqrt(float(scores.mean())) * patient.target_scale
        # the squares of large outputs overflow
        return error if math.isfinite(error) else _error_of_mean(patient)
    targets = np.asarray(val.targets)[: len(scores)]
    if not patient.data.balanced:
        return 1 - float(scores.mean())
    each = [scores[targets == label].mean() for label in np.unique(targets)]
    return 1 - float(np.mean(each))


def _error_of_mean(patient: Patient) -> float:
    """Return the RMSE of predicting the mean of the targets."""
    return float(patient.targets.std()) * patient.target_scale


def is_material(patient: Patient, before: np.ndarray, after: np.ndarray) -> bool:
    """Return whether the mean error fell enough, and below the lowest earlier error.

    Args:
        patient: the settings and the data.
        before: (seeds,), errors on val with the unchanged settings.
        after: (seeds,), errors with the changed settings.
    """
    gain = float(before.mean() - after.mean())
    least = least_gain(patient, before)
    return gain >= least and after.mean() < before.min()


def least_gain(patient: Patient, before: np.ndarray) -> float:
    """Return the smallest improvement in the mean error that matters."""
    if patient.data.num_classes > 1:
        return _MATERIAL_POINTS
    return _MATERIAL_SHARE * float(before.mean())


def p_value(differences: np.ndarray) -> float:
    """Return the one-sided p-value of a sign-flip test of paired differences."""
    signs = np.array([*itertools.product((1, -1), repeat=len(differences))])
    means = signs @ differences
    return float((means >= differences.sum() - 1e-12).mean())

"""Remedies that bring inputs and targets to a common scale."""

from dataclasses import replace

import numpy as np

from assay import spec
from assay.doctor._patient import Patient
from assay.doctor._remedy import remedy
from assay.training import Examples

__all__ = ["normalize_inputs", "standardize_target"]


@remedy(
    "Normalize the inputs.",
    reference='LeCun, Bottou, Orr and Müller, 1998, "Efficient backprop", section 4.3',
)
def normalize_inputs(patient: Patient) -> Patient | None:
    """Insert batch normalization before the first layer."""
    model = patient.training.model
    if model and isinstance(model[0], spec.BatchNorm):
        return None
    return patient.with_training(model=(spec.BatchNorm(), *model))


@remedy(
    "Standardize the target.",
    reference='Bishop, 1995, "Neural networks for pattern recognition", section 8.2',
)
def standardize_target(patient: Patient) -> Patient | None:
    """Subtract the mean of the train targets, and divide by their deviation."""
    data = patient.data
    parts = data.train, data.val
    if (
        patient.settings_only
        or data.num_classes > 1
        or not all(isinstance(part, Examples) for part in parts)
    ):
        return None
    mean, std = float(patient.targets.mean()), float(patient.targets.std())
    if not std > 0:
        return None
    scaled = [
        part._replace(targets=(np.asarray(part.targets) - mean) / np.float32(std))
        for part in parts
        if isinstance(part, Examples)
    ]
    train, val = (
        part._replace(targets=part.targets.astype(np.float32)) for part in scaled
    )
    return replace(
        patient,
        data=replace(data, train=train, val=val),
        target_scale=patient.target_scale * std,
    )

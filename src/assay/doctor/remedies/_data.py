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
    """Standardize the targets with the training set's mean and standard deviation."""
    data = patient.data
    mean, std = float(patient.targets.mean()), float(patient.targets.std())
    if patient.settings_only or data.num_classes > 1 or not std > 0:
        return None
    if not isinstance(data.train, Examples) or not isinstance(data.val, Examples):
        return None

    def scaled(part: Examples) -> Examples:
        targets = (np.asarray(part.targets) - mean) / std
        return part._replace(targets=targets.astype(np.float32))

    data = replace(data, train=scaled(data.train), val=scaled(data.val))
    return replace(patient, data=data, target_scale=patient.target_scale * std)

"""All symptoms and remedies; importing this module registers them."""

from assay.doctor.remedies import _data as _data_remedies
from assay.doctor.remedies import _layers, _updates
from assay.doctor.remedies import _regularization as _regularization_remedies
from assay.doctor.symptoms import (
    _advice,
    _data,
    _fitting,
    _outputs,
    _rates,
    _regularization,
    _scales,
    _units_and_gradients,
)

__all__ = ["MODULES", "ORDER"]

MODULES = (
    *(_advice, _data, _fitting, _outputs, _rates),
    *(_regularization, _scales, _units_and_gradients),
    *(_data_remedies, _layers, _regularization_remedies, _updates),
)
"""The modules that define the symptoms and remedies."""

ORDER = (
    *("not_a_number", "no_signal", "inputs_not_scaled", "target_not_scaled"),
    "wrong_output",
    *("symmetric_units", "saturated_units", "exploding_gradients"),
    *("frozen_layers", "narrow_layer"),
    *("dead_units", "vanishing_gradients", "over_regularized", "label_noise"),
    *("batch_too_small", "schedule_too_short", "learning_rate_too_large"),
    "class_imbalance",
    *("learning_rate_too_small", "underfitting", "overfitting"),
    *("hidden_sigmoid", "linear_convolution", "at_the_ceiling"),
)
"""The codes of the symptoms, most likely cause first."""

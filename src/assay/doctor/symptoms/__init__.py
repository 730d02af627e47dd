"""The symptoms, by what they concern; importing this package registers them."""

from assay.doctor.symptoms import (
    _advice,
    _data,
    _fitting,
    _gradients,
    _outputs,
    _rates,
    _scales,
)

__all__ = [
    "ORDER",
    "_advice",
    "_data",
    "_fitting",
    "_gradients",
    "_outputs",
    "_rates",
    "_scales",
]

ORDER = (
    *("no_signal", "inputs_not_scaled", "target_not_scaled", "wrong_output"),
    *("symmetric_units", "saturated_units", "exploding_gradients", "narrow_layer"),
    *(
        "dead_units",
        "vanishing_gradients",
        "batch_too_small",
        "learning_rate_too_large",
    ),
    *("over_regularized", "class_imbalance", "label_noise"),
    *("learning_rate_too_small", "underfitting", "overfitting"),
    *("hidden_sigmoid", "linear_convolution", "at_the_ceiling"),
)
"""The codes of the symptoms, likeliest cause first."""

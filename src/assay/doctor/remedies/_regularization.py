"""Remedies that change the strength of regularization."""

import math

from assay import spec
from assay.doctor._patient import Patient
from assay.doctor._remedy import remedy

__all__ = [
    "class_weights",
    "dropout",
    "early_stopping",
    "label_smoothing",
    "weaker_dropout",
    "weaker_penalty",
    "weight_decay",
]

_RATE, _WEAKER, _SMOOTHING = 0.3, 1e-3, 0.1
_LEFT = 0.05  # fraction of the initial weights that remains after weight decay
_PATIENCE = 10


@remedy(
    "Stop when the validation cost no longer improves.",
    reference='Prechelt, 1998, "Early stopping, but when?"',
)
def early_stopping(patient: Patient) -> Patient | None:
    """Stop early, and keep the parameters that were best on the validation set."""
    return _added(patient, spec.EarlyStopping(_PATIENCE))


@remedy(
    "Use weight decay.",
    reference='Loshchilov and Hutter, 2019, "Decoupled weight decay regularization"',
)
def weight_decay(patient: Patient) -> Patient | None:
    """Add weight decay that shrinks weights without a gradient to 5% of their value.

    In n updates, such weights are multiplied by (1 - learning_rate·strength)^n, which
    is about exp(-learning_rate·strength·n). Shorter training therefore needs a larger
    strength.
    """
    training, data = patient.training, patient.data
    rate = getattr(training.optimizer, "learning_rate", None)
    if not (isinstance(rate, float) and isinstance(training.num_epochs, int)):
        return None
    per_epoch = data.program(training).iterations_per_epoch(int(data.train.count))
    strength = -math.log(_LEFT) / (rate * per_epoch * training.num_epochs)
    return _added(patient, spec.WeightDecay(strength))


@remedy(
    "Use label smoothing.",
    reference='Lukasik et al., 2020, "Does label smoothing mitigate label noise?"',
)
def label_smoothing(patient: Patient) -> Patient | None:
    """Add label smoothing, which limits the influence of wrong labels."""
    if patient.data.num_classes == 1:
        return None
    return _added(patient, spec.LabelSmoothing(_SMOOTHING))


@remedy("Use dropout.", reference='Srivastava et al., 2014, "Dropout"')
def dropout(patient: Patient) -> Patient | None:
    """Add dropout after each activation that follows a dense layer."""
    model = patient.training.model
    if any(isinstance(layer, spec.Dropout) for layer in model):
        return None
    layers: list[spec.Layer] = []
    for before, layer in zip((None, *model), model, strict=False):
        layers.append(layer)
        if isinstance(before, spec.Dense):
            layers.append(spec.Dropout(_RATE))
    if len(layers) == len(model):
        return None
    return patient.with_training(model=tuple(layers))


@remedy(
    "Use weaker penalties.",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 7.1',
)
def weaker_penalty(patient: Patient) -> Patient | None:
    """Multiply the strengths of all penalties by 0.001."""
    return _scaled(patient, "regularizers", ".strength", _WEAKER)


@remedy("Use less dropout.", reference='Srivastava et al., 2014, "Dropout"')
def weaker_dropout(patient: Patient) -> Patient | None:
    """Multiply the rates of all dropout layers by 0.1."""
    return _scaled(patient, "model", ".rate", 0.1)


@remedy(
    "Weight the classes in inverse proportion to their frequency.",
    reference='He and Garcia, 2009, "Learning from imbalanced data"',
)
def class_weights(patient: Patient) -> Patient | None:
    """Balance the classes in the cost."""
    if patient.data.num_classes == 1 or patient.training.class_weights == "balanced":
        return None
    return patient.with_training(class_weights="balanced")


def _added(patient: Patient, regularizer: spec.Regularizer) -> Patient | None:
    present = patient.training.regularizers
    if any(isinstance(each, type(regularizer)) for each in present):
        return None
    return patient.with_training(regularizers=(*present, regularizer))


def _scaled(patient: Patient, start: str, end: str, factor: float) -> Patient | None:
    values = {
        path: float(value) * factor
        for path, _, value in patient.training.leaves()
        if path.startswith(start) and path.endswith(end) and value
    }
    if not values:
        return None
    training = patient.training.with_values(values)
    return patient.with_training(
        model=training.model, regularizers=training.regularizers
    )

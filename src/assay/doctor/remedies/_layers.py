"""Remedies that change the layers or their initial values."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from assay import spec
from assay.doctor._patient import Patient
from assay.doctor._remedy import remedy
from assay.doctor.symptoms._outputs import squashing

__all__ = [
    "batch_norm",
    "layer_norm",
    "leaky_relu",
    "narrower",
    "prelu",
    "random_initial_values",
    "relu",
    "remove_output_activation",
    "residual",
    "unfreeze",
    "wider",
]

_SQUASHING = (spec.Sigmoid, spec.Tanh, spec.ISRU)
_LEAST_UNITS, _WIDER, _NARROWER = 32, 8, 4
_HE = 'He et al., 2015, "Delving deep into rectifiers"'


@remedy("Use ReLU in the hidden layers.", reference=_HE)
def relu(patient: Patient) -> Patient | None:
    """Replace sigmoid, tanh and ISRU with ReLU, and initialize the weights for it."""
    return _replaced(patient, _SQUASHING, lambda _: spec.ReLU())


@remedy(
    "Use Leaky ReLU in the hidden layers.",
    reference='Maas, Hannun and Ng, 2013, "Rectifier nonlinearities improve neural '
    'network acoustic models"',
)
def leaky_relu(patient: Patient) -> Patient | None:
    """Replace ReLU with leaky ReLU, whose slope is never 0."""
    return _replaced(patient, (spec.ReLU,), lambda _: spec.LeakyReLU())


@remedy("Use Parametric ReLU in the hidden layers.", reference=_HE)
def prelu(patient: Patient) -> Patient | None:
    """Replace ReLU with parametric ReLU, which learns its slope."""
    return _replaced(patient, (spec.ReLU,), lambda _: spec.ParametricReLU())


@remedy(
    "Use random initial weights that suit the activations.",
    reference='Glorot and Bengio, 2010, "Understanding the difficulty of training '
    'deep feedforward neural networks"',
)
def random_initial_values(patient: Patient) -> Patient | None:
    """Discard any given initial values, and reset all initializers to "auto"."""
    model = tuple(map(_with_auto_initializer, patient.training.model))
    given = patient.start is not None or patient.data.initial_values is not None
    given = given and not patient.settings_only
    if not given and model == patient.training.model:
        return None
    if given:
        data = replace(patient.data, initial_values=None)
        patient = replace(patient, data=data, start=None)
    return patient.with_training(model=model)


@remedy(
    "Add batch normalization after each hidden layer.",
    reference='Ioffe and Szegedy, 2015, "Batch normalization"',
)
def batch_norm(patient: Patient) -> Patient | None:
    """Insert batch normalization after each dense or convolutional layer."""
    return _normalized(patient, spec.BatchNorm())


@remedy(
    "Add layer normalization after each hidden layer.",
    reference='Ba, Kiros and Hinton, 2016, "Layer normalization"',
)
def layer_norm(patient: Patient) -> Patient | None:
    """Insert layer normalization after each dense or convolutional layer."""
    return _normalized(patient, spec.LayerNorm())


@remedy(
    "Remove the activation at the end of the model.",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 6.2.2',
)
def remove_output_activation(patient: Patient) -> Patient | None:
    """Remove a softmax, or an extra output layer with its activation."""
    model, num_classes = patient.training.model, patient.data.num_classes
    place = squashing(model, num_classes)
    if place is None:
        return None
    first = place
    if place and place == len(model) - 1 and len(model) > 2:
        before = model[place - 1]
        own = isinstance(before, spec.Dense) and before.units in (1, num_classes)
        first = place - 1 if own else place
    if first == place and isinstance(model[place], spec.Softmax):
        rest = (*model[:place], spec.ReLU(), *model[place + 1 :])
    else:
        rest = model[:first] + model[place + 1 :]
    return patient.with_training(model=rest)


@remedy(
    "Add residual connections around dense layers.",
    reference='He et al., 2016, "Deep residual learning for image recognition"',
)
def residual(patient: Patient) -> Patient | None:
    """Wrap dense layers of equal width in residual blocks with layer normalization."""
    model, out = patient.training.model, list[spec.Layer]()
    width, place = 0, 0
    while place < len(model):
        pair = model[place : place + 2]
        dense = pair[0]
        if isinstance(dense, spec.Dense) and dense.units == width and len(pair) == 2:
            out.append(spec.Residual((spec.LayerNorm(), dense, spec.ReLU())))
            place += 2
            continue
        if isinstance(dense, spec.Dense):
            width = int(dense.units) if isinstance(dense.units, int) else 0
        out.append(dense)
        place += 1
    return None if tuple(out) == model else patient.with_training(model=tuple(out))


@remedy(
    "Train all layers.",
    reference='Yosinski et al., 2014, "How transferable are features in deep neural '
    'networks?"',
)
def unfreeze(patient: Patient) -> Patient | None:
    """Train the frozen layers too."""
    return patient.with_training(freeze=()) if patient.training.freeze else None


@remedy(
    "Use wider layers.",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 5.2',
)
def wider(patient: Patient) -> Patient | None:
    """Give each hidden layer 8 times as many units, but at least 32."""
    return _resized(patient, lambda units: max(units * _WIDER, _LEAST_UNITS))


@remedy(
    "Use narrower layers.",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 5.2',
)
def narrower(patient: Patient) -> Patient | None:
    """Reduce each hidden layer to a quarter of its units, but at least 4."""
    return _resized(patient, lambda units: max(units // _NARROWER, 4))


def _replaced(
    patient: Patient,
    kinds: tuple[type[spec.Layer], ...],
    new: Callable[[spec.Layer], spec.Layer],
) -> Patient | None:
    model = tuple(
        new(layer) if isinstance(layer, kinds) else layer
        for layer in patient.training.model
    )
    if model == patient.training.model:
        return None
    return patient.with_training(model=model)


def _normalized(patient: Patient, norm: spec.Layer) -> Patient | None:
    model = patient.training.model
    if any(isinstance(layer, (spec.BatchNorm, spec.LayerNorm)) for layer in model):
        return None
    layers = [*_with_norms(model, norm)]
    return (
        patient.with_training(model=tuple(layers)) if len(layers) > len(model) else None
    )


def _with_norms(
    model: tuple[spec.Layer, ...], norm: spec.Layer
) -> Iterable[spec.Layer]:
    for layer in model:
        yield layer
        if isinstance(layer, spec.Dense | spec.Conv1D | spec.Conv2D):
            yield norm


def _resized(patient: Patient, size: Callable[[int], int]) -> Patient | None:
    def resized(layer: spec.Layer) -> spec.Layer:
        if isinstance(layer, spec.Dense) and isinstance(layer.units, int):
            return layer.model_copy(update={"units": size(layer.units)})
        return layer

    model = tuple(map(resized, patient.training.model))
    return (
        None if model == patient.training.model else patient.with_training(model=model)
    )


def _with_auto_initializer(layer: spec.Layer) -> spec.Layer:
    if getattr(layer, "initializer", "auto") == "auto":
        return layer
    return layer.model_copy(update={"initializer": "auto"})

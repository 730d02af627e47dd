"""Activations in the wrong place."""

from assay import spec
from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom

__all__ = ["squashing", "wrong_output"]

_BOUNDED = (spec.Sigmoid, spec.Tanh, spec.Softmax)
_RANGES = {"tanh": "limited to [-1, 1]", "relu": "0 for half of its inputs"}


@symptom(
    "An activation squashes the outputs",
    formula="the last layers of the model",
    condition="there is a softmax before the output layer, a bounded activation after "
    "a layer as wide as the output, or a ReLU after a single unit in regression or "
    "binary classification. This symptom is reported as a warning if the validation "
    "skill is below 0.9 or the network falls short, and as advice otherwise",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 6.2.2',
    causes=(
        *("vanishing_gradients", "saturated_units", "learning_rate_too_small"),
        *("underfitting", "narrow_layer"),
    ),
    remedies=("remove_output_activation",),
)
def wrong_output(evidence: Evidence) -> Seen | None:
    """Detect layers that squash the inputs of the output layer."""
    model = evidence.model
    place = squashing(model, evidence.num_outputs)
    if place is None:
        return None
    name = model[place].kind
    outputs = _RANGES.get(name, "limited to [0, 1]")
    return Seen(
        "The output layer is added automatically. Before it, the model has a "
        f"{name!r} layer, whose outputs are {outputs}.",
        {"layer": name, "place": place},
        "warning" if evidence.may_gain else "advice",
    )


def squashing(model: tuple[spec.Layer, ...], num_outputs: int) -> int | None:
    """Return the index of an activation that squashes the outputs, or None."""
    for place, layer in enumerate(model):
        if isinstance(layer, spec.Softmax):
            return place
    if len(model) < 2 or not isinstance(model[-2], spec.Dense):
        return None
    units, last = model[-2].units, model[-1]
    narrow = isinstance(last, _BOUNDED) and units in (1, num_outputs)
    if isinstance(last, spec.ReLU) and num_outputs <= 2:
        wider = any(getattr(layer, "units", 1) != 1 for layer in model[:-2])
        narrow = units == 1 and wider  # an output layer, not a narrow hidden layer
    return len(model) - 1 if narrow else None

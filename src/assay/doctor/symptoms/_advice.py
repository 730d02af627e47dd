"""Choices that may be harmless, and fits that need no change."""

import math

from assay import spec
from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom
from assay.nn import ACTIVATIONS

__all__ = ["at_the_ceiling", "hidden_sigmoid", "linear_convolution"]

_CONVOLUTIONS = (spec.Conv1D, spec.Conv2D, spec.Conv3D)
_SMALL_GAP = 0.1  # training skill - validation skill
_BOOK = 'Goodfellow, Bengio and Courville, 2016, "Deep learning"'


@symptom(
    "Sigmoid in a hidden layer",
    formula="the layers of the model",
    condition="there is a sigmoid before the output layer. This symptom is always "
    "reported as advice",
    reference=f"{_BOOK}, section 6.3.2",
    remedies=("relu",),
)
def hidden_sigmoid(evidence: Evidence) -> Seen | None:
    """Advise against the sigmoid in hidden layers."""
    places = [i for i, x in enumerate(evidence.model) if isinstance(x, spec.Sigmoid)]
    if not places:
        return None
    return Seen(
        "Hidden layers use the sigmoid, whose outputs are all positive and whose slope "
        "is at most 1/4. Networks with tanh or ReLU learn faster.",
        {"places": places},
        "advice",
    )


@symptom(
    "A convolution without an activation",
    formula="the layers of the model",
    condition="there is no activation between a convolution and the next layer with "
    "weights. This symptom is always reported as advice",
    reference=f"{_BOOK}, section 9.3",
)
def linear_convolution(evidence: Evidence) -> Seen | None:
    """Advise against a convolution without an activation before the next layer."""
    weighs = False
    for place, layer in enumerate(evidence.model):
        if layer.kind in ACTIVATIONS or isinstance(layer, spec.Residual):
            weighs = False
        elif isinstance(layer, (*_CONVOLUTIONS, spec.Dense)):
            if weighs:
                return Seen(
                    f"No activation follows the convolution before layer {place}, so "
                    "the two layers together act as a single linear layer. Add a ReLU.",
                    {"place": place},
                    "advice",
                )
            weighs = isinstance(layer, _CONVOLUTIONS)
    return None


@symptom(
    "At the ceiling",
    formula="training skill and validation skill, compared with simple models",
    condition="the training skill is below 0.9, it exceeds the validation skill by "
    "less than 0.1, and no simple model predicts unseen rows better. This symptom is "
    "always reported as information",
    reference=f"{_BOOK}, section 5.2 (Bayes error)",
)
def at_the_ceiling(evidence: Evidence) -> Seen | None:
    """Detect a fit whose remaining errors are probably due to noise."""
    if evidence.references is None or evidence.solved or evidence.falls_short:
        return None
    gap = evidence.skill - evidence.skill_on_val
    if math.isnan(gap) or gap > _SMALL_GAP + evidence.val_noise:
        return None
    return Seen(
        f"The skill is {evidence.skill:.2f} on the training set and "
        f"{evidence.skill_on_val:.2f} on the validation set, and no simple model does "
        "better. The remaining error is probably noise. No changes are needed.",
        {"skill": evidence.skill, "val_skill": evidence.skill_on_val},
        "info",
    )

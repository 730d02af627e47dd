"""Networks that learn too little or too much from the training set."""

import numpy as np

from assay import spec
from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom

__all__ = [
    "frozen_layers",
    "narrow_layer",
    "overfitting",
    "underfitting",
]

_FEW_UNITS = 4
_MANY_PARAMETERS = 50  # per training row
_GAP = 0.1  # training skill - validation skill
_FALLEN = 0.03  # best validation skill - last validation skill


@symptom(
    "Layers are frozen",
    formula="layers whose weights do not change during training",
    condition="there are frozen layers, and the network falls short on the training "
    "set",
    reference='Yosinski et al., 2014, "How transferable are features in deep neural '
    'networks?"',
    causes=(
        *("learning_rate_too_small", "vanishing_gradients", "dead_units"),
        *("learning_rate_too_large", "underfitting"),
    ),
    remedies=("unfreeze",),
)
def frozen_layers(evidence: Evidence) -> Seen | None:
    """Detect frozen layers that keep the network from learning."""
    frozen = () if evidence.training is None else evidence.training.freeze
    if not frozen or not evidence.short_on_train:
        return None
    names = ", ".join(map(repr, frozen))
    return Seen(
        f"The weights of {names} are frozen, and the skill on the training set is only "
        f"{evidence.skill:.2f}. Frozen layers help only if their weights were learned "
        "from similar data.",
        {"frozen": list(frozen)},
    )


@symptom(
    "A layer is too narrow",
    formula="number of units in the narrowest hidden layer; training skill",
    condition="the layer has fewer than 4 units, and the training skill is below 0.9",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 5.2',
    causes=(
        *("dead_units", "vanishing_gradients", "learning_rate_too_small"),
        *("learning_rate_too_large", "underfitting", "overfitting"),
    ),
    remedies=("wider",),
)
def narrow_layer(evidence: Evidence) -> Seen | None:
    """Detect a hidden layer that is too narrow."""
    units = [
        layer.units
        for layer in evidence.model
        if isinstance(layer, spec.Dense) and isinstance(layer.units, int)
    ]
    if not units or min(units) >= _FEW_UNITS or evidence.solved:
        return None
    return Seen(
        f"All information must pass through a hidden layer of width {min(units)}, and "
        f"the skill on the training set is {evidence.skill:.2f}.",
        {"units": min(units), "skill": evidence.skill},
    )


@symptom(
    "Underfitting",
    formula="training skill, compared with that of a linear model and of the nearest "
    "neighbors",
    condition="the network's skill is well below that of the better of the two models",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 5.2',
    remedies=("longer", "wider", "higher_rate"),
)
def underfitting(evidence: Evidence) -> Seen | None:
    """Detect a network that cannot even fit the training set."""
    if evidence.references is None or not evidence.short_on_train:
        return None
    return Seen(
        f"On the training set, the network's skill is {evidence.skill:.2f} (0 for a "
        f"constant, 1 for perfect predictions), but a simple model reaches "
        f"{evidence.attainable:.2f}.",
        {"skill": evidence.skill, "attainable": evidence.attainable},
    )


@symptom(
    "Overfitting",
    formula="training skill - validation skill; best validation skill - last "
    "validation skill",
    condition="the first difference is above 0.1 after allowing for chance, the "
    "network does not fall short on the training set, and either a simple model "
    "predicts the validation set better or the best epoch is not kept. In the latter "
    "case, the validation skill must have fallen, or there must be more than 50 "
    "parameters per training row. This symptom is reported as advice if the skill has "
    "fallen but the training loop may keep its best epoch",
    reference='Prechelt, 1998, "Early stopping, but when?"',
    remedies=(*("early_stopping", "weight_decay", "dropout", "narrower", "shorter"),),
)
def overfitting(evidence: Evidence) -> Seen | None:
    """Detect a network that memorized the training set."""
    gap = evidence.skill - evidence.skill_on_val
    if evidence.short_on_train or not gap > _GAP + evidence.val_noise:
        return None
    best = float(np.fmax.reduce(evidence.val_skill))
    fallen = best - evidence.skill_on_val
    fell = fallen >= _FALLEN + evidence.val_noise / 2
    data = evidence.data
    few = data is not None and (data.num_parameters > _MANY_PARAMETERS * data.num_train)
    memorizes = (fell or few) and not evidence.keeps_best
    if not (memorizes or evidence.short_on_val):
        return None
    certain = few or evidence.short_on_val or evidence.keeps_best is not None
    rows = "The rows" if data is None else f"{data.num_train} training rows"
    return Seen(
        f"The skill is {evidence.skill:.2f} on the training set, but "
        f"{evidence.skill_on_val:.2f} on the validation set, where it peaked at "
        f"{best:.2f}. {rows} are too few for this network and this much training.",
        {"gap": gap, "best_val_skill": best, "val_skill": evidence.skill_on_val},
        "warning" if certain else "advice",
    )

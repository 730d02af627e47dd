"""Networks that learn too little or too much of the train rows."""

import math

import numpy as np

from assay import spec
from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom

__all__ = [
    "narrow_layer",
    "over_regularized",
    "overfitting",
    "shrunk_by_penalty",
    "underfitting",
]

_SHRUNK = 0.3  # norm of the weights after training, relative to before
_HEAVY_DROPOUT = 0.6
_BEHIND = 0.1  # skill on train below that of a simple model
_FEW_UNITS = 4
_MANY_PARAMETERS = 50  # per train row
_GAP = 0.1  # skill on train - skill on val
_FALLEN = 0.03  # best skill on val - last skill on val


@symptom(
    "Regularization is too strong",
    formula="norm of the weights after training / before; rate of dropout",
    condition="less than 0.3, or a rate of at least 0.6, and the skill on train is at "
    "least 0.1 below that of a simple model; if the cost became NaN or infinite, also "
    "a penalty that changes weights by more than themselves in one update",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", chapter 7',
    causes=(
        *("underfitting", "learning_rate_too_small", "vanishing_gradients"),
        *("learning_rate_too_large", "batch_too_small", "overfitting"),
    ),
    remedies=("weaker_penalty", "weaker_dropout"),
)
def over_regularized(evidence: Evidence) -> Seen | None:
    """Return the symptom if regularization keeps the network from learning."""
    training = evidence.training
    behind = evidence.skill < evidence.attainable - _BEHIND
    if training is None or evidence.solved or not (behind or evidence.short_on_train):
        return None
    rate = max([0.0, *dropout_rates(training)])
    strength = max([0.0, *penalties(training)])
    shrunk, step = _shrunk_to(evidence), _penalty_step(training)
    if shrunk_by_penalty(evidence):
        what = (
            f"A penalty of strength {strength:g} shrank the weights of a layer to "
            f"{shrunk:.0%} of their initial norm"
        )
    elif evidence.diverged_at is not None and step >= 1:
        what = (
            f"A penalty of strength {strength:g} changed the weights by {step:.0%} in "
            "each update"
        )
    elif rate >= _HEAVY_DROPOUT:
        what = f"Dropout sets {rate:.0%} of the values to 0"
    else:
        return None
    return Seen(
        f"{what}, and on train the skill is {evidence.skill:.2f} only.",
        {"shrunk_to": shrunk, "strength": strength, "dropout": rate},
    )


def shrunk_by_penalty(evidence: Evidence) -> bool:
    """Return whether a penalty removed most of the weights of a layer."""
    training = evidence.training
    penalized = training is not None and any(penalties(training))
    return penalized and _shrunk_to(evidence) < _SHRUNK


def _shrunk_to(evidence: Evidence) -> float:
    """Return the smallest norm of a layer after training, relative to before."""
    start, end = (evidence.monitor("parameter_norm", point) for point in (0, -1))
    with np.errstate(all="ignore"):
        return float(np.nanmin([math.inf, *(end / start)]))


def _penalty_step(training: spec.Training) -> float:
    """Return the share of the weights that an update by the penalty alone removes.

    The weights grow without limit if it is more than 2. Adaptive optimizers limit the
    updates by penalties, but not weight decay, which they apply separately.
    """
    rate = getattr(training.optimizer, "learning_rate", 0.0)
    plain = isinstance(training.optimizer, spec.SGD)
    slopes = [
        (2.0 if isinstance(each, spec.L2) else 1.0) * each.strength
        for each in training.regularizers
        if isinstance(each, spec.WeightDecay) or (plain and isinstance(each, spec.L2))
        if isinstance(each.strength, float)
    ]
    return rate * sum(slopes) if isinstance(rate, float) else 0.0


def dropout_rates(training: spec.Training) -> list[float]:
    """Return the rates of all dropout layers."""
    return [
        float(value)
        for path, _, value in training.leaves()
        if path.startswith("model") and path.endswith(".rate")
    ]


def penalties(training: spec.Training) -> list[float]:
    """Return the strengths of all penalties."""
    return [
        float(value)
        for path, _, value in training.leaves()
        if path.startswith("regularizers") and path.endswith(".strength")
    ]


@symptom(
    "A layer is too narrow",
    formula="units of the narrowest hidden layer",
    condition="fewer than 4, and train is not solved",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 5.2',
    causes=(
        *("dead_units", "vanishing_gradients", "learning_rate_too_small"),
        *("learning_rate_too_large", "underfitting", "overfitting"),
    ),
    remedies=("wider",),
)
def narrow_layer(evidence: Evidence) -> Seen | None:
    """Return the symptom if a hidden layer is too narrow."""
    units = [
        layer.units
        for layer in evidence.model
        if isinstance(layer, spec.Dense) and isinstance(layer.units, int)
    ]
    if not units or min(units) >= _FEW_UNITS or evidence.solved:
        return None
    return Seen(
        f"The narrowest hidden layer has {min(units)} units, through which everything "
        f"must pass, and on train the skill is {evidence.skill:.2f}.",
        {"units": min(units), "skill": evidence.skill},
    )


@symptom(
    "Underfitting",
    formula="skill on train, compared with that of a linear model and of the nearest "
    "neighbors",
    condition="well below the better of the two",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 5.2',
    remedies=("longer", "wider", "higher_rate"),
)
def underfitting(evidence: Evidence) -> Seen | None:
    """Return the symptom if the network cannot even fit the train rows."""
    if evidence.references is None or not evidence.short_on_train:
        return None
    return Seen(
        f"On train, the network's skill is {evidence.skill:.2f} (0 is a constant, 1 is "
        f"perfect), while a simple model reaches {evidence.attainable:.2f}.",
        {"skill": evidence.skill, "attainable": evidence.attainable},
    )


@symptom(
    "Overfitting",
    formula="skill on train - skill on val; best skill on val - last",
    condition="the gap is more than 0.1 and not explained by chance, and val got worse "
    "during training, a simple model is better, or there are 50 parameters per row",
    reference='Prechelt, 1998, "Early stopping, but when?"',
    remedies=(*("early_stopping", "weight_decay", "dropout", "narrower", "shorter"),),
)
def overfitting(evidence: Evidence) -> Seen | None:
    """Return the symptom if the network memorized the train rows."""
    gap = evidence.skill - evidence.skill_on_val
    if not gap > _GAP + evidence.val_noise:
        return None
    best = float(np.fmax.reduce(evidence.val_skill))
    fallen = best - evidence.skill_on_val
    fell = fallen >= _FALLEN + evidence.val_noise / 2
    data = evidence.data
    few = data is not None and (data.num_parameters > _MANY_PARAMETERS * data.num_train)
    if not (fell or few or evidence.short_on_val):
        return None
    rows = "The rows" if data is None else f"{data.num_train} train rows"
    return Seen(
        f"The skill is {evidence.skill:.2f} on train, but {evidence.skill_on_val:.2f} "
        f"on val, where it was {best:.2f} at best. {rows} are too few for this network "
        "and this much training.",
        {"gap": gap, "best_val_skill": best, "val_skill": evidence.skill_on_val},
    )

"""Regularization that keeps a network from learning."""

import math

import numpy as np

from assay import spec
from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom
from assay.doctor.symptoms._rates import first_update

__all__ = ["over_regularized", "shrunk_by_penalty"]

_SHRUNK = 0.3  # norm of the weights after training / before training
_HEAVY_DROPOUT = 0.6
_BEHIND = 0.1  # training skill of a simple model - that of the network
_NOTHING = 0.05  # maximum training skill of a network that learned nothing


@symptom(
    "Regularization is too strong",
    formula="norm of a layer's weights after training / before training; dropout rate",
    condition="the ratio is below 0.3 or the rate is at least 0.6, and the network "
    "falls short on the training set or its skill there is at least 0.1 below that of "
    "a simple model. If the ratio is below 0.3, a skill below 0.05 also suffices. If "
    "the cost became NaN or infinite, it also suffices that a penalty changes the "
    "weights by at least 100% in one update and causes most of the first update",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", chapter 7',
    causes=(
        *("underfitting", "learning_rate_too_small", "vanishing_gradients"),
        *("learning_rate_too_large", "batch_too_small", "overfitting"),
    ),
    remedies=("weaker_penalty", "weaker_dropout"),
)
def over_regularized(evidence: Evidence) -> Seen | None:
    """Detect regularization that keeps the network from learning."""
    training = evidence.training
    nothing = shrunk_by_penalty(evidence) and evidence.skill < _NOTHING
    behind = nothing or evidence.skill < evidence.attainable - _BEHIND
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
    elif evidence.diverged_at is not None and _is_mostly_penalty(evidence, step):
        what = (
            f"A penalty of strength {strength:g} changed the weights by {step:.0%} in "
            "each update"
        )
    elif rate >= _HEAVY_DROPOUT:
        what = f"Dropout sets {rate:.0%} of the values to 0"
    else:
        return None
    return Seen(
        f"{what}, and the skill on the training set is only {evidence.skill:.2f}.",
        {"shrunk_to": shrunk, "strength": strength, "dropout": rate},
    )


def shrunk_by_penalty(evidence: Evidence) -> bool:
    """Return whether a penalty shrank a layer's weights to a fraction of their size."""
    training = evidence.training
    penalized = training is not None and any(penalties(training))
    return penalized and _shrunk_to(evidence) < _SHRUNK


def _shrunk_to(evidence: Evidence) -> float:
    """Return the smallest ratio of final to initial weight norm among all layers."""
    start, end = (evidence.monitor("parameter_norm", point) for point in (0, -1))
    with np.errstate(all="ignore"):
        return float(np.nanmin([math.inf, *(end / start)]))


def _is_mostly_penalty(evidence: Evidence, step: float) -> bool:
    """Return whether a penalty, rather than the cost, makes the updates too large."""
    # the first update may be nan
    return step >= 1 and not step < first_update(evidence) / 2


def _penalty_step(training: spec.Training) -> float:
    """Return the fraction of the weights that penalties alone remove in one update.

    If this fraction is more than 2, the weights grow without limit. Adaptive optimizers
    limit the updates caused by penalties, but not weight decay, which they apply
    separately.
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

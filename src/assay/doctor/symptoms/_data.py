"""Problems with the rows and their classes."""

import math

import numpy as np

from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom

__all__ = ["class_imbalance", "label_noise", "no_signal"]

_CHANCE = 0.001  # p-value below which a simple model has learned something
_UNLIKELY = 0.05  # p-value below which a simple model may have learned something
_LEARNED = 0.15  # validation skill above which the inputs are clearly predictive
_NOISY = 0.04  # fraction of rows whose neighbors agree on another class
_NOISY_SHARE = 0.15  # overlapping classes of equal size stay below this limit
_FEWEST_NOISY = 8  # minimum number of rows; fewer may be due to chance
_NOISY_INSIDE = 0.2  # fraction of rows with a different label in regions of one class
_SURELY_NOISY = 0.25  # overlapping classes stay below this limit
_FEWEST_OF_CLASS = 10  # minimum number of rows; with fewer, chance cannot be excluded
_CONTRADICTED = 0.15  # validation skill - training skill
_LEAST_OF_NEIGHBORS = 0.1  # skill below which the nearest neighbors are not trusted
_AHEAD = 0.15  # validation skill of the network - that of the nearest neighbors
_MEMORIZED = 0.1  # training skill - validation skill
_LOST = 0.2  # mean recall of the other classes - recall of the smallest class


@symptom(
    "Nothing to learn",
    formula="cross-validated p-values of a linear model and of the nearest neighbors",
    condition="both p-values are above 0.001, all validation skills are below 0.15, "
    "and at least two classes have 10 or more rows. This symptom is reported as "
    "information if a p-value is below 0.05, because the inputs may then be slightly "
    "predictive",
    reference='Zhang et al., 2017, "Understanding deep learning requires rethinking '
    'generalization"',
    causes=(
        *("underfitting", "overfitting", "learning_rate_too_small", "label_noise"),
        *("learning_rate_too_large", "vanishing_gradients", "dead_units"),
        *("batch_too_small", "class_imbalance", "saturated_units"),
    ),
)
def no_signal(evidence: Evidence) -> Seen | None:
    """Detect inputs that contain no information about the target."""
    if evidence.references is None or evidence.skill_on_val > _LEARNED:
        return None
    counts = np.zeros(0) if evidence.data is None else evidence.data.class_counts
    if len(counts) > 1 and np.sort(counts)[-2] < _FEWEST_OF_CLASS:
        return None
    known = evidence.references.models
    p_values = [model.p_value for model in known]
    on_val = float(np.fmax.reduce([0.0, *(model.skill_on_val for model in known)]))
    if min(p_values) < _CHANCE or on_val > _LEARNED + evidence.val_noise:
        return None
    return Seen(
        f"A linear model (p = {p_values[0]:.2f}), a nearest-neighbor model "
        f"(p = {p_values[1]:.2f}) and this network are all hardly better than a "
        "constant prediction on unseen rows.",
        {"p_values": p_values, "val_skill": evidence.skill_on_val},
        "warning" if min(p_values) >= _UNLIKELY else "info",
    )


@symptom(
    "Wrong labels",
    formula="fraction of training rows whose class differs from that of at least 8 of "
    "their 10 nearest neighbors; fraction of rows with a different label in regions "
    "dominated by one class; validation skill - training skill, either of the network "
    "at its best epoch on the validation set, or of a simple model in cross-validation",
    condition="the first fraction is above 4% and includes at least 8 rows, the "
    "second fraction is above 20%, or the difference is above 0.15 after allowing for "
    "chance. The fractions are ignored if the nearest neighbors predict poorly, or if "
    "only rows at the edge of the data look wrong. This symptom is reported as a "
    "warning if the cost stayed finite and the difference is above its limit, the "
    "second fraction is above 25%, or the training skill is higher than the "
    "validation skill and the first fraction is above 15% or the second above 20%. "
    "Otherwise, it is reported as advice",
    reference='Northcutt, Jiang and Chuang, 2021, "Confident learning"',
    remedies=("label_smoothing", "early_stopping", "weight_decay"),
    causes=(
        *("overfitting", "learning_rate_too_small", "learning_rate_too_large"),
        "batch_too_small",
    ),
)
def label_noise(evidence: Evidence) -> Seen | None:
    """Detect training labels that contradict nearby rows or the validation set."""
    references = evidence.references
    if references is None:
        return None
    rows, looked = references.suspicious, references.num_rows
    share, inside = len(rows) / looked, references.wrong_inside
    if _neighbors_mislead(evidence):
        share = inside = 0.0
    contradiction = _contradiction(evidence)
    contradicted = contradiction > max(_CONTRADICTED, _FEWEST_NOISY / looked)
    if share > _NOISY and len(rows) >= _FEWEST_NOISY:
        what = (
            f"{len(rows)} of {looked} training rows ({share:.0%}) belong to a "
            "different class than almost all of their nearest neighbors. Review these "
            "labels. Usually, about half of them are actually wrong."
        )
    elif inside > _NOISY_INSIDE:
        what = (
            f"In regions where only one class is expected, {inside:.0%} of the "
            "training rows belong to another class. Review their labels."
        )
    elif contradicted:
        what = (
            "After allowing for chance, the skill on the validation set is "
            f"{contradiction:.2f} higher than on the training set, so the training "
            "labels probably contain more errors than the validation labels. Review "
            "the training labels."
        )
    else:
        return None
    numbers = {
        "share": share,
        "share_inside": inside,
        "contradiction": contradiction,
        "rows": rows[:100].tolist(),
    }
    certain = contradicted or inside > _SURELY_NOISY
    certain |= _memorizes_noise(evidence, share, inside)
    certain &= evidence.diverged_at is None  # wrong labels do not cause divergence
    return Seen(what, numbers, "warning" if certain else "advice")


def _memorizes_noise(evidence: Evidence, share: float, inside: float) -> bool:
    """Return whether the network overfits and many labels look wrong."""
    gap = evidence.skill - evidence.skill_on_val
    odds = 1.0 if evidence.data is None else evidence.data.odds
    many = inside > _NOISY_INSIDE or share > _NOISY_SHARE * odds
    return many and gap > _MEMORIZED + evidence.val_noise / 2


def _neighbors_mislead(evidence: Evidence) -> bool:
    """Return whether the nearest neighbors predict these rows poorly.

    This is the case if the neighbors are hardly better than a constant prediction, or
    clearly worse than the network on the validation set. A row that contradicts a poor
    model is more likely to be difficult than mislabeled.
    """
    known = evidence.references
    if known is None:
        return False
    near = known.neighbors
    if np.fmax(near.val_skill, near.skill_on_val) < _LEAST_OF_NEIGHBORS:
        return True
    best = float(np.fmax.reduce([-math.inf, *evidence.val_skill]))
    return best - near.skill_on_val > _AHEAD + evidence.val_noise


def _contradiction(evidence: Evidence) -> float:
    """Return by how much the validation skill exceeds the training skill.

    The result allows for chance. The network's validation skill at its best epoch is
    compared with its training skill or with the cross-validation skill of a simple
    model, whichever is higher, because either one can show that the training labels
    are good. The validation skill of each simple model is also compared with its own
    skill in cross-validation.
    """
    val, known = evidence.val_skill, evidence.references
    if evidence.regression or known is None or not len(val) or np.isnan(val).all():
        return 0.0
    best = int(np.nanargmax(val))
    simple = max(model.val_skill for model in known.models)
    by_network = val[best] - max(evidence.train_skill[best], simple)
    by_simple = [model.skill_on_val - model.val_skill for model in known.models]
    noise = math.hypot(evidence.val_noise, evidence.train_noise)
    found = by_network - evidence.val_noise, max(by_simple) - noise
    return float(np.fmax.reduce(found))


@symptom(
    "Imbalanced classes",
    formula="recall of the smallest class and mean recall of the other classes",
    condition="the largest class has more than 5 times as many rows as the smallest, "
    "after allowing for chance, and the recall of the smallest class is more than 0.2 "
    "below the mean recall of the other classes",
    reference='He and Garcia, 2009, "Learning from imbalanced data"',
    remedies=("class_weights",),
    causes=("underfitting", "overfitting"),
)
def class_imbalance(evidence: Evidence) -> Seen | None:
    """Detect a small class that the network neglects in favor of larger classes."""
    data = evidence.data
    if data is None or len(data.recalls) < 2:
        return None
    small = int(data.class_counts.argmin())
    lost = float(np.nanmean(np.delete(data.recalls, small)) - data.recalls[small])
    if not (data.is_uneven and lost > _LOST):
        return None
    return Seen(
        f"The largest class has {data.imbalance:.0f} times as many rows as the "
        f"smallest. The recall of the smallest class is only {data.recalls[small]:.0%},"
        f" {100 * lost:.0f} points below the mean recall of the other classes.",
        {"ratio": data.imbalance, "recall": float(data.recalls[small]), "class": small},
    )

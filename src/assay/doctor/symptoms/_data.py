"""Faults in the rows and their classes."""

import math

import numpy as np

from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom

__all__ = ["class_imbalance", "label_noise", "no_signal"]

_CHANCE = 0.001  # p-value below which a simple model has learned something
_UNLIKELY = 0.05  # p-value below which a simple model may have learned something
_LEARNED = 0.15  # skill on val above which there clearly is a signal
_NOISY = 0.04  # share of rows whose neighbors agree on another class
_NOISY_SHARE = 0.15  # a stricter limit; overlapping classes of equal size stay below it
_FEWEST_NOISY = 8  # rows; fewer may be due to chance
_NOISY_INSIDE = 0.2  # share of rows with a different label in regions of one class
_SURELY_NOISY = 0.25  # a stricter limit; classes that merely overlap stay below it
_FEWEST_OF_CLASS = 10  # rows; with fewer, chance cannot be excluded
_CONTRADICTED = 0.15  # skill on val - skill on train
_LEAST_OF_NEIGHBORS = 0.1  # skill below which the nearest neighbors are not trusted
_AHEAD = 0.15  # skill on val of the network - that of the nearest neighbors
_MEMORIZED = 0.1  # skill on train - skill on val
_LOST = 0.2  # mean recall of the other classes - recall of the smallest class


@symptom(
    "Nothing to learn",
    formula="cross-validated p-values of a linear model and of the nearest neighbors",
    condition="both are above 0.001, all skills on val are below 0.15, and at least "
    "two classes have 10 or more rows; reported as information if a p-value is below "
    "0.05, because the inputs may then be slightly predictive",
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
        f"A linear model (p = {p_values[0]:.2f}), the nearest neighbors "
        f"(p = {p_values[1]:.2f}) and this network all fail to predict unseen rows "
        "clearly better than a constant.",
        {"p_values": p_values, "val_skill": evidence.skill_on_val},
        "warning" if min(p_values) >= _UNLIKELY else "info",
    )


@symptom(
    "Wrong labels",
    formula="share of train rows whose class differs from that of at least 8 of their "
    "10 nearest neighbors; share of rows with a different label in regions dominated "
    "by one class; skill on val - skill on train, at the network's best epoch on val "
    "or in the cross-validation of a simple model",
    condition="the first share is above 4 % and includes at least 8 rows, the second "
    "share is above 20 %, or the difference is above 0.15 even allowing for chance; "
    "the shares are ignored if the nearest neighbors predict poorly, or if only rows "
    "at the edge of the data look wrong; a warning if the cost stayed finite and the "
    "difference is above its limit, the second share is above 25 %, or the skill on "
    "train is higher than on val and the first share is above 15 % or the second above "
    "20 %; otherwise advice",
    reference='Northcutt, Jiang and Chuang, 2021, "Confident learning"',
    remedies=("label_smoothing", "early_stopping", "weight_decay"),
    causes=(
        *("overfitting", "learning_rate_too_small", "learning_rate_too_large"),
        "batch_too_small",
    ),
)
def label_noise(evidence: Evidence) -> Seen | None:
    """Detect train labels that contradict those of neighboring rows or of val."""
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
            f"{len(rows)} of {looked} train rows ({share:.0%}) belong to a different "
            "class than almost all of their nearest neighbors. Review these labels; "
            "usually, about half of them are actually wrong."
        )
    elif inside > _NOISY_INSIDE:
        what = (
            f"In regions where only one class is expected, {inside:.0%} of the train "
            "rows belong to another class. Review their labels."
        )
    elif contradicted:
        what = (
            "Even allowing for chance, the skill on val is "
            f"{contradiction:.2f} higher than on unseen train rows, so the train "
            "labels probably have more errors than the val labels. Review them."
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
    """Return whether train is predicted better than val and many labels look wrong."""
    gap = evidence.skill - evidence.skill_on_val
    odds = 1.0 if evidence.data is None else evidence.data.odds
    many = inside > _NOISY_INSIDE or share > _NOISY_SHARE * odds
    return many and gap > _MEMORIZED + evidence.val_noise / 2


def _neighbors_mislead(evidence: Evidence) -> bool:
    """Return whether the nearest neighbors predict these rows poorly.

    This is the case if they are hardly better than a constant, or clearly worse than
    the network on val. A row that contradicts a poor model is more likely to be
    difficult than mislabeled.
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
    """Return how much better val is predicted than train, allowing for chance.

    The skill of the network on val, at its best epoch, is compared with its skill on
    train or that of a simple model in cross-validation, whichever is higher. If either
    of these is good, so are the train labels. The skill of each simple model on val is
    also compared with its own skill in cross-validation.
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
    "even allowing for chance, and the recall of the smallest class is more than 0.2 "
    "lower",
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
        f"smallest. The recall of the smallest class is only {data.recalls[small]:.0%} "
        f"and {lost:.0%} lower than the mean recall of the other classes.",
        {"ratio": data.imbalance, "recall": float(data.recalls[small]), "class": small},
    )

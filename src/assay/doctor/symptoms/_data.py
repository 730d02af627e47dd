"""Faults in the rows and their classes."""

import math

import numpy as np

from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom

__all__ = ["class_imbalance", "label_noise", "no_signal"]

_CHANCE = 0.001  # p-value below which a simple model has learned something
_UNLIKELY = 0.05  # p-value below which it may have
_LEARNED = 0.15  # skill on val above which there clearly is a signal
_NOISY = 0.04  # share of rows whose neighbors agree on another class
_NOISY_SHARE = 0.15  # the same, which classes of equal size that overlap do not reach
_FEWEST_NOISY = 8  # rows; fewer may be there by chance
_NOISY_INSIDE = 0.2  # the same, where all neighbors are surrounded by one class
_SURELY_NOISY = 0.25  # the same, which classes that merely overlap do not reach
_FEWEST_OF_CLASS = 10  # rows; with fewer, chance cannot be excluded
_CONTRADICTED = 0.15  # skill on val - skill on train
_LEAST_OF_NEIGHBORS = 0.1  # skill below which the nearest neighbors show nothing
_AHEAD = 0.15  # skill on val above that of the nearest neighbors
_MEMORIZED = 0.1  # skill on train - skill on val
_LOST = 0.2  # recall of the smallest class below that of the others


@symptom(
    "Nothing to learn",
    formula="cross-validated p-values of a linear model and of the nearest neighbors",
    condition="both above 0.001, all skills on val below 0.15, and two classes with "
    "at least 10 rows; information if one p-value is below 0.05, so the inputs may "
    "predict a little",
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
        f"Neither a linear model (p = {p_values[0]:.2f}) nor the nearest neighbors "
        f"(p = {p_values[1]:.2f}) nor this network clearly predict rows they have not "
        "seen better than a constant.",
        {"p_values": p_values, "val_skill": evidence.skill_on_val},
        "warning" if min(p_values) >= _UNLIKELY else "info",
    )


@symptom(
    "Wrong labels",
    formula="share of train rows with at least 8 of 10 nearest neighbors in a "
    "different class; share of rows with a different class where only one class is "
    "expected; skill on val - skill on train when val is predicted best, or on rows of "
    "train that a simple model has not seen",
    condition="more than 4 % and at least 8 rows, more than 20 %, or more than 0.15 "
    "beyond chance, unless the neighbors are a bad model; a warning if val contradicts "
    "train, more than 25 % differ where only one class is expected, or train is "
    "predicted better than val and 20 % differ there or 15 % in all, and the cost "
    "stayed finite",
    reference='Northcutt, Jiang and Chuang, 2021, "Confident learning"',
    remedies=("label_smoothing", "early_stopping", "weight_decay"),
    causes=(
        *("overfitting", "learning_rate_too_small", "learning_rate_too_large"),
        "batch_too_small",
    ),
)
def label_noise(evidence: Evidence) -> Seen | None:
    """Detect rows that contradict their neighbors or val."""
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
            "usually, about half of them are really wrong."
        )
    elif inside > _NOISY_INSIDE:
        what = (
            f"Far from the other classes, {inside:.0%} of the train rows still belong "
            "to a different class than the rows around them. Review the labels."
        )
    elif contradicted:
        what = (
            f"Beyond chance, the skill on val is {contradiction:.2f} higher than that "
            "on unseen rows of train, so the labels of train have more errors than "
            "those of val. Review them."
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
    certain &= evidence.diverged_at is None  # labels do not explain that
    return Seen(what, numbers, "warning" if certain else "advice")


def _memorizes_noise(evidence: Evidence, share: float, inside: float) -> bool:
    """Return whether train is predicted better than val, and many labels differ."""
    gap = evidence.skill - evidence.skill_on_val
    odds = 1.0 if evidence.data is None else evidence.data.odds
    many = inside > _NOISY_INSIDE or share > _NOISY_SHARE * odds
    return many and gap > _MEMORIZED + evidence.val_noise / 2


def _neighbors_mislead(evidence: Evidence) -> bool:
    """Return whether the nearest neighbors are a bad model of these rows.

    They are if they predict hardly better than a constant, or val clearly worse than
    the network does. Then a row that contradicts them is more likely difficult than
    wrong.
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
    """Return how much better val is predicted than train, beyond chance.

    The network is compared at its best epoch on val. Train is predicted by it or by a
    simple model that has not seen the rows, whichever is better. If either of them is
    good, the labels of train are good. A simple model is also compared with itself.
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
    "Unequal classes",
    formula="recall of the smallest class and mean recall of the other classes",
    condition="more than 5 times as many rows in the largest class, beyond chance, and "
    "a recall that is 0.2 lower",
    reference='He and Garcia, 2009, "Learning from imbalanced data"',
    remedies=("class_weights",),
    causes=("underfitting", "overfitting"),
)
def class_imbalance(evidence: Evidence) -> Seen | None:
    """Detect a small class that is sacrificed to the large ones."""
    data = evidence.data
    if data is None or len(data.recalls) < 2:
        return None
    small = int(data.class_counts.argmin())
    lost = float(np.nanmean(np.delete(data.recalls, small)) - data.recalls[small])
    if not (data.is_uneven and lost > _LOST):
        return None
    return Seen(
        f"The largest class has {data.imbalance:.0f} times as many rows as the "
        f"smallest, of which only {data.recalls[small]:.0%} are recognized, {lost:.0%} "
        "fewer than of the other classes.",
        {"ratio": data.imbalance, "recall": float(data.recalls[small]), "class": small},
    )

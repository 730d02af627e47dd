"""Unsuitable learning rates and batch sizes."""

import math

import numpy as np

from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom

__all__ = [
    "batch_too_small",
    "first_update",
    "learning_rate_too_large",
    "learning_rate_too_small",
    "overshoots",
    "schedule_too_short",
]

_ROSE = 2.0  # highest cost after an epoch, relative to that of the first batch
_LARGE_UPDATE = 0.05  # first update of a typical layer, relative to its weights
_SHORT_WAY = 0.5  # sum of all updates, relative to the weights
_SWING = 0.15  # cost increase in an epoch, relative to the total decrease
_STILL_FALLING = 0.01  # fraction of the cost decrease that occurs in the last quarter
_FAR_FROM_FLAT = 0.05
_STEADY = 0.9  # fraction of the epochs in which the cost falls
_SMALL_BATCH = 4
_STOPPED = 0.01  # learning rate below which nothing is learned, relative to the highest
_LEAST_LEARNING = 0.5  # minimum fraction of updates with a higher learning rate
_BENGIO = (
    'Bengio, 2012, "Practical recommendations for gradient-based training of deep '
    'architectures", section 3.1.1'
)


@symptom(
    "The learning rate is too large",
    formula="norm of the first update / norm of the weights, for a typical layer; "
    "highest training cost after an epoch / cost of the first batch",
    condition="training diverged, the cost doubled, or the update is above 5%. In the "
    "last case, one epoch in 20 must undo at least 15% of the total decrease in cost, "
    "or the network must fall short on the training set without a steady decrease in "
    "cost. This symptom is not reported if the training skill is at least 0.9",
    reference=_BENGIO,
    causes=("dead_units", "vanishing_gradients", "underfitting", "overfitting"),
    remedies=("lower_rate", "lowest_rate", "usual_rate", "clip_gradients", "warm_up"),
)
def learning_rate_too_large(evidence: Evidence) -> Seen | None:
    """Detect updates that overshoot the minimum."""
    if evidence.diverged_at is not None:
        change = first_update(evidence)
        return Seen(
            f"The first update changed the weights of a typical layer by {change:.0%}.",
            {"update_ratio": change},
        )
    if evidence.solved or not len(evidence.train_cost):
        return None
    change, highest = first_update(evidence), _highest_cost(evidence)
    stuck = evidence.short_on_train and not falls_steadily(evidence)
    # a large first update alone may be harmless
    suffers = stuck or _swing(evidence) > _SWING
    if not (highest > _ROSE or (change > _LARGE_UPDATE and suffers)):
        return None
    return Seen(
        f"The first update changed the weights of a typical layer by {change:.0%}, "
        f"and the training cost reached {highest:.3g} times that of the first batch.",
        {"update_ratio": change, "highest_cost_ratio": highest},
    )


@symptom(
    "The learning rate is too small",
    formula="fraction of the total decrease in cost that occurred in the last quarter "
    "of training; norm of the first update / norm of the weights, for a typical layer",
    condition="the fraction is above 5%, or above 1% if all updates of this size "
    "together would change the weights by less than 50%. In addition, the cost must "
    "decrease steadily, the training skill must be below 0.9 or the network must fall "
    "short, and the validation cost must decrease too or the network must fall short "
    "on the training set. This symptom is reported as a warning if the updates are "
    "that small, the network falls short, or a simple model fits the training set "
    "better. Otherwise, it is reported as advice",
    reference=_BENGIO,
    causes=("underfitting",),
    remedies=("higher_rate", "highest_rate", "longer"),
)
def learning_rate_too_small(evidence: Evidence) -> Seen | None:
    """Detect a cost that was still falling when training ended."""
    costs = evidence.train_cost
    unsolved = not evidence.solved or evidence.falls_short
    if len(costs) < 8 or not unsolved or evidence.diverged_at is not None:
        return None
    change = first_update(evidence)
    small = change * len(evidence.costs) < _SHORT_WAY
    start = _cost_at_start(evidence, small)
    share = _late_share(costs, start)
    least = _STILL_FALLING if small else _FAR_FROM_FLAT
    if share < least or not falls_steadily(evidence):
        return None
    on_val = _late_share(evidence.val_cost, start)
    if on_val < least and not evidence.short_on_train:
        return None  # only noise in the training set is left to learn
    return Seen(
        "The training cost was still falling when training ended: "
        f"{min(share, 1):.0%} of the decrease occurred in the last quarter. The first "
        f"update changed the weights of a typical layer by {100 * change:.2g}%.",
        {"share_of_fall": share, "update_ratio": change},
        "warning" if small or evidence.falls_short or evidence.is_behind else "advice",
    )


@symptom(
    "The schedule lowers the learning rate too early",
    formula="fraction of the updates whose learning rate is at least 1% of the highest",
    condition="the fraction is below 50%, and the network falls short on the training "
    "set",
    reference='Li et al., 2020, "Budgeted training: rethinking deep neural network '
    'training under resource constraints"',
    causes=("learning_rate_too_small", "underfitting"),
    remedies=("constant_rate",),
)
def schedule_too_short(evidence: Evidence) -> Seen | None:
    """Detect schedules whose learning rate was almost 0 for most updates."""
    rates = evidence.rates
    if not len(rates) or evidence.diverged_at is not None:
        return None
    learning = float((rates >= _STOPPED * rates.max()).mean())
    if learning >= _LEAST_LEARNING or not evidence.short_on_train:
        return None
    return Seen(
        f"The schedule lowered the learning rate so early that only {learning:.0%} of "
        "the updates had at least 1% of the highest rate, and the skill on the "
        f"training set is only {evidence.skill:.2f}.",
        {"learning_share": learning},
    )


def first_update(evidence: Evidence) -> float:
    """Return the median size of the layers' first updates, relative to the weights."""
    ratios = evidence.monitor("update_ratio", 0)[evidence.with_parameters]
    return float(np.median(ratios)) if len(ratios) else math.nan


def _late_share(costs: np.ndarray, start: float) -> float:
    """Return the fraction of the cost decrease that occurred in the last quarter.

    Args:
        costs: (epochs,), cost after each epoch; if empty, nan is returned.
        start: cost before training.
    """
    if not len(costs):
        return math.nan
    last = float(costs[-len(costs) // 4] - costs[-1])
    whole = max(start, float(costs[0])) - float(costs[-1])
    return last / max(whole, 1e-12)


def falls_steadily(evidence: Evidence) -> bool:
    """Return whether the training cost falls in almost every epoch."""
    falls = np.diff(evidence.train_cost) < 0
    return bool(len(falls)) and float(falls.mean()) >= _STEADY


def _swing(evidence: Evidence) -> float:
    """Return the 95th percentile of the increase in training cost per epoch.

    The increase is relative to the total decrease. Near a minimum, the cost rises as
    often as it falls, but only slightly.
    """
    costs = evidence.train_cost
    rises = np.sort(np.diff(costs).clip(0))
    if not len(rises):
        return 0.0
    first = float(evidence.costs[0]) if len(evidence.costs) else 0.0
    whole = max(first, float(np.fmax.reduce(costs))) - float(np.fmin.reduce(costs))
    return float(rises[-max(len(rises) // 20, 1)]) / max(whole, 1e-12)


def _cost_at_start(evidence: Evidence, small: bool) -> float:
    """Return the cost of the first batch, or of the first epoch if updates are small.

    With small updates, the cost changes less in an epoch than it varies between
    batches.
    """
    per_epoch = len(evidence.costs) // max(len(evidence.train_cost), 1)
    return float(evidence.costs[: max(per_epoch, 1) if small else 1].mean())


def _highest_cost(evidence: Evidence) -> float:
    first = float(evidence.costs[0]) if len(evidence.costs) else math.nan
    return float(np.fmax.reduce(evidence.train_cost)) / max(first, 1e-12)


@symptom(
    "The batch is too small",
    formula="number of rows in a batch; momentum",
    condition="a batch has at most 4 rows or the momentum is above 0.95, and the "
    "network falls short",
    reference="Masters and Luschi, 2018, "
    '"Revisiting small batch training for deep neural networks"',
    causes=("learning_rate_too_large", "dead_units", "underfitting", "overfitting"),
    remedies=("larger_batch", "lower_momentum", "lower_rate"),
)
def batch_too_small(evidence: Evidence) -> Seen | None:
    """Detect updates that are dominated by individual rows."""
    size = None if evidence.training is None else evidence.training.batch_size
    optimizer = None if evidence.training is None else evidence.training.optimizer
    momentum = getattr(optimizer, "momentum", 0.0)
    heavy = isinstance(momentum, float) and momentum > 0.95
    small = isinstance(size, int) and size <= _SMALL_BATCH
    if not (small or heavy) or not evidence.falls_short:
        return None
    what = f"With a batch size of {size}" + (
        f" and a momentum of {momentum}" if heavy else ""
    )
    return Seen(
        f"{what}, noise in individual rows dominates the updates.",
        {"batch_size": size, "momentum": momentum},
    )


def overshoots(evidence: Evidence) -> bool:
    """Return whether the updates are too large or too noisy."""
    found = learning_rate_too_large(evidence), batch_too_small(evidence)
    return any(seen is not None for seen in found)

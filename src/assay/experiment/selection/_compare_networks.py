"""Compares the best settings of different kinds of network."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from assay.data import NUM_FOLDS
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._rows import prepare_rows
from assay.experiment.selection._cross_validate import (
    NUM_FINALISTS,
    Compared,
    Finalist,
    Trainings,
    few_val_rows,
    mean_error,
)
from assay.experiment.selection._selection import Setting
from assay.experiment.selection._time_limit import TimeLimit
from assay.training import Checkpoints
from assay.tuning import Search, ranked

__all__ = ["compare_networks", "next_best"]

# Lead, in standard errors, that a simpler classifier needs over one that is averaged.
_CLEAR_LEAD = 2.0


def compare_networks(
    searches: Sequence[Search],
    prepared: PreparedData,
    *,
    by_folds: bool,
    checkpoints: Checkpoints,
    limit: TimeLimit,
) -> tuple[Finalist, list[str]]:
    """Return the selected finalist, and notes on the choice.

    The finalist with the lowest error is selected, or the simpler one if the errors are
    equal. However, if the final model averages several networks of a kind, a simpler
    kind of classifier is selected only if its error is lower by at least two standard
    errors: single networks are compared, but averaging reduces the error.

    If val is small, the best settings of each kind are compared by cross-validation on
    train + val, because with few rows, the best of many settings is mostly determined
    by chance. If the time limit allows, more settings of the selected kind are compared
    as well.
    """
    count = NUM_FINALISTS if by_folds else 1
    kinds = [_finalists(done, count) for done in searches]
    if sum(map(len, kinds)) == 1:
        return kinds[0][0], []
    parts, where, notes = [prepared.tuning], "on val", list[str]()
    if by_folds:
        parts = [prepare_rows(fold) for fold in prepared.data.folds()]
        where = f"in {NUM_FOLDS}-fold cross-validation on train + val"
    elif few_val_rows(prepared):
        notes.append(
            "too little time for cross-validation; the best setting on val was selected"
        )
    seed = prepared.data.experiment.seed
    tuning = prepared.tuning.preparation
    trainings = Trainings(parts, tuning, seed, checkpoints, on_tuning=not by_folds)
    classes = prepared.data.dataset.task.kind != "regression"
    best, *richer = (trainings.best_of(finalists) for finalists in kinds)
    for rich in richer:
        better = _is_better(best, rich, classes=classes)
        notes.append(_note(best, rich, better=better, where=where))
        best = rich if better else best
    if by_folds and limit.is_set:
        (done,) = [each for each in searches if each.candidate is best[0].candidate]
        best, count = _compare_more(best, done, trainings, limit)
        if count:
            notes.append(
                f"the comparison also included {count} more of the {best[0].kind} "
                "settings"
            )
    return best[0], notes


def _compare_more(
    best: Compared, done: Search, trainings: Trainings, limit: TimeLimit
) -> tuple[Compared, int]:
    """Cross-validate more settings of a kind as long as there is enough time.

    Returns:
        The best setting, and the number of further settings that were compared.
    """
    longest, count = 0.0, 0
    for finalist in _finalists(done, len(done.trials))[NUM_FINALISTS:]:
        started = limit.now()
        if not limit.allows_finalist(finalist.trial, best[0].trial, done, longest):
            break
        other = trainings.best_of([finalist])
        best = other if mean_error(other[1]) < mean_error(best[1]) else best
        longest, count = max(longest, limit.now() - started), count + 1
    return best, count


def next_best(best: Finalist, done: Search) -> tuple[Setting, ...]:
    """Return the next best settings, which some of the members use.

    Args:
        best: the selected setting.
        done: search over the settings of this kind of network.
    """
    count = best.candidate.num_settings
    finalists = _finalists(done, count)
    others = [f for f in finalists if f.trial.number != best.trial.number]
    return tuple(Setting(f.trial, f.training) for f in others[: count - 1])


def _finalists(done: Search, count: int) -> list[Finalist]:
    order = ranked(done.trials, maximize=done.maximize)[:count]
    training = done.candidate.training
    fitted = [done.fitted, *[None] * (count - 1)]
    return [
        Finalist(done.candidate, trial, training.with_values(trial.values), learned)
        for trial, learned in zip(order, fitted, strict=False)
    ]


def _is_better(simple: Compared, rich: Compared, *, classes: bool) -> bool:
    """Return whether the more complex network is selected.

    A network with non-finite errors has diverged and is considered worse.
    """
    (_, errors), (finalist, others) = simple, rich
    lead = mean_error(others) - mean_error(errors)
    if not (classes and finalist.candidate.members > 1):
        return lead < 0
    return lead < _CLEAR_LEAD * _standard_error(others - errors)


def _standard_error(values: Any) -> float:
    """Return the standard error of a mean, or 0 if a network has diverged."""
    return float(np.nan_to_num(values.std(ddof=1))) / math.sqrt(values.size)


def _note(simple: Compared, rich: Compared, *, better: bool, where: str) -> str:
    """Return a note on the selected network and the difference between the errors."""
    (selected, errors), (other, others) = (rich, simple) if better else (simple, rich)
    if not np.isfinite(others).all():
        return f"{other.kind} diverged, so {selected.kind} is selected"
    difference = np.float64(others) - np.float64(errors)
    lead, error = difference.mean(), _standard_error(difference)
    if not lead and not better:
        return (
            f"{other.kind} and {selected.kind} have the same error {where}, so the "
            f"simpler {selected.kind} is selected"
        )
    means = f"{errors.mean():.4g}, compared with {others.mean():.4g}"
    compared = (
        f"{means} for {other.kind} (difference {abs(lead):.2g}, "
        f"standard error {error:.2g})"
    )
    if lead > 0:
        return f"{selected.kind} is selected because its error {where} is {compared}"
    return (
        f"{selected.kind} is selected because {other.kind} is not clearly better: the "
        f"error of a single {selected.kind} network {where} is {compared}, and "
        "averaging several networks usually reduces it"
    )

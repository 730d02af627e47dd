"""Estimates how much time a search must reserve for the stages that follow."""

import math
from collections.abc import Sequence
from sys import modules

from assay.data import Dataset
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._split import NUM_FOLDS
from assay.tuning import Search

__all__ = ["NUM_FINALISTS", "few_val_rows", "seconds_after"]

NUM_FINALISTS = 2
"""Number of settings of each kind of network to compare by cross-validation."""

ENOUGH_VAL = 1000
"""Number of val rows at which a point of accuracy is more than 2 standard errors."""

_MORE_ROWS = (
    1.2  # ratio of the rows in the refit (train + val) to those in a trial (train)
)
_TEST_SECONDS = 0.5
# Measured on two cores:
_IMPORT_SECONDS = 1.5  # scikit-learn, which fits the linear baseline
_COLUMN_SECONDS = 3e-4  # per column: the preparation, fitted, applied and saved
_FOLD_COLUMN_SECONDS = 1.5e-4  # per column: the preparation of a fold
# Per number in the data:
_FIT_SECONDS = 2e-6  # the linear baseline, on at most _FITTED_ROWS
_PREDICT_SECONDS = 2.5e-7  # preparing it for refit and test, and predictions
_FITTED_ROWS = 100_000
_INTERVAL_SECONDS = 3e-6  # per row: the intervals of all metrics


def few_val_rows(prepared: PreparedData) -> bool:
    """Return whether val is too small for selection and random folds are possible.

    Random folds are not valid if groups or times must be kept apart.
    """
    split = prepared.data.split
    by_rows = split.by in ("class", "random", "given")
    return by_rows and len(split.val) < ENOUGH_VAL


def seconds_after(
    prepared: PreparedData,
    followed_by_refit: bool,
    searches: Sequence[Search],
    seconds: Sequence[float],
    *,
    num_workers: int,
) -> float:
    """Estimate the duration of cross-validation, refit and test in seconds.

    The time for a finalist is estimated by the third quartile of the trials of its
    kind.

    Args:
        prepared: prepared data, which determine the number of rows and whether
            cross-validation is used.
        followed_by_refit: whether the refit and the test follow.
        searches: finished searches over other kinds of network.
        seconds: durations of the trials of the current kind.
        num_workers: number of fits that train at the same time.
    """
    kinds = [[t.duration_seconds for t in done.trials] for done in searches]
    finalists: list[float] = []
    best: list[float] = []
    for durations in filter(None, [*kinds, seconds]):
        typical = sorted(durations)[math.ceil(0.75 * (len(durations) - 1))]
        finalists += [typical] * min(len(durations), NUM_FINALISTS)
        best.append(typical)
    after = 0.0
    if followed_by_refit:
        members = max(candidate.members for candidate in prepared.candidates)
        rounds = -(-members // num_workers)
        after += rounds * _MORE_ROWS * max(finalists, default=0.0)
        after += _seconds_of_test(prepared.data.dataset)
    if few_val_rows(prepared) and len(finalists) > 1:
        after += sum(finalists) * NUM_FOLDS / num_workers
        columns = len(prepared.data.dataset.columns)
        after += NUM_FOLDS * _FOLD_COLUMN_SECONDS * columns
    elif len(best) > 1:  # the best of each kind are trained once more
        after += sum(best)
    return after


def _seconds_of_test(dataset: Dataset) -> float:
    """Estimate how long predictions, intervals, baselines and saving will take."""
    rows, width = dataset.num_examples, dataset.width
    fixed = _TEST_SECONDS + _IMPORT_SECONDS * ("sklearn.linear_model" not in modules)
    per_row = _PREDICT_SECONDS * width + _INTERVAL_SECONDS
    fit = _FIT_SECONDS * min(rows, _FITTED_ROWS) * width
    return fixed + fit + per_row * rows + _COLUMN_SECONDS * len(dataset.columns)

"""Estimates the time that a search must reserve for later stages."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from sys import modules

from assay.data import NUM_FOLDS, Dataset
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.selection._cross_validate import NUM_FINALISTS, few_val_rows
from assay.tuning import Candidate, Search, middle, ranked, stacks_trials

__all__ = ["seconds_after"]

_REFIT = 1.1  # duration of a refit relative to a trial with the same number of updates
_FORWARD = 0.2  # duration of predictions relative to an epoch of training
# Compilation of the programs that predict and score, relative to the training program:
_COMPILE_PREDICT, _COMPILE_SCORE = 0.2, 0.12
_TEST_SECONDS = 0.7  # saving files and writing the reports
# Measured on the reference machine of `machine_slowness`:
_IMPORT_SECONDS = 0.7  # importing scikit-learn for the linear baseline
_COLUMN_SECONDS = 1e-4  # saving the preparation, per column
# Per number in the data:
_FIT_SECONDS = 5e-7  # fitting the linear baseline to at most _FITTED_ROWS rows
_FITTED_ROWS = 100_000
_PREDICT_SECONDS = 2e-8  # predictions of the linear baseline for all rows
_INTERVAL_SECONDS = 1e-6  # intervals of all metrics, per row


@dataclass(frozen=True)
class _Kind:
    """The durations measured so far for a kind of network.

    Args:
        candidate: kind of network.
        finalists: durations of the trials to be retrained on each fold, if any.
        again: duration of retraining the best trial; 0 if this is not necessary.
        longest: duration of the longest training that a refit may repeat.
        epoch: duration of an epoch.
    """

    candidate: Candidate
    finalists: Sequence[float]
    again: float
    longest: float
    epoch: float


def seconds_after(
    prepared: PreparedData,
    searches: Sequence[Search],
    seconds: Sequence[float],
    epoch_seconds: float,
    *,
    followed_by_refit: bool,
    num_workers: int,
    with_folds: bool = True,
    slowness: float = 1.0,
) -> float:
    """Estimate the duration of cross-validation, refit and test in seconds.

    The estimate is based on the measured durations of preparation, compilation and
    training.

    Args:
        prepared: prepared data, which determine the number of rows and whether
            cross-validation is used.
        searches: finished searches over other kinds of network.
        seconds: durations of the trials of the current kind, best first.
        epoch_seconds: duration of an epoch in these trials; 0 if unknown.
        followed_by_refit: whether the refit and the test follow.
        num_workers: number of fits that train in parallel.
        with_folds: whether cross-validation may be used.
        slowness: result of `machine_slowness`.
    """
    kinds = [_finished(done) for done in searches]
    if seconds:
        candidate = prepared.candidates[min(len(kinds), len(prepared.candidates) - 1)]
        stacks = stacks_trials(prepared.data.experiment.tune.together)
        kinds.append(_running(candidate, seconds, epoch_seconds, stacks=stacks))
    after = 0.0
    if followed_by_refit:
        after += max(
            (_refit(kind, prepared, num_workers) for kind in kinds), default=0.0
        )
        after += slowness * _seconds_of_test(prepared.data.dataset)
    finalists = [seconds for kind in kinds for seconds in kind.finalists]
    if with_folds and few_val_rows(prepared) and len(finalists) > 1:
        after += sum(finalists) * NUM_FOLDS / num_workers
        after += NUM_FOLDS * prepared.tuning.seconds
        after += _COMPILE_SCORE * sum(_compiling(kind, prepared) for kind in kinds)
    elif len(kinds) > 1:  # the best settings of each kind are compared on val
        after += sum(kind.again for kind in kinds)
        after += _COMPILE_SCORE * sum(_compiling(kind, prepared) for kind in kinds)
    return after


def _finished(done: Search) -> _Kind:
    order = ranked(done.trials, maximize=done.maximize)[:NUM_FINALISTS]
    finalists = [trial.duration_seconds for trial in order]
    epochs = max(order[0].epochs, 1)
    again = finalists[0] if done.fitted is None else 0.0
    pace = finalists[0] / epochs
    return _Kind(done.candidate, finalists, again, max(finalists), pace)


def _running(
    candidate: Candidate, seconds: Sequence[float], epoch: float, *, stacks: bool
) -> _Kind:
    """Return the durations for a kind of network during its search.

    A finalist is assumed to take as long as the third quartile of the trials.
    """
    typical = sorted(seconds)[math.ceil(0.75 * (len(seconds) - 1))]
    finalists = [typical] * min(len(seconds), NUM_FINALISTS)
    again = typical if stacks else 0.0  # stacked trials are rounded differently
    longest = max(seconds[:NUM_FINALISTS])  # only a finalist may be trained again
    return _Kind(candidate, finalists, again, longest, epoch)


def _refit(kind: _Kind, prepared: PreparedData, num_workers: int) -> float:
    """Estimate the duration of the refit and the predictions for a kind of network."""
    members = kind.candidate.members
    rounds = -(-members // num_workers)
    compiling = _COMPILE_PREDICT * _compiling(kind, prepared)
    preparing = 2 * prepared.tuning.seconds  # for the refit, and for predictions
    training = rounds * _REFIT * kind.longest
    return preparing + training + compiling + _FORWARD * members * kind.epoch


def _compiling(kind: _Kind, prepared: PreparedData) -> float:
    """Return the time to compile a kind's training program; 0 if it is not compiled.

    If the program was loaded from the cache, this time is short. In that case, the
    programs of later stages are also in the cache.
    """
    training = kind.candidate.training
    values = {path: middle(space) for path, space in training.spaces().items()}
    data = prepared.tuning.training_data
    return data.program(training.with_values(values)).compile_seconds


def _seconds_of_test(dataset: Dataset) -> float:
    """Estimate the duration of intervals, baselines and saving at a slowness of 1."""
    rows, width = dataset.num_examples, dataset.width
    fixed = _TEST_SECONDS + _IMPORT_SECONDS * ("sklearn.linear_model" not in modules)
    fit = _FIT_SECONDS * min(rows, _FITTED_ROWS) * width
    per_row = _PREDICT_SECONDS * width + _INTERVAL_SECONDS
    return fixed + fit + per_row * rows + _COLUMN_SECONDS * len(dataset.columns)

"""Estimates the time that a search must reserve for later stages."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.data import NUM_FOLDS
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.selection._cross_validate import NUM_FINALISTS, few_val_rows
from assay.experiment.selection._test_seconds import predicted_rows, seconds_of_test
from assay.tuning import Candidate, Search, middle, ranked, stacks_trials

__all__ = ["fold_seconds", "seconds_after"]

_REFIT = 1.1  # duration of a refit relative to a trial with the same number of updates
_FORWARD = 0.14  # duration of predicting a row relative to training on it
# Time to compile the programs that predict and score, relative to the training program:
_COMPILE_PREDICT, _COMPILE_SCORE = 0.2, 0.12


@dataclass(frozen=True)
class _Kind:
    """The durations measured so far for a kind of network.

    Args:
        candidate: kind of network.
        finalists: durations of the trials to be retrained on each fold, if any.
        again: duration of retraining the best trial; 0 if this is not necessary.
        longest: duration of the longest training that a refit may repeat.
        epoch: duration of an epoch.
        score: best val score; None if it is unknown.
    """

    candidate: Candidate
    finalists: Sequence[float]
    again: float
    longest: float
    epoch: float
    score: float | None


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
    score: float | None = None,
) -> float:
    """Estimate the duration of cross-validation, refit and test in seconds.

    The estimate is based on the measured durations of preparation, compilation and
    training. It allows for a refit of all members of the kind with the best val score.
    If another kind wins in cross-validation, some of its members may have to be
    dropped, so the estimate for other kinds allows only for one member per worker.

    Args:
        prepared: prepared data, which determine the number of rows and whether
            cross-validation is used.
        searches: finished searches over other kinds of network.
        seconds: durations of the trials of the current kind, best first.
        epoch_seconds: duration of an epoch in these trials; 0 if unknown.
        followed_by_refit: whether the refit and the test run after the search.
        num_workers: number of fits that run in parallel.
        with_folds: whether cross-validation may be used.
        slowness: result of `machine_slowness`.
        score: best val score of the current kind; None before its first trial ends.
    """
    kinds = [_finished(done) for done in searches]
    if seconds:
        candidate = prepared.candidates[min(len(kinds), len(prepared.candidates) - 1)]
        stacks = stacks_trials(prepared.data.experiment.tune.together)
        kinds.append(_running(candidate, seconds, epoch_seconds, score, stacks=stacks))
    after = _comparison(kinds, prepared, num_workers, with_folds=with_folds)
    if followed_by_refit:
        maximize = prepared.tuning.training_data.num_classes > 1
        droppable = prepared.data.experiment.members == "auto"
        leading = _leading(kinds, maximize=maximize) if droppable else kinds
        refits = [
            _refit(kind, prepared, num_workers, all_members=kind in leading)
            for kind in kinds
        ]
        after += max(refits, default=0.0) + slowness * seconds_of_test(prepared.data)
    return after


def _comparison(
    kinds: Sequence[_Kind],
    prepared: PreparedData,
    num_workers: int,
    *,
    with_folds: bool,
) -> float:
    """Estimate the duration of comparing the best settings of all kinds."""
    finalists = [seconds for kind in kinds for seconds in kind.finalists]
    by_folds = with_folds and few_val_rows(prepared) and len(finalists) > 1
    if not by_folds and len(kinds) < 2:
        return 0.0
    scoring = _COMPILE_SCORE * sum(_compiling(kind, prepared) for kind in kinds)
    if not by_folds:  # the best settings of each kind are compared on val
        return scoring + sum(kind.again for kind in kinds)
    training = sum(fold_seconds(seconds, num_workers) for seconds in finalists)
    return scoring + training + NUM_FOLDS * prepared.tuning.seconds


def fold_seconds(seconds: float, num_workers: int) -> float:
    """Estimate the duration of training on all folds, given that of one training."""
    return seconds * NUM_FOLDS / num_workers


def _finished(done: Search) -> _Kind:
    order = ranked(done.trials, maximize=done.maximize)[:NUM_FINALISTS]
    finalists = [trial.seconds_again for trial in order]
    again = finalists[0] if done.fitted is None else 0.0
    pace = order[0].duration_seconds / max(order[0].epochs, 1)
    score = order[0].val_score
    return _Kind(done.candidate, finalists, again, max(finalists), pace, score)


def _running(
    candidate: Candidate,
    seconds: Sequence[float],
    epoch: float,
    score: float | None,
    *,
    stacks: bool,
) -> _Kind:
    """Return the durations for a kind of network if its search ended now."""
    finalists = seconds[:NUM_FINALISTS]
    again = seconds[0] if stacks else 0.0  # stacking changes the rounding
    return _Kind(candidate, finalists, again, max(finalists), epoch, score)


def _leading(kinds: Sequence[_Kind], *, maximize: bool) -> list[_Kind]:
    """Return the kinds with the best val score and those with an unknown score."""
    scores = [kind.score for kind in kinds if kind.score is not None]
    best = (max if maximize else min)(scores, default=None)
    return [kind for kind in kinds if kind.score is None or kind.score == best]


def _refit(
    kind: _Kind, prepared: PreparedData, num_workers: int, *, all_members: bool
) -> float:
    """Estimate the duration of the refit and the predictions for a kind of network."""
    members = kind.candidate.members
    if not all_members:
        members = min(members, num_workers)
    rounds = -(-members // num_workers)
    compiling = _COMPILE_PREDICT * _compiling(kind, prepared)
    preparing = 2 * prepared.tuning.seconds  # for the refit and for predictions
    training = rounds * _REFIT * kind.longest
    share = predicted_rows(prepared.data) / len(prepared.data.split.train)
    predicting = _FORWARD * share * members * kind.epoch
    return preparing + training + compiling + predicting


def _compiling(kind: _Kind, prepared: PreparedData) -> float:
    """Return the time to compile a kind's training program, or 0 if it is not compiled.

    If the program was loaded from the cache, this time is short. In that case, the
    programs of later stages are also in the cache.
    """
    training = kind.candidate.training
    values = {path: middle(space) for path, space in training.spaces().items()}
    data = prepared.tuning.training_data
    return data.program(training.with_values(values)).compile_seconds

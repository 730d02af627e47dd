"""Tunes each kind of network, and then compares the kinds."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from assay._errors import RunError
from assay._version import __version__
from assay.experiment._events import Events
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.selection._ahead import Compiling, is_compiled, working_ahead
from assay.experiment.selection._compare_networks import compare_networks, next_best
from assay.experiment.selection._cross_validate import few_val_rows
from assay.experiment.selection._findings import (
    every_trial_diverged,
    not_compiled_in_time,
    too_short,
)
from assay.experiment.selection._machine_slowness import machine_slowness
from assay.experiment.selection._reserved_seconds import seconds_after
from assay.experiment.selection._selection import Selection
from assay.experiment.selection._time_limit import TimeLimit
from assay.training import Checkpoints, wait_for
from assay.tuning import Candidate, Search, Storage, Trial, is_server, search

__all__ = ["select"]

_COMPILE_RICHER = 2.0
"""Time to compile a more complex kind of network, relative to the simplest kind."""


def select(
    prepared: PreparedData, events: Events, *, followed_by_refit: bool = True
) -> Selection:
    """Tune each kind of network and select the one with the lowest validation error.

    Args:
        prepared: candidates, and the data to tune and compare them on.
        events: events of the run, used to store and report the trials.
        followed_by_refit: whether to reserve time for the refit and the test.

    Raises:
        RunError: all trials diverged.
    """
    seconds = prepared.data.experiment.tune.time_seconds
    events.recorder.live("plan", num_trials=prepared.num_trials, time_seconds=seconds)
    checkpoints = events.recorder.checkpoints() or Checkpoints()
    limit = _limit_of(
        prepared, events, checkpoints, followed_by_refit=followed_by_refit
    )
    searches = _search_all(
        prepared,
        events,
        limit=limit,
        checkpoints=checkpoints,
        followed_by_refit=followed_by_refit,
    )
    by_folds = few_val_rows(prepared) and limit.allows_folds(searches)
    best, notes = compare_networks(
        searches, prepared, by_folds=by_folds, checkpoints=checkpoints, limit=limit
    )
    (found,) = [done for done in searches if done.candidate is best.candidate]
    histories = {n: h for done in searches for n, h in done.histories.items()}
    trials = tuple(trial for done in searches for trial in done.trials)
    others = next_best(best, found)
    members = best.candidate.members
    if prepared.data.experiment.members == "auto":
        settings = [best.trial, *(setting.trial for setting in others)]
        members = _members_in_time(settings, found, limit)
    return Selection(
        prepared,
        trials,
        best.trial,
        best.training,
        members,
        histories,
        tuple(notes),
        others,
    )


def _members_in_time(trials: Sequence[Trial], done: Search, limit: TimeLimit) -> int:
    """Return the number of members that can be trained within the time limit.

    Args:
        trials: trials whose settings the members use.
        done: search over the settings of this kind of network.
        limit: time limit of the run.
    """
    longest = max(trials, key=lambda trial: trial.seconds_again)
    return limit.members(replace(done, trials=(longest,)))


def _limit_of(
    prepared: PreparedData,
    events: Events,
    checkpoints: Checkpoints,
    *,
    followed_by_refit: bool,
) -> TimeLimit:
    """Return the time limit of a run, counted from the start of its command."""
    seconds = prepared.data.experiment.tune.time_seconds or math.inf
    num_workers = checkpoints.workers.count
    reserve = partial(
        seconds_after,
        prepared,
        followed_by_refit=followed_by_refit,
        num_workers=num_workers,
        slowness=1.0 if math.isinf(seconds) else machine_slowness(),
    )
    ends = events.started + seconds
    return TimeLimit(ends, seconds, reserve, checkpoints.now, num_workers)


def _search_all(
    prepared: PreparedData,
    events: Events,
    *,
    limit: TimeLimit,
    checkpoints: Checkpoints,
    followed_by_refit: bool,
) -> list[Search]:
    """Search over each candidate's settings while later candidates are compiled."""
    # with a time limit, only programs that are expected to be used are compiled
    ahead = working_ahead(
        () if limit.is_set else prepared.candidates[1:],
        prepared.tuning.training_data,
        seed=prepared.data.experiment.seed,
        followed_by_refit=followed_by_refit,
        workers=checkpoints.workers,
    )
    try:
        with ahead as compiling:
            searches = _search_each(
                _candidates_in_time(prepared, events, limit, compiling),
                prepared,
                events,
                limit=limit,
                checkpoints=checkpoints,
                compiling=compiling,
            )
    except RunError as error:
        events.findings([every_trial_diverged(str(error))])
        raise
    untried = [each.name for each in prepared.candidates[len(searches) :]]
    events.findings(map(not_compiled_in_time, untried))
    return searches


def _candidates_in_time(
    prepared: PreparedData, events: Events, limit: TimeLimit, compiling: Compiling
) -> Sequence[Candidate]:
    """Return the candidates for which there is probably enough time.

    The simplest kind of network is compiled first to measure how long compilation
    takes. While its settings are searched, the other kinds are compiled.
    """
    if not limit.is_set:
        return prepared.candidates
    first, *later = prepared.candidates
    seconds = wait_for(compiling(first))
    if limit.is_too_short:
        events.findings([too_short(limit.seconds, limit.shortest)])
    if limit.left([], [0.0]) < _COMPILE_RICHER * seconds * len(later):
        return [first]
    for candidate in later:
        compiling(candidate)
    return prepared.candidates


def _search_each(
    candidates: Sequence[Candidate],
    prepared: PreparedData,
    events: Events,
    *,
    limit: TimeLimit,
    checkpoints: Checkpoints,
    compiling: Compiling,
) -> list[Search]:
    """Search over the settings of each candidate. Trials are numbered consecutively.

    If the time runs out before a later candidate is compiled, that candidate and the
    following ones are not tried.
    """
    experiment = prepared.data.experiment
    storage = events.recorder.study()
    waiting = sum(candidate.num_trials for candidate in candidates)
    searches: list[Search] = []
    for candidate in candidates:
        # each kind of network gets a share of the remaining search time
        waiting -= candidate.num_trials
        rest = waiting / (waiting + candidate.num_trials)
        earlier = searches[:]
        if earlier and limit.is_set:
            # the duration of its first trial is unknown, so assume only that it is > 0
            left_for_trial = partial(limit.left, earlier, [0.0], with_folds=False)
            if not is_compiled(compiling(candidate), left_for_trial):
                break
        done = search(
            candidate,
            training_data=prepared.tuning.training_data,
            tune=experiment.tune,
            seed=experiment.seed,
            first=sum(len(done.trials) for done in earlier),
            storage=storage,
            study_name=_study_name(candidate, prepared, storage),
            on_trial=partial(events.trial, num_trials=prepared.num_trials),
            clock=limit.clock(earlier, rest),
            checkpoints=checkpoints,
        )
        searches.append(done)
    return searches


def _study_name(
    candidate: Candidate, prepared: PreparedData, storage: Storage | None
) -> str:
    """Return the name of a study. On a server, the name identifies the experiment.

    The number of trials and the time limit are not part of the name, so a search can be
    continued with a higher limit.
    """
    if not is_server(storage):
        return candidate.name
    data = prepared.data
    parts = [data.dataset.fingerprint, data.split.hash, data.experiment.seed]
    words = [__version__, *parts, candidate.training.to_data()]
    text = json.dumps(words, sort_keys=True)
    return f"{candidate.name} {hashlib.sha256(text.encode()).hexdigest()[:16]}"

"""The clock of a search reserves time for cross-validation while it still fits."""

import math
from dataclasses import replace

import pytest
from tests.experiment.selection.trials import TRIAL

from assay import spec
from assay.experiment.selection._time_limit import TimeLimit
from assay.tuning import Candidate, Search


class Now:
    """A clock that the test sets."""

    seconds = 0.0

    def __call__(self):
        return self.seconds


def reserve(searches, seconds, epoch, *, with_folds=True, score=None):
    return 12.0 if with_folds else 3.0


def limit_at(now, ends=20.0, reserve=reserve):
    return TimeLimit(ends, ends, reserve, now, num_workers=2)


def search_of(*durations, members=1):
    """Return a search whose trials have these durations, best first."""
    trials = [
        replace(TRIAL, number=number, val_score=1 - number / 10, duration_seconds=each)
        for number, each in enumerate(durations)
    ]
    training = spec.Training(model=(), cost="squared_error")
    return Search(Candidate("net", training, 9, members), tuple(trials), True, {})


def test_the_search_ends_when_the_folds_just_fit():
    now = Now()
    clock = limit_at(now).clock((), rest=0.0)
    assert clock.has_time()
    now.seconds = 8.5
    assert not clock.has_time()
    assert limit_at(now).allows_folds(())


def test_a_search_that_is_too_late_for_folds_uses_their_time():
    now = Now()
    now.seconds = 9.5  # 12 seconds are needed, and at most 1 second may be exceeded
    limit = limit_at(now)
    assert not limit.allows_folds(())
    clock = limit.clock((), rest=0.0)
    assert clock.has_time()
    now.seconds = 16.9
    assert clock.has_time()
    now.seconds = 17.1
    assert not clock.has_time()


def test_later_searches_get_their_share():
    now = Now()
    clock = limit_at(now).clock((), rest=0.5)  # 8 seconds are left for searches
    now.seconds = 3.9
    assert clock.has_time()
    now.seconds = 4.1
    assert not clock.has_time()


def test_without_a_limit_there_is_always_time():
    now = Now()
    limit = limit_at(now, math.inf)
    assert not limit.is_set
    now.seconds = 1e9
    assert limit.clock((), rest=0.5).has_time()
    assert limit.left(()) == pytest.approx(math.inf)


def test_a_running_trial_that_is_too_long_does_not_rule_out_folds():
    """It is cut, and the search continues with the time for the folds reserved."""

    def reserve(searches, seconds, epoch, *, with_folds=True, score=None):
        return (5 if with_folds else 1) * max(seconds, default=1.0)

    now = Now()
    clock = limit_at(now, reserve=reserve).clock((), rest=0.0)
    clock.update([replace(TRIAL, duration_seconds=1.0)], maximize=True)
    now.seconds = 10.0
    assert clock.has_time(running=1.9)
    assert not clock.has_time(running=2.3)  # too long even if 5% more is allowed
    clock.update([replace(TRIAL, duration_seconds=1.0)], maximize=True)
    now.seconds = 14.0
    assert clock.has_time()
    now.seconds = 15.5
    assert not clock.has_time()


def test_members_are_dropped_only_if_time_is_short():
    def reserve(searches, *measured, with_folds=True):
        return 2.0 * searches[0].candidate.members

    now = Now()
    limit, done = limit_at(now, reserve=reserve), search_of(1.0, members=4)
    for seconds, members in [(12.5, 4), (14.5, 3), (16.5, 2), (18.5, 1), (99.0, 1)]:
        now.seconds = seconds
        assert limit.members(done) == members
    assert limit_at(now, math.inf, reserve).members(done) == 4


def test_another_finalist_needs_time_for_its_folds_and_its_refit():
    def reserve(searches, *measured, with_folds=True):
        return searches[0].best.duration_seconds

    now, done = Now(), search_of(1.0, 2.0)
    limit, (best, other) = limit_at(now, reserve=reserve), done.trials
    now.seconds = 12.9  # 5 folds of 2 seconds on 2 workers, and a refit of 2 seconds
    assert limit.allows_finalist(other, best, done, 0.0)
    assert not limit.allows_finalist(other, best, done, 6.0)
    now.seconds = 13.1
    assert not limit.allows_finalist(other, best, done, 0.0)


def test_a_limit_is_too_short_if_one_training_exceeds_it():
    now = Now()
    limit = limit_at(now)
    now.seconds = 8.9  # 12 seconds are needed, and at most 1 second may be exceeded
    assert not limit.is_too_short
    now.seconds = 9.1
    assert limit.is_too_short
    assert limit.shortest == pytest.approx(21.1)
    assert not limit_at(now, math.inf).is_too_short

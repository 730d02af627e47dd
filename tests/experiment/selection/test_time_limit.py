"""The clock of a search reserves time for cross-validation while it still fits."""

import math
from dataclasses import replace

import pytest
from tests.experiment.selection.trials import TRIAL

from assay.experiment.selection._time_limit import TimeLimit


class Now:
    """A clock that the test sets."""

    seconds = 0.0

    def __call__(self):
        return self.seconds


def reserve(searches, seconds, epoch, *, with_folds=True, score=None):
    return 12.0 if with_folds else 3.0


def limit_at(now, ends=20.0, reserve=reserve):
    return TimeLimit(ends, ends, reserve, now)


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
    assert not clock.has_time(running=2.3)  # too long even if 5 % more is allowed
    clock.update([replace(TRIAL, duration_seconds=1.0)], maximize=True)
    now.seconds = 14.0
    assert clock.has_time()
    now.seconds = 15.5
    assert not clock.has_time()

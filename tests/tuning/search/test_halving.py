"""Successive halving promotes the best trials and saves training time in a search."""

import importlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import spec
from assay.training import Checkpoints
from assay.tuning import Candidate, Clock
from assay.tuning.search._groups import Groups
from assay.tuning.search._halving import KEPT, promoted, rungs

WORTHS = st.lists(st.floats(0, 1) | st.just(math.nan), min_size=1, max_size=9)


@given(WORTHS, WORTHS)
def test_no_one_is_left_behind_a_worse_one(worths, earlier):
    kept = promoted(worths, earlier)
    sound = [(w, k) for w, k in zip(worths, kept, strict=True) if w == w]
    assert all(not k or w == w for w, k in zip(worths, kept, strict=True))
    for worth, goes in sound:
        assert all(more for other, more in sound if goes and other <= worth)


@given(WORTHS.filter(lambda worths: any(w == w for w in worths)))
def test_a_first_group_keeps_a_third(worths):
    kept = promoted(worths, [])
    ties = len(worths) - len({w for w in worths if w == w})
    assert 1 <= sum(kept) <= math.ceil(len(worths) / KEPT) + ties


@given(WORTHS, st.permutations(range(9)))
def test_the_order_decides_nothing(worths, order):
    order = [place for place in order if place < len(worths)]
    kept = promoted(worths, [])
    assert promoted([worths[p] for p in order], []) == [kept[p] for p in order]


def test_rungs_rise():
    assert rungs(27) == [1, 3, 9]
    assert rungs(1) == [1, 1, 1]


@pytest.fixture(scope="module")
def asked(training):
    """Return penalties from negligible to overwhelming."""
    penalty = spec.L2(spec.Log(1e-4, 1e3))
    return training(
        optimizer=spec.SGD(spec.Log(1e-2, 1.0)),
        regularizers=(penalty,),
        num_epochs=27,
    )


def test_the_worse_are_ended_early(run_search, asked):
    how = {"num_trials": 12, "group_size": 6}
    halved, whole = run_search(asked, **how), run_search(asked, pruner="none", **how)
    ended = [trial for trial in halved.trials if trial.state == "pruned"]
    assert 0 < len(ended) < 12
    assert {trial.epochs for trial in ended} <= {1, 3, 9}
    assert {trial.state for trial in whole.trials} == {"complete"}
    assert all(trial.rungs == () for trial in whole.trials)
    updates = [sum(t.iterations for t in found.trials) for found in (halved, whole)]
    assert updates[0] < updates[1]
    # the first group is the same in both searches, so its promotions can be compared
    best = max(trial.val_score for trial in whole.trials[:6])
    assert max(trial.val_score for trial in halved.trials[:6]) == best


def test_a_group_is_judged_by_those_before_it(run_search, asked):
    found = run_search(asked, num_trials=12, group_size=6)
    first, second = found.trials[:6], found.trials[6:]
    for rung in range(3):
        told = [-t.rungs[rung] for t in first if len(t.rungs) > rung]
        group = [t for t in second if len(t.rungs) > rung]
        kept = promoted([-t.rungs[rung] for t in group], told)
        assert [len(t.rungs) > rung + 1 or t.state == "complete" for t in group] == kept


def test_short_trainings_are_left_whole(run_search, asked):
    found = run_search(asked, num_trials=6, group_size=6, pruner="auto")
    assert {trial.state for trial in found.trials} == {"complete"}


def test_trials_are_left_whole_if_members_need_them(run_search, asked, monkeypatch):
    groups = importlib.import_module("assay.tuning.search._groups")
    monkeypatch.setattr(groups, "_WORTH_HALVING", 0)
    how = {"num_trials": 6, "group_size": 6, "pruner": "auto"}
    assert any(t.state == "pruned" for t in run_search(asked, **how).trials)
    whole = run_search(asked, num_settings=4, **how)
    assert {t.state for t in whole.trials} == {"complete"}


def test_a_whole_group_may_be_pruned_at_a_rung_no_trial_went_beyond(
    asked, training_data, made
):
    # the earlier trial was interrupted after its first rung
    best = made(0, state="cut", rungs=(2.0,))
    groups = Groups(
        Candidate("net", asked, 12),
        training_data(),
        spec.Tune(pruner="halving"),
        seed=0,
        clock=Clock(),
        checkpoints=Checkpoints(),
    )
    values = {"optimizer.learning_rate": 0.1, "regularizers[0].strength": 0.01}
    ended = [trial for trial, _ in groups.train([(1, values), (2, values)], [best])]
    groups.close()
    assert [trial.state for trial in ended] == ["pruned", "pruned"]
    assert [trial.epochs for trial in ended] == [1, 1]

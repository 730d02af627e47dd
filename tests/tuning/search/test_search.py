"""A search is reproducible, can stop and resume, and uses no data except its parts."""

import dataclasses
import json
import math
import subprocess
import sys
import time

import numpy as np
import pytest

from assay import RunError, spec
from assay.training import TrainingData
from assay.tuning import Clock, open_storage


def untimed(trials):
    """Return trials as data, without times; nan equals nan."""
    rows = [dataclasses.replace(t, duration_seconds=0.0).to_json() for t in trials]
    return [{n: str(v) if v != v else v for n, v in row.items()} for row in rows]


@pytest.fixture(scope="module")
def found(run_search):
    """Run a search of six settings in groups of two."""
    return run_search()


def test_every_setting_is_within_its_space(found):
    assert [trial.number for trial in found.trials] == list(range(6))
    for trial in found.trials:
        assert set(trial.values) == set(found.candidate.training.spaces())
        assert 1e-3 <= trial.values["optimizer.learning_rate"] <= 1.0
        assert 0.0 <= trial.values["regularizers[0].strength"] <= 0.2
    middle = {"optimizer.learning_rate": 10**-1.5, "regularizers[0].strength": 0.1}
    assert found.trials[0].values == pytest.approx(middle)
    assert len({trial.values["optimizer.learning_rate"] for trial in found.trials}) == 6


def test_best_is_what_val_chose(found):
    scores = [trial.val_score for trial in found.trials]
    assert found.maximize
    assert found.best.val_score == max(scores) > min(scores)
    assert found.training.spaces() == {}
    rate = found.training.optimizer.learning_rate
    assert rate == found.best.values["optimizer.learning_rate"]


def test_each_trial_has_its_history(found):
    assert sorted(found.histories) == list(range(6))
    for trial in found.trials:
        epochs = found.histories[trial.number].epochs
        assert epochs["val_score"][trial.epochs - 1] == trial.val_score


def test_regression_takes_the_lowest_error(run_search, training, training_data):
    found = run_search(training(cost="squared_error"), training_data=training_data(1))
    assert not found.maximize
    assert found.best.val_score == min(trial.val_score for trial in found.trials)


def test_one_seed_gives_the_same_bits(found, run_search, tmp_path):
    assert untimed(run_search().trials) == untimed(found.trials)
    stored = run_search(storage=open_storage(tmp_path / "study.db"))
    assert untimed(stored.trials) == untimed(found.trials)


def test_another_seed_gives_others(found, run_search):
    other = run_search(seed=1)
    assert other.trials[0].values == found.trials[0].values  # the middle
    assert other.trials[0].val_cost != found.trials[0].val_cost  # other initial values
    assert other.trials[1].values != found.trials[1].values


@pytest.mark.parametrize("stop", [1, 2, 4])
def test_goes_on_where_it_was_stopped(found, run_search, tmp_path, stop):
    storage = open_storage(tmp_path / "study.db")
    told = []

    def interrupt(trial):
        if len(told) == stop:
            raise KeyboardInterrupt
        told.append(trial)

    with pytest.raises(KeyboardInterrupt):
        run_search(storage=storage, on_trial=interrupt)
    after = []
    whole = run_search(storage=storage, on_trial=after.append)
    assert untimed(whole.trials) == untimed(found.trials)
    assert untimed(told) == untimed(found.trials)[:stop]
    kept = stop // 2 * 2  # whole groups
    assert untimed(after) == untimed(found.trials)[kept:]
    assert sorted(whole.histories) == list(range(kept, 6))


def test_a_finished_search_trains_nothing_again(found, run_search, tmp_path):
    storage = open_storage(tmp_path / "study.db")
    run_search(storage=storage)
    after = []
    again = run_search(storage=storage, on_trial=after.append)
    assert after == []
    assert untimed(again.trials) == untimed(found.trials)
    assert again.best.number == found.best.number


def test_numbers_go_on_from_the_first(run_search):
    found = run_search(num_trials=3, first=7)
    assert [trial.number for trial in found.trials] == [7, 8, 9]
    assert sorted(found.histories) == [7, 8, 9]


def test_groups_end_in_order_and_with_the_goal(run_search):
    told = []
    run_search(num_trials=5, group_size=3, on_trial=lambda t: told.append(t.number))
    assert told == [0, 1, 2, 3, 4]


def test_without_a_space_there_is_one_trial(run_search, training):
    fixed = training(optimizer=spec.SGD(0.1), regularizers=())
    found = run_search(fixed, num_trials=9)
    assert len(found.trials) == 1
    assert found.trials[0].values == {}
    assert found.training == fixed


def test_ties_take_the_smaller_net(run_search, training, training_data):
    """Draw two clouds so far apart that every network separates them."""
    targets = np.arange(32, dtype=np.int32) % 2
    inputs = np.float32(np.stack([targets, 1 - targets], axis=1))
    rows = inputs, targets
    asked = training(
        model=(spec.Dense(spec.Choice(4, 2)), spec.Tanh()),
        optimizer=spec.SGD(1.0),
        regularizers=(),
        num_epochs=20,
    )
    found = run_search(
        asked,
        training_data=type(training_data()).of(rows, rows, num_classes=2),
        num_trials=4,
    )
    sizes = {trial.num_parameters for trial in found.trials}
    assert len(sizes) > 1
    assert {trial.val_score for trial in found.trials} == {1.0}
    assert found.best.num_parameters == min(sizes)
    assert found.trials[0].num_parameters == max(sizes)


def test_budget_of_time_ends_it_early(run_search, training):
    asked = training(num_epochs=50)
    found = run_search(asked, num_trials=500, time_seconds=0.5)
    assert 0 < len(found.trials) < 500
    assert all(trial.state in ("complete", "pruned", "cut") for trial in found.trials)
    assert found.best.sound


def test_no_time_at_all_still_gives_a_choice(run_search, training):
    found = run_search(training(num_epochs=100), time_seconds=1e-9)
    assert [trial.state for trial in found.trials] == ["cut"]
    assert found.best in found.trials
    assert found.best.epochs == 1


def test_what_follows_has_its_time(run_search, training):
    """The reserve is computed from the trials so far and then kept."""
    asked_with = []

    def reserve(seconds):
        asked_with.append(len(seconds))
        return 1e9 if len(seconds) > 1 else 0.0

    clock = Clock(time.monotonic() + 1e6, reserve)
    found = run_search(training(), num_trials=6, group_size=2, clock=clock)
    assert asked_with[-1] == 2
    assert set(asked_with[:-1]) == {1}
    assert len(found.trials) == 2


def test_what_follows_a_long_first_trial_has_its_time(run_search, training):
    """Before the first trial ends, the reserve grows with its training time."""
    reached = []

    def reserve(seconds):
        reached.append(seconds[0] > 0.3)
        return 1e9 * any(reached)

    clock = Clock(time.monotonic() + 1e6, reserve)
    endless = training(num_epochs=1_000_000)
    found = run_search(endless, num_trials=6, clock=clock, pruner="none")
    assert {trial.state for trial in found.trials} == {"cut"}


def test_compiling_does_not_count_as_training(run_search, training, training_data):
    """Otherwise, the time of short trials would include their compilation."""
    asked, rows = training(model=(spec.Dense(13), spec.Tanh())), training_data()
    program = rows.program(asked.with_values(dict.fromkeys(asked.spaces(), 0.1)))
    seen = []

    def reserve(seconds):
        seen.append((seconds[0] > 0, program.compiled))
        return 0.0

    clock = Clock(time.monotonic() + 1e6, reserve)
    run_search(asked, num_trials=2, training_data=rows, clock=clock, pruner="none")
    assert seen[0] == (False, False)
    assert (True, True) in seen
    assert (True, False) not in seen


SHARING = """
import json, sys
import numpy as np
from assay import spec
from assay.training import TrainingData
from assay.tuning import Candidate, open_storage, search

rng = np.random.default_rng(0)
inputs = rng.normal(size=(64, 3)).astype("float32")
rows = inputs, (inputs[:, 0] > 0).astype("int32")
asked = spec.Training(model=(), cost="binary_cross_entropy", batch_size=8,
    optimizer=spec.SGD(spec.Log(1e-3, 1.0)), regularizers=(), num_epochs=400)
found = search(
    Candidate("net", asked, 12), seed=0, storage=open_storage(sys.argv[1]),
    training_data=TrainingData.of(rows, rows, num_classes=2),
    tune=spec.Tune(group_size=2, pruner="none"),
)
print(json.dumps([sorted(found.histories), [t.number for t in found.trials]]))
"""


@pytest.mark.slow
def test_two_processes_share_a_study(tmp_path):
    path = tmp_path / "study.db"  # both create it
    command = [sys.executable, "-c", SHARING, str(path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    ends = [json.loads(process.communicate(timeout=120)[0]) for process in both]
    own = [set(trained) for trained, _ in ends]
    assert not own[0] & own[1], "no trial was run twice"
    assert own[0] | own[1] == set(range(12))
    assert [numbers for _, numbers in ends] == [list(range(12))] * 2


@pytest.fixture(scope="module")
def unstable(training):
    """Return a spec that diverges above some learning rate."""
    return training(
        cost="squared_error",
        optimizer=spec.SGD(spec.Log(1e-3, 1e9)),
        regularizers=(),
        num_epochs=60,
    )


def test_some_that_diverge_are_left_out(run_search, unstable, training_data):
    found = run_search(
        unstable, training_data=training_data(1), sampler="random", pruner="none"
    )
    states = {trial.state for trial in found.trials}
    assert states == {"complete", "diverged"}
    assert found.best.state == "complete"
    sound = [t.val_score for t in found.trials if t.state == "complete"]
    assert found.best.val_score == min(sound)


@pytest.mark.parametrize("pruner", ["halving", "none"])
def test_all_that_diverge_are_an_error(run_search, unstable, training_data, pruner):
    asked = unstable.with_values({"optimizer.learning_rate": "log(1e7, 1e9)"})
    told = []
    how = {"num_trials": 4, "pruner": pruner, "on_trial": told.append}
    with pytest.raises(RunError, match=r"^All \d trials diverged \(at iter"):
        run_search(asked, training_data=training_data(1), **how)
    whole = [trial for trial in told if trial.state != "pruned"]
    assert len(told) == 4
    assert whole and {trial.state for trial in whole} == {"diverged"}
    assert all(math.isfinite(trial.diverged_at) for trial in whole)


def test_a_fault_in_a_trial_reaches_the_caller(run_search, training):
    asked = training(model=(spec.Dense(2, initializer="wrong"),))
    with pytest.raises(Exception, match="wrong"):
        run_search(asked)


def test_val_rows_are_judged_on_and_never_learned_from(
    found, run_search, training_data, drawn
):
    """Other val targets give the same trained parameters, but other scores."""
    train, (inputs, targets) = drawn()
    other = type(training_data()).of(train, (inputs, 1 - targets), num_classes=2)
    opposite = run_search(training_data=other, num_trials=2)
    for number, trial in enumerate(opposite.trials):
        same = found.trials[number]
        assert trial.train_cost == same.train_cost
        assert trial.val_score == pytest.approx(1 - same.val_score)


def test_nothing_but_train_and_val_is_at_hand(drawn):
    """A search does not accept any other rows."""
    names = [field.name for field in dataclasses.fields(TrainingData)]
    assert names == [
        "train",
        "val",
        "num_classes",
        "class_shares",
        "balanced",
        "initial_values",
    ]
    train, val = drawn()
    part = TrainingData.of(train, val, num_classes=2)
    assert (int(part.train.count), int(part.val.count)) == (40, 16)
    for held, (inputs, _) in ((part.train, train), (part.val, val)):
        count = len(inputs)
        np.testing.assert_array_equal(np.asarray(held.inputs)[:count], inputs)
        assert not np.asarray(held.inputs)[count:].any()


def test_a_long_running_trial_may_have_to_be_trained_again():
    now = 0.0
    clock = Clock(100.0, lambda seconds: 2 * max(seconds), now=lambda: now)
    clock.begin()
    assert clock.has_time(running=40)
    assert not clock.has_time(running=60)
    clock.update([], maximize=True)  # the next group of trials begins
    now = 60.0
    assert clock.has_time(running=19)
    assert not clock.has_time(running=21)

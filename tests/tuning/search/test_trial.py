"""A trial trains its setting, is judged on val and records how it ended."""

import math

import numpy as np
import pytest

from assay import spec
from assay.training import Resumable
from assay.tuning import Running, Trial

RATE = {"optimizer.learning_rate": 0.3, "regularizers[0].strength": 0.01}


def run_trial(number, asked, values, *, training_data, seed, **how):
    """Run a single trial, and return it with its records."""
    fit = training_data.fit(asked.with_values(values), seed=seed)
    running = Running(number, values, Resumable(fit), training_data.num_classes > 1)
    running.advance(**how)
    return running.trial(), fit.history


def test_values_take_the_place_of_the_spaces(training_data, training):
    part = training_data()
    trial, history = run_trial(5, training(), RATE, training_data=part, seed=3)
    fixed = training(optimizer=spec.SGD(0.3), regularizers=(spec.L2(0.01),))
    fit = part.fit(fixed, seed=3).run()
    assert trial.number == 5
    assert trial.values == RATE
    assert trial.state == "complete"
    assert (trial.iterations, trial.total_iterations, trial.epochs) == (3, 3, 3)
    assert trial.num_parameters == 4
    for name, column in fit.history.epochs.items():
        np.testing.assert_array_equal(history.epochs[name], column)
        assert getattr(trial, name) == column[-1]
    assert set(history.iterations["learning_rate"]) == {np.float32(0.3)}


def test_scores_are_those_of_the_kept_parameters(training_data, training):
    """With early stopping, the best parameters on val are kept, not the last."""
    stopping = (spec.L2(0.0), spec.EarlyStopping(3))
    asked = training(regularizers=stopping, num_epochs=30)
    values = {"optimizer.learning_rate": 40.0}
    trial, history = run_trial(0, asked, values, training_data=training_data(), seed=0)
    costs = history.epochs["val_cost"]
    best = int(np.argmin(costs))
    assert trial.epochs == len(costs) == best + 1 + 3 < 30
    assert trial.iterations == best + 1
    assert trial.total_iterations == 30
    assert trial.val_cost == costs[best] < costs[-1]
    assert trial.val_score == history.epochs["val_score"][best]
    assert trial.train_cost == history.epochs["train_cost"][best]
    assert trial.train_score == history.epochs["train_score"][best]


def test_regression_is_scored_by_its_squared_error(training_data, training):
    part = training_data(num_classes=1)
    asked = training(cost="absolute_error")
    trial, _ = run_trial(0, asked, RATE, training_data=part, seed=0)
    fixed = training(cost="absolute_error").with_values(RATE)
    fit = part.fit(fixed, seed=0).run()
    inputs, targets, count, *_ = part.val
    rows = slice(int(count))
    found = fit.program.predict(fit.last().model, fit.hyperparameters, inputs)
    squares = np.square(np.asarray(found) - targets)[rows]
    assert trial.val_score == pytest.approx(squares.mean(), rel=1e-5)
    assert trial.val_cost == pytest.approx(np.sqrt(squares).mean(), rel=1e-5)


def test_balanced_score_is_the_mean_recall(training_data, training, drawn):
    (inputs, _), (others, _) = drawn()
    # one in four rows is in class 1, in train as well as in val
    train = np.where(np.arange(40) % 4, 0, 1).astype(np.int32)
    val = np.where(np.arange(16) % 4, 0, 1).astype(np.int32)
    inputs = inputs + 0.8 * train[:, None]
    others = others + 0.8 * val[:, None]
    make = type(training_data()).of
    lean = make((inputs, train), (others, val), num_classes=2, balanced=True)
    trial, _ = run_trial(0, training(), RATE, training_data=lean, seed=0)
    fit = lean.fit(training().with_values(RATE), seed=0).run()
    rights = fit.program.scores(fit.last().model, fit.hyperparameters, lean.val)
    recalls = [rights[val == label].mean() for label in (0, 1)]
    assert recalls[0] != recalls[1]
    assert trial.val_score == pytest.approx(np.mean(recalls))


@pytest.mark.parametrize("steps", [1, 2])
def test_one_cut_short_has_been_judged(training_data, training, steps):
    """A search whose time has run out still has a trial to select."""
    asked = training(num_epochs=100)
    answers = iter([True] * steps + [False] * 100)
    trial, history = run_trial(
        0,
        asked,
        RATE,
        training_data=training_data(),
        seed=0,
        has_time=lambda: next(answers),
    )
    assert trial.state == "cut"
    assert trial.sound
    assert 0 < trial.iterations < 100
    assert trial.total_iterations == 100
    assert trial.epochs == len(history.epochs["val_cost"]) == trial.iterations
    assert trial.val_score == history.epochs["val_score"][-1]


def test_one_that_diverges_ends_there_and_says_when(training_data, training, drawn):
    (inputs, targets), val = drawn(num_classes=1)
    huge = type(training_data(1)).of((inputs * 1e18, targets), val, num_classes=1)
    asked = training(cost="squared_error", num_epochs=200)
    trial, history = run_trial(0, asked, RATE, training_data=huge, seed=0)
    assert trial.state == "diverged"
    assert not trial.sound
    costs = history.iterations["cost"]
    assert trial.diverged_at == np.flatnonzero(~np.isfinite(costs))[0]
    assert trial.epochs == trial.diverged_at + 1 < 200


def test_reads_back_from_plain_data(made):
    trial = made(3, 0.25, values={"batch_size": 16}, diverged_at=None)
    assert Trial(**trial.to_json()) == trial
    broken = made(4, math.nan, state="diverged", diverged_at=9)
    back = Trial(**broken.to_json())
    assert math.isnan(back.val_score)
    assert (back.state, back.diverged_at, back.sound) == ("diverged", 9, False)


def test_goes_on_after_a_rung_as_if_it_had_not_stopped(training_data, training):
    part, asked = training_data(), training(num_epochs=9)
    whole, _ = run_trial(0, asked, RATE, training_data=part, seed=0)
    fit = part.fit(asked.with_values(RATE), seed=0)
    running = Running(0, RATE, Resumable(fit), True)
    running.advance(2)
    assert fit.epoch == 2 and running.num_epochs == 9
    scores = fit.history.epochs["val_score"]
    assert running.judge() == max(scores[:2])
    running.advance()
    parted = running.trial().to_json() | {"duration_seconds": 0.0, "rungs": ()}
    assert parted == whole.to_json() | {"duration_seconds": 0.0}


def test_pruned_says_so(training_data, training):
    fit = training_data().fit(training().with_values(RATE), seed=0)
    running = Running(0, RATE, Resumable(fit), True)
    running.advance(1)
    running.judge()
    running.pruned = True
    trial = running.trial()
    assert (trial.state, trial.epochs, trial.sound) == ("pruned", 1, False)
    assert trial.rungs == (trial.val_score,)

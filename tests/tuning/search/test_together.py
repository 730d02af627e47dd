"""Stacked trials compile once and give the same results as separate trials."""

import numpy as np
import pytest

from assay import spec

STATES = ("number", "values", "state", "epochs", "iterations", "total_iterations")
COSTS = ("val_cost", "train_cost")


def assert_alike(stacked, apart):
    for one, other in zip(stacked.trials, apart.trials, strict=True):
        for name in STATES:
            assert getattr(one, name) == getattr(other, name), name
        for name in COSTS:
            ours, theirs = getattr(one, name), getattr(other, name)
            assert ours == pytest.approx(theirs, rel=1e-4, nan_ok=True), name
        assert one.rungs == pytest.approx(other.rungs, rel=1e-4)


@pytest.fixture(scope="module")
def asked(training):
    """Return a network with dropout and early stopping."""
    return training(
        model=(spec.Dense(8), spec.Tanh(), spec.Dropout(spec.Uniform(0.0, 0.5))),
        regularizers=(spec.EarlyStopping(4),),
        batch_size=8,
        num_epochs=27,
    )


def test_equals_each_by_itself(run_search, asked):
    how = {"num_trials": 7, "group_size": 4}
    stacked = run_search(asked, together="stacked", **how)
    apart = run_search(asked, together="apart", **how)
    assert_alike(stacked, apart)
    assert {t.state for t in stacked.trials} == {"complete", "pruned"}
    for number, history in stacked.histories.items():
        ours = history.iterations["cost"]
        np.testing.assert_allclose(
            ours, apart.histories[number].iterations["cost"], rtol=2e-3
        )


def test_one_compilation_serves_every_group(run_search, asked, training_data):
    part = training_data()
    program = part.program(
        asked.with_values({p: s.ends()[0] for p, s in asked.spaces().items()})
    )
    run_search(
        asked, training_data=part, together="stacked", num_trials=7, group_size=4
    )
    assert program.num_traces <= 1 + 1  # stacked, and the last one alone


def test_those_of_other_shapes_are_grouped(run_search, training):
    wide = training(
        model=(spec.Dense(spec.Choice(2, 4)), spec.Tanh()),
        num_epochs=spec.Integer(2, 3),
    )
    how = {"num_trials": 8, "group_size": 8, "pruner": "none"}
    assert_alike(
        run_search(wide, together="stacked", **how),
        run_search(wide, together="apart", **how),
    )


def test_same_seed_same_bits(run_search, asked):
    how = {"num_trials": 4, "group_size": 4, "together": "stacked"}
    one, other = run_search(asked, **how), run_search(asked, **how)
    assert [t.val_cost for t in one.trials] == [t.val_cost for t in other.trials]


def test_one_that_diverges_leaves_the_others_alone(run_search, training, training_data):
    unstable = training(
        cost="squared_error",
        optimizer=spec.SGD(spec.Log(1e-3, 1e9)),
        regularizers=(),
        num_epochs=60,
    )
    how = {"training_data": training_data(1), "sampler": "random", "pruner": "none"}
    stacked = run_search(unstable, together="stacked", **how)
    apart = run_search(unstable, together="apart", **how)
    assert [t.state for t in stacked.trials] == [t.state for t in apart.trials]
    assert "diverged" in {t.state for t in stacked.trials}
    assert stacked.best.number == apart.best.number

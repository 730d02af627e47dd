"""Pausing, saving and restoring a fit does not change a single bit of its results."""

import jax
import numpy as np
import pytest

from assay import spec

NUM_ITERATIONS = {1: 523, 7: 103, "all": 37}  # several calls; ends within an epoch


def left(fit):
    """Return all results of a fit."""
    return {
        "state": jax.device_get(fit.state),
        "iterations": fit.history.iterations,
        "epochs": fit.history.epochs,
        "iteration": fit.iteration,
        "result": fit.result(),
    }


def by_iteration(fit):
    while not fit.done:
        fit.advance(iterations=1)


def by_epoch(fit):
    while not fit.done:
        fit.advance()


def by_odd_steps(fit):
    steps = iter([3, 1, 40, 2, 2, 77])
    while not fit.done:
        fit.advance(iterations=next(steps, 150))
        fit.advance(epochs=2)


@pytest.fixture(scope="module", params=NUM_ITERATIONS, ids=lambda b: f"batch {b}")
def begin(request, start, training, everything):
    """Return a function that starts a fit for each batch size; at 7 it stops early."""
    batch_size = request.param
    asked = everything.with_values({"batch_size": batch_size})
    if batch_size != 7:
        values = {"regularizers[2].patience_epochs": 1000}
        asked = asked.with_values(values)
    if batch_size == 1:  # batch normalization would leave only its bias
        layers = [v for v in asked.to_data()["model"] if v["kind"] != "batch_norm"]
        asked = asked.with_values({"model": layers})
    return lambda **how: start(asked, num_iterations=NUM_ITERATIONS[batch_size], **how)


@pytest.fixture(scope="module")
def whole(begin):
    """Return a fit that was run to completion in one call."""
    return begin().run()


def test_the_fit_does_what_it_is_tested_for(whole):
    """The fit learns, and ends early or within an epoch."""
    costs = whole.history.epochs["train_cost"]
    assert costs[-1] < costs[0]
    if whole.program.batch_size == 7:
        assert whole.iteration < whole.num_iterations
        assert whole.result().iteration < whole.iteration
    elif whole.program.batch_size == 1:
        assert whole.iteration % whole.iterations_per_epoch > 0
    assert whole.diverged_at is None


@pytest.mark.parametrize("go", [by_iteration, by_epoch, by_odd_steps])
def test_cut_in_any_way_it_is_the_same(begin, whole, assert_same, go):
    fit = begin()
    go(fit)
    assert fit.done
    assert_same(left(fit), left(whole))


def test_saved_and_restored_at_any_place_it_is_the_same(
    begin, whole, assert_same, tmp_path
):
    """The fit pauses between epochs, within one, at the start and at the end."""
    per_epoch = whole.iterations_per_epoch
    for place in (0, 1, per_epoch, per_epoch + 1, 17 * per_epoch, 10**6):
        fit = begin()
        fit.advance(iterations=place)
        fit.save(tmp_path / "fit.safetensors")
        again = begin()
        again.advance(iterations=2)  # the original is discarded
        again.restore(tmp_path / "fit.safetensors")
        assert_same(left(again), left(fit))
        assert_same(left(again.run()), left(whole))


def test_another_seed_is_another_fit(begin, whole):
    other = begin(seed=1)
    other.advance()
    ours, theirs = (f.history.iterations["cost"][0] for f in (other, whole))
    assert ours != theirs


def test_progress_is_told_after_each_call(begin, whole, assert_same):
    seen = []
    fit = begin().run(lambda fit: seen.append(fit.iteration))
    assert_same(left(fit), left(whole))
    assert seen == sorted(set(seen))
    assert seen[-1] == fit.iteration


def test_records_have_a_row_an_iteration_and_a_row_an_epoch(whole):
    iterations, epochs = whole.history.iterations, whole.history.epochs
    assert list(iterations) == ["cost", "gradient_norm", "learning_rate"]
    assert list(epochs) == ["train_cost", "train_score", "val_cost", "val_score"]
    for columns, count in ((iterations, whole.iteration), (epochs, whole.epoch)):
        for name, column in columns.items():
            assert column.shape == (count,), name
            assert np.isfinite(column).all(), name


def test_an_advance_stops_where_it_is_asked_to(start, training):
    fit = start(training(), num_iterations=12)
    places = []
    for how in ({"iterations": 2}, {}, {"epochs": 1}, {"iterations": 1}, {}, {}):
        fit.advance(**how)
        places.append((fit.iteration, fit.epoch, fit.done))
    assert fit.iterations_per_epoch == 5
    assert places == [
        (2, 0, False),
        (5, 1, False),
        (10, 2, False),
        (11, 2, False),
        (12, 2, True),
        (12, 2, True),
    ]


def test_dropout_masks_follow_the_iteration_and_the_seed(start, linear):
    """At a learning rate close to 0, only the masks differ."""
    asked = linear(model=(spec.Dropout(0.5),), optimizer=spec.SGD(1e-30))
    costs = [
        start(asked, seed=seed, num_iterations=6).run().history.iterations["cost"]
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(costs[0], costs[1])
    assert len(set(costs[0])) == 6
    assert not set(costs[0]) & set(costs[2])

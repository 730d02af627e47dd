"""Early stopping, plateaus and divergence affect when a fit ends and what it keeps."""

import jax
import numpy as np
import pytest

from assay import spec
from assay.training import pad


@pytest.fixture
def contrary(problem):
    """A problem in which val contradicts train, so val only gets worse."""
    data = problem()
    inputs, targets = data.train.inputs[:15], data.train.targets[:15]
    data = data._replace(train=pad(inputs, targets, 32))
    return data.with_val(inputs, (targets + 1) % 3)


@pytest.fixture
def agreeing(problem):
    """A problem in which train contains val, so val only improves."""
    data = problem()
    return data.with_val(data.train.inputs[:15], data.train.targets[:15])


def stopping(linear, patience=3, least=0.0):
    """Return a training spec with early stopping and a small constant rate."""
    early = spec.EarlyStopping(patience, least)
    return linear(regularizers=[early], optimizer=spec.SGD(0.1), num_epochs=40)


def from_zero(fit):
    """Return the fit with every parameter set to 0."""
    zeros = jax.tree.map(np.zeros_like, fit.state.parameters)
    fit.state = fit.state._replace(parameters=zeros)
    return fit


@pytest.mark.parametrize("patience", [1, 3])
def test_it_stops_after_its_patience_and_keeps_the_best(
    start, linear, contrary, assert_same, patience
):
    fit = from_zero(start(stopping(linear, patience), contrary)).run()
    val = fit.history.epochs["val_cost"]
    assert (np.diff(val) > 0).all()
    assert len(val) == 1 + patience
    assert fit.done and fit.iteration == 1 + patience
    result = fit.result()
    assert result.iteration == 1
    once = from_zero(start(stopping(linear), contrary))
    once.advance(iterations=1)
    assert_same(result.parameters, once.last().parameters)
    with pytest.raises(AssertionError):
        assert_same(result.parameters, fit.last().parameters)


def test_nothing_runs_after_the_stop(start, linear, contrary, assert_same):
    fit = start(stopping(linear), contrary).run()
    before = fit.last()
    fit.advance()
    fit.advance(iterations=3)
    fit.run()
    assert_same(fit.last(), before)


def test_it_goes_on_while_val_improves(start, linear, agreeing, assert_same):
    fit = start(stopping(linear, patience=1), agreeing).run()
    assert (np.diff(fit.history.epochs["val_cost"]) < 0).all()
    assert fit.iteration == fit.num_iterations == 40
    assert fit.result().iteration == 40
    assert_same(fit.result().parameters, fit.last().parameters)


def test_too_small_an_improvement_is_none(start, linear, agreeing):
    fit = start(stopping(linear, least=10.0), agreeing).run()
    assert fit.iteration == 1 + 3
    assert fit.result().iteration == 1


def test_the_best_is_the_least_val_cost_of_all(start, everything, problem):
    data = problem()
    fit = start(everything, data, num_iterations=200).run()
    val = fit.history.epochs["val_cost"]
    best = int(np.argmin(val))
    assert fit.result().iteration == (best + 1) * fit.iterations_per_epoch
    assert len(val) == min(best + 1 + 4, 40)


def test_without_a_val_part_it_runs_to_its_end(start, linear, contrary):
    fit = start(stopping(linear), contrary.without_val()).run()
    assert np.isnan(fit.history.epochs["val_cost"]).all()
    assert np.isfinite(fit.history.epochs["train_cost"]).all()
    assert fit.iteration == fit.result().iteration == 40


def factors(values, patience, decay):
    """Compute the factor in each epoch directly from the rule."""
    best, stale, factor, course = np.inf, 0, 1.0, []
    for value in values:
        course.append(factor)
        best, stale = (value, 0) if value < best else (best, stale + 1)
        if stale > patience:
            stale, factor = 0, factor * decay
    return course


@pytest.mark.parametrize("part", ["val", "train"])
def test_on_a_plateau_the_learning_rate_drops(start, training, contrary, part):
    """Without val, as in a refit, the schedule depends on the train cost."""
    schedule = spec.OnPlateau(2, 0.5)
    asked = training(schedule=schedule, batch_size="all", num_epochs=12)
    if part == "val":
        fit = start(asked, contrary).run()
    else:
        asked = asked.with_values({"optimizer.learning_rate": 100.0})
        fit = start(asked, contrary.without_val()).run()
    watched = fit.history.epochs[f"{part}_cost"]
    rates = fit.history.iterations["learning_rate"]
    expected = np.array(factors(watched, 2, 0.5)) * asked.optimizer.learning_rate
    np.testing.assert_allclose(rates, expected, rtol=1e-6)
    assert len(set(rates)) > 1


def diverging(training, learning_rate):
    """Return a spec with gradient descent, squared errors and early stopping."""
    return training(
        cost="squared_error",
        optimizer=spec.SGD(learning_rate),
        regularizers=[spec.EarlyStopping(50)],
        batch_size=7,
        num_epochs=20,
    )


@pytest.mark.parametrize("cut", [False, True])
def test_a_training_that_diverges_stops_and_says_where(start, training, problem, cut):
    """A diverged fit stops at the end of the epoch without raising an error."""
    fit = start(diverging(training, 1e4), problem(1))
    if cut:
        while not fit.done:
            fit.advance(iterations=1)
    fit.run()
    costs = fit.history.iterations["cost"]
    first = int(np.argmin(np.isfinite(costs)))
    assert not np.isfinite(costs[first])
    assert fit.diverged_at == first
    assert fit.done
    assert fit.iteration == (first // 5 + 1) * 5 < fit.num_iterations
    assert not np.isfinite(fit.history.epochs["train_cost"][-1])


def test_a_training_that_diverges_keeps_the_best_before(start, training, problem):
    fit = start(diverging(training, 0.01), problem(1))
    fit.advance()
    assert fit.diverged_at is None
    fit.hyperparameters = fit.hyperparameters.with_learning_rate(1e30)
    fit.run()
    assert fit.diverged_at is not None
    assert fit.result().iteration == 5
    for layer in fit.result().parameters.values():
        assert all(np.isfinite(array).all() for array in layer.values())

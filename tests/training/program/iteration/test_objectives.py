"""Every cost trains, so minimized costs fall and maximized costs rise."""

import numpy as np
import pytest

from assay import costs, spec
from assay._errors import InputError

NUM_CLASSES = {"binary": 2, "multiclass": 3, "regression": 1}


@pytest.mark.parametrize("kind", costs.REGISTRY)
def test_the_objective_falls(start, linear, problem, kind):
    """Return a linear network with small full-batch updates, which is nearly convex."""
    loss = costs.get(kind)
    data = problem(NUM_CLASSES[loss.tasks[-1]])
    if kind == "poisson_likelihood":
        counts = np.round(np.exp(data.train.targets / 2))
        data = data._replace(train=data.train._replace(targets=np.float32(counts)))
    fit = start(linear(cost=kind), data, num_iterations=30).run()
    course = fit.history.epochs["train_cost"]
    assert (np.diff(course) < 0).all()
    assert fit.program.network.num_outputs == loss.num_outputs(data.num_classes)


def test_maximum_likelihood_is_minimum_cross_entropy(start, linear, problem):
    """The same fit under another name gives identical numbers."""
    fits = [
        start(linear(cost=cost), problem(), num_iterations=20).run()
        for cost in ("cross_entropy", "log_likelihood")
    ]
    one, other = (fit.history.iterations["cost"] for fit in fits)
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_a_gaussian_likelihood_learns_mean_and_variance(start, linear, problem):
    """Return targets independent of the inputs, with mean 2 and variance 0.25."""
    data = problem(1)
    rng = np.random.default_rng(1)
    targets = np.float32(2 + 0.5 * rng.normal(size=32))
    zeros = np.zeros_like(data.train.inputs)
    data = data._replace(train=data.train._replace(inputs=zeros, targets=targets))
    asked = linear(cost="gaussian_likelihood", optimizer=spec.SGD(0.2))
    fit = start(asked, data, num_iterations=1000).run()
    mean, log_variance = fit.last().parameters["output"]["bias"]
    assert mean == pytest.approx(targets[:30].mean(), abs=1e-3)
    assert np.exp(log_variance) == pytest.approx(targets[:30].var(), rel=1e-2)


def test_bfloat16_is_near_float32_and_keeps_its_parameters(start, training, problem):
    fits = [
        start(training(precision=precision), problem(), num_iterations=40).run()
        for precision in ("float32", "bfloat16")
    ]
    exact, rough = (fit.history.epochs["train_cost"] for fit in fits)
    np.testing.assert_allclose(rough, exact, rtol=0.05)
    assert (rough != exact).all()
    assert rough[-1] < 0.8 * rough[0]
    for layer in fits[1].last().parameters.values():
        assert all(array.dtype == np.float32 for array in layer.values())


def test_penalties_hold_the_weights_small(start, linear, problem):
    """The recorded cost excludes the penalty, which applies only to kernels."""

    def kernels(kind, strength):
        kinds = {"l1": 0.0, "l2": 0.0, kind: strength}
        held = [{"kind": k, "strength": v} for k, v in kinds.items()]
        fit = start(linear(regularizers=held), problem(), num_iterations=100).run()
        first = fit.history.iterations["cost"][0]
        return np.abs(fit.last().parameters["output"]["kernel"]).sum(), first

    for kind in ("l1", "l2"):
        (free, cost), (held, same_cost) = kernels(kind, 0.0), kernels(kind, 0.3)
        assert held < 0.5 * free
        assert same_cost == cost


def test_updates_follow_the_schedule_and_the_bound(start, linear, problem):
    """With gradient descent, the update norm is the rate times the gradient norm."""
    for bound in (1e9, 0.01):
        asked = linear(schedule=spec.Linear(), optimizer=spec.SGD(1.0), clip_norm=bound)
        fit = start(asked, problem(), num_iterations=6)
        lengths = []
        while not fit.done:
            before = fit.last().parameters["output"]
            fit.advance(iterations=1)
            after = fit.last().parameters["output"]
            squares = [((after[k] - before[k]) ** 2).sum() for k in before]
            lengths.append(np.sqrt(sum(squares)))
        rates = fit.history.iterations["learning_rate"]
        np.testing.assert_allclose(rates, 1 - np.arange(6) / 6, rtol=1e-6)
        norms = fit.history.iterations["gradient_norm"]
        assert (norms > 0.01).all()
        np.testing.assert_allclose(lengths, rates * np.minimum(norms, bound), rtol=1e-4)


def test_dropout_follows_its_schedule(start, training, problem):
    """A rate that drops to a quarter after half of the updates."""
    model = (spec.Dense(8), spec.Tanh(), spec.Dropout(0.4))
    asked = training(model=model, dropout_schedule=spec.Step(0.5, 0.25))
    fit = start(asked, problem(), num_iterations=10).run()
    by_hand = start(training(model=model), problem(), num_iterations=10)
    by_hand.advance(iterations=5)
    rate = {"dropout1": {"rate": np.float32(0.1)}}
    by_hand.hyperparameters = by_hand.hyperparameters._replace(model=rate)
    by_hand.run()
    kernels = [f.last().parameters["dense1"]["kernel"] for f in (fit, by_hand)]
    np.testing.assert_allclose(*kernels, rtol=1e-5, atol=1e-6)
    assert fit.hyperparameters.model["dropout1"]["rate"] == np.float32(0.4)


def test_dropout_cannot_follow_a_plateau(start, training, problem):
    asked = training(dropout_schedule=spec.OnPlateau())
    with pytest.raises(InputError, match="dropout_schedule != on_plateau"):
        start(asked, problem())


def test_only_dropout_layers_have_a_rate():
    """The schedule of dropout rates recognizes them by this name."""
    with_rate = {
        name
        for name, layer in spec.Layer.members.items()
        if "rate" in layer.model_fields
    }
    assert with_rate == {"dropout", "spatial_dropout"}

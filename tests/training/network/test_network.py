"""A network consists of pure functions and predicts as it was trained."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay import costs, spec
from assay.training import History, Network


def test_parameters_come_back_in_the_order_of_their_names():
    """With more than ten layers, dense10 sorts before dense2."""
    layers = [spec.Dense(3 + i % 3) for i in range(12)]
    network = Network(layers, (4,), num_outputs=2)
    parameters, statistics = network.initialize(np.random.default_rng(1))
    assert statistics == {}
    x = np.random.default_rng(2).normal(size=(5, 4)).astype(np.float32)
    expected = np.float64(x)
    for name in network.names:
        layer = parameters[name]
        expected = expected @ layer["kernel"] + layer["bias"] + 0.0
    found = jax.jit(network.infer)(parameters, statistics, {}, x)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert network.num_parameters == sum(p.size for p in jax.tree.leaves(parameters))


def test_hyperparameters_reach_the_layer_of_their_name():
    layers = [spec.LeakyReLU(0.1), spec.Dropout(0.5), spec.LeakyReLU(0.2)]
    network = Network(layers, (1,), num_outputs=1)
    parameters, statistics = network.initialize(np.random.default_rng(1))
    parameters["output"]["kernel"] = np.ones((1, 1), np.float32)
    hyper = {
        "leaky_relu2": {"negative_slope": np.float32(0.5)},
        "leaky_relu1": {"negative_slope": np.float32(0.25)},
        "dropout1": {"rate": np.float32(0.9)},
    }
    x = np.full((1, 1), -8, np.float32)
    record = jax.jit(network.record)
    outputs, values = record(parameters, statistics, hyper, x)
    assert {name: float(value[0, 0]) for name, value in values.items()} == {
        "leaky_relu1": -2.0,
        "dropout1": -2.0,
        "leaky_relu2": -1.0,
        "output": -1.0,
    }
    assert network.draws
    assert not Network([spec.ReLU()], (1,), num_outputs=1).draws


def test_training_leaves_the_arrays_it_is_given_alone():
    network = Network([spec.BatchNorm()], (3,), num_outputs=1)
    parameters, statistics = network.initialize(np.random.default_rng(1))
    hyper = {"batch_norm1": {"momentum": np.float32(0.1), "epsilon": np.float32(1e-5)}}
    x = np.random.default_rng(2).normal(size=(5, 3)).astype(np.float32)
    _, new = jax.jit(network.train)(parameters, statistics, hyper, x)
    np.testing.assert_array_equal(statistics["batch_norm1"]["mean"], 0)
    found = new["batch_norm1"]["mean"]
    np.testing.assert_allclose(found, 0.1 * x.mean(0), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("cost", ["cross_entropy", "log_likelihood"])
def test_predictions_and_scores_are_those_of_the_last_parameters(
    start, linear, problem, cost
):
    data = problem()
    fit = start(linear(cost=cost), data).run()
    layer = fit.last().parameters["output"]
    outputs = np.float64(data.val.inputs) @ layer["kernel"] + layer["bias"]
    model = fit.last().model
    found = fit.program.predict(model, fit.hyperparameters, data.val.inputs)
    expected = costs.get(cost).link(jnp.asarray(outputs))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(found).sum(1), 1, rtol=1e-5)
    right = fit.program.scores(model, fit.hyperparameters, data.val)
    expected = outputs[:12].argmax(1) == data.val.targets[:12]
    np.testing.assert_array_equal(right, expected)


def test_history_grows_by_rows():
    history = History()
    assert {k: len(v) for k, v in history.epochs.items()} == {
        "train_cost": 0,
        "train_score": 0,
        "val_cost": 0,
        "val_score": 0,
    }
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    history.add(rows, np.zeros((0, 4), np.float32))
    history.add(rows + 6, np.ones((1, 4), np.float32))
    assert history.iterations["cost"].tolist() == [0, 3, 6, 9]
    assert history.iterations["learning_rate"].tolist() == [2, 5, 8, 11]
    assert history.epochs["val_cost"].tolist() == [1]

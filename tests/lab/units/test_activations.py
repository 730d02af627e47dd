"""The responses of the unit on activations."""

import math

import numpy as np
import pytest

from assay import InputError, nn, spec
from assay.lab.units._registry import respond
from assay.lab.units.fitting._sources import builtin


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def normal(x):
    return np.array([(1 + math.erf(value / math.sqrt(2))) / 2 for value in x])


FORMULAS = {
    "identity": lambda x: x,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "isru": lambda x: x / np.sqrt(1 + x * x),
    "softmax": lambda x: np.exp(x) / (np.exp(x) + 2),  # the two other inputs are 0
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "parametric_relu": lambda x: np.where(x > 0, x, 0.25 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "gelu": lambda x: x * normal(x),
    "silu": lambda x: x * sigmoid(x),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "log_softmax": lambda x: x - np.log(np.exp(x) + 2),
    "relu6": lambda x: np.clip(x, 0, 6),
    "celu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: 1.05070099 * np.where(x > 0, x, 1.67326324 * np.expm1(x)),
    "gelu_tanh": lambda x: (
        x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2
    ),
    "hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
}


def test_there_is_a_formula_for_every_activation():
    assert set(FORMULAS) == set(nn.ACTIVATIONS)


@pytest.mark.parametrize("name", FORMULAS)
def test_curve_follows_the_formula(name):
    told = respond("activations", "curve", {"name": name})
    x = np.array(told["x"], np.float64)
    assert told["y"] == pytest.approx(FORMULAS[name](x), abs=2e-6)
    step = 1e-6
    slope = (FORMULAS[name](x + step) - FORMULAS[name](x - step)) / (2 * step)
    corners = {"hard_sigmoid": (-3, 3), "hard_swish": (-3, 3), "relu6": (0, 6)}
    kinks = np.array(corners.get(name, (0,)))
    smooth = np.abs(x[:, None] - kinks).min(axis=1) > 1e-3
    assert told["derivative"][smooth] == pytest.approx(slope[smooth], abs=2e-5)


def test_sigmoid_is_flat_where_its_slope_is_small():
    told = respond("activations", "curve", {"name": "sigmoid", "step": 0.01})
    (first, left), (right, last) = told["flat"]
    assert (first, last) == (-8, 8) and left == -right
    slope = sigmoid(right) * (1 - sigmoid(right))
    assert slope < 0.05 < sigmoid(right - 0.01) * (1 - sigmoid(right - 0.01))


def test_a_hyperparameter_changes_the_curve():
    body = {"name": "leaky_relu", "hyperparameters": {"negative_slope": 0.5}}
    told = respond("activations", "curve", body)
    assert told["y"][0] == -4 and told["derivative"][0] == 0.5
    assert told["flat"] == []


@pytest.mark.parametrize(
    "body, message",
    [
        ({"name": "rely"}, "Did you mean 'relu'"),
        ({"hyperparameters": {"slope": 1}}, "sigmoid has no hyperparameters"),
        ({"step": 1e-9}, r"`2 <= \(high - low\) / step \+ 1 <= 4001` must hold"),
        ({"step": 0}, "step: Input should be greater than 0"),
    ],
)
def test_a_wrong_question_gets_a_message(body, message):
    with pytest.raises(InputError, match=message):
        respond("activations", "curve", body)


def test_every_activation_is_listed_with_its_advice():
    told = respond("activations", "catalog", {})["activations"]
    assert [row["name"] for row in told] == list(nn.ACTIVATIONS)
    (relu,) = (row for row in told if row["name"] == "relu")
    assert relu["summary"].startswith("Keeps positive values")
    assert "LeakyReLU" in relu["advice"] and "References" not in relu["advice"]
    assert (relu["x"][0], relu["x"][-1]) == (-4, 4)


@pytest.mark.slow
def test_the_values_of_a_layer_are_those_of_its_pass():
    body = {"activation": "relu", "num_layers": 2, "num_epochs": 2, "seed": 3}
    told = respond("activations", "layers", body)
    assert [one["epoch"] for one in told["snapshots"]] == [0, 1, 2]
    source = builtin()
    layers = (spec.Dense(32), spec.ReLU()) * 2
    training = source.training.model_copy(update={"model": layers, "num_epochs": 2})
    fit = source.fit(training, seed=3).run()
    parameters, inputs = fit.last().parameters, source.train[0][:1024]
    first = inputs @ parameters["dense1"]["kernel"] + parameters["dense1"]["bias"]
    second = np.maximum(first, 0) @ parameters["dense2"]["kernel"]
    second += parameters["dense2"]["bias"]
    for row, x in zip(told["snapshots"][-1]["layers"], (first, second), strict=True):
        counts = np.histogram(x, told["edges"])[0]
        assert np.abs(row["counts"] - counts).max() <= 2  # for values close to an edge
        assert row["num_values"] == x.size == 1024 * 32
        assert row["num_dead"] == (x <= 0).all(axis=0).sum()
        assert row["saturated"] == pytest.approx((x <= 0).mean(), abs=1e-3)
        assert row["mean"] == pytest.approx(x.mean(), rel=1e-3)


@pytest.mark.slow
def test_gradients_vanish_in_a_deep_network_of_sigmoids():
    def ratio(name):
        body = {"activation": name, "num_layers": 5, "num_epochs": 0}
        rows = respond("activations", "layers", body)["snapshots"][0]["layers"]
        return rows[-1]["gradient"] / rows[0]["gradient"]

    assert ratio("sigmoid") > 50
    assert ratio("relu") < 5


@pytest.mark.slow
def test_a_run_is_shown_before_and_after_its_training(tmp_path, root):
    import assay

    options = {"model": [assay.Dense(8), assay.Tanh()], "num_epochs": 3, "trials": 1}
    assay.train("iris", runs=root, **options)
    told = respond("activations", "layers", {"run": "iris-1"})
    before, after = told["snapshots"]
    assert [row["activation"] for row in after["layers"]] == ["tanh"]
    assert (
        before["layers"][0]["counts"].tolist() != after["layers"][0]["counts"].tolist()
    )
    with pytest.raises(InputError, match="is named 'iris-9'"):
        respond("activations", "layers", {"run": "iris-9"})

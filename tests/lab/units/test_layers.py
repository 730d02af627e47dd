"""The responses of the unit on layers."""

import numpy as np
import pytest

from assay import InputError
from assay.lab.units._registry import respond
from assay.lab.units.networks._open import NETWORKS, open_example

SLOW = pytest.mark.slow


@SLOW
@pytest.mark.parametrize("network", NETWORKS)
def test_counts_and_values_are_those_of_the_network(network):
    told = respond("layers", "model", {"network": network, "row": 2})
    opened = open_example(network, 2)
    assert told["input"]["shape"] == [8, 8, 1]
    for layer in told["layers"]:
        own = opened.network.layer(layer["name"])
        assert layer["num_parameters"] == own.num_parameters
        assert len(layer["values"]) == np.prod(layer["output_shape"])
    logits = np.float64(told["layers"][-1]["values"])
    powers = np.exp(logits - logits.max())
    np.testing.assert_allclose(told["prediction"], powers / powers.sum(), atol=1e-6)
    assert told["target"] == "2"


@SLOW
def test_a_number_is_the_sum_of_its_terms():
    body = {"network": "dense", "layer": "dense1", "at": [3]}
    told = respond("layers", "number", body)
    opened = open_example("dense", 0)
    layer = opened.network.layer("dense1")
    x = np.float64(opened.watched.input("dense1")[0])
    kernel, bias = (np.float64(v[...]) for v in (layer.kernel, layer.bias))
    assert told["value"] == pytest.approx(x @ kernel[:, 3] + bias[3], rel=1e-5)
    assert len(told["terms"]) == 65


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@SLOW
def test_gates_of_an_lstm_follow_its_equations():
    told = respond("layers", "gates", {"cell": "lstm", "row": 4, "unit": 7})
    layer = open_example("lstm", 4).network.layer("lstm1")
    w, u, b = (
        np.float64(getattr(layer, name)[...])
        for name in ("kernel", "recurrent_kernel", "bias")
    )
    s = c = np.zeros(12)
    for step, x in zip(told["gates"], np.float64(told["steps"]), strict=True):
        i, f, g, o = np.split(x @ w + s @ u + b, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        s = sigmoid(o) * np.tanh(c)
        expected = {"i": sigmoid(i), "f": sigmoid(f), "g": np.tanh(g), "o": sigmoid(o)}
        for name, values in (expected | {"c": c, "s": s}).items():
            assert step[name] == pytest.approx(values[7], abs=1e-4)


@SLOW
@pytest.mark.parametrize(("cell", "names"), [("gru", "rzuns"), ("simple_rnn", "s")])
def test_other_cells_have_their_own_gates(cell, names):
    told = respond("layers", "gates", {"cell": cell})
    assert [set(step) for step in told["gates"]] == [{"step", *names}] * 8


@SLOW
def test_running_statistics_follow_those_of_the_batches():
    told = respond("layers", "batch_norm", {"num_iterations": 6, "momentum": 0.2})
    mean, variance = 0.0, 1.0
    for step in told["iterations"]:
        mean = 0.8 * mean + 0.2 * step["mean"]
        unbiased = step["variance"] * 16 / 15
        variance = 0.8 * variance + 0.2 * unbiased
        assert step["running_mean"] == pytest.approx(mean, abs=1e-4)
        assert step["running_variance"] == pytest.approx(variance, rel=1e-3)
    x = np.float64(told["inputs"])
    standard = (x - x.mean()) / np.sqrt(x.var() + told["epsilon"])
    y = np.float64(told["in_training"])
    assert np.corrcoef(standard, y)[0, 1] == pytest.approx(1)
    assert told["training_number"]["details"]["statistics"] == "of the batch"
    assert told["inference_number"]["details"]["statistics"] == "running"


def test_the_output_layer_fits_the_task():
    told = {t["task"]: t for t in respond("layers", "output", {})["tasks"]}
    raw = np.array([1.5, 0.2, -1])
    assert told["two classes"]["prediction"][0] == pytest.approx(sigmoid(1.5))
    expected = np.exp(raw) / np.exp(raw).sum()
    assert told["several classes"]["prediction"] == pytest.approx(expected)
    assert told["a number"]["prediction"][0] == 1.5
    assert told["a count"]["prediction"][0] == pytest.approx(np.exp(1.5))


def test_impossible_requests_are_refused():
    with pytest.raises(InputError, match="network in"):
        respond("layers", "model", {"network": "transformer"})
    with pytest.raises(InputError, match="outputs"):
        respond("layers", "output", {"outputs": []})

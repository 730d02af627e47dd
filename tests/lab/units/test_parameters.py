"""The responses of the unit on parameters and hyperparameters."""

import numpy as np
import pytest

from assay import InputError
from assay.lab.units._registry import respond

pytestmark = pytest.mark.slow  # networks are built and trained for the responses


def test_parameters_are_counted_by_layer():
    told = respond("parameters", "table", {"units": 5})
    counts = {row["name"]: row["num_parameters"] for row in told["layers"]}
    inputs = told["layers"][0]["input_shape"][0]
    assert counts == {
        "dense1": inputs * 5 + 5,
        "relu1": 0,
        "dense2": 5 * 5 + 5,
        "relu2": 0,
        "output": 5 * 10 + 10,
    }
    assert told["num_parameters"] == sum(counts.values())
    arrays = {a["name"]: tuple(a["shape"]) for a in told["layers"][0]["arrays"]}
    assert arrays == {"kernel": (inputs, 5), "bias": (5,)}


def test_hyperparameters_are_listed_with_their_meaning():
    told = respond("parameters", "table", {})["hyperparameters"]
    rows = {row["path"]: row for row in told}
    assert rows["optimizer.learning_rate"]["value"] == 0.1
    assert rows["model[0].units"]["value"] == 32
    assert rows["num_epochs"]["meaning"].startswith("maximum number of passes")


def test_gradient_descent_subtracts_the_rate_times_the_gradient():
    body = {"layer": "dense1", "index": [20, 3], "num_iterations": 5}
    told = respond("parameters", "updates", body)
    assert len(told["steps"]) == 5 and told["shape"] == (61, 32)
    for step in told["steps"]:
        expected = step["before"] - step["rate"] * step["gradient"]
        assert step["after"] == pytest.approx(expected, abs=1e-7)
    for step, following in zip(told["steps"], told["steps"][1:], strict=False):
        assert following["before"] == step["after"]


def test_adam_follows_its_formula():
    body = {"optimizer": "adam", "learning_rate": 0.01, "num_iterations": 6}
    told = respond("parameters", "updates", body)
    m = v = 0.0
    for t, step in enumerate(told["steps"], start=1):
        m = 0.9 * m + 0.1 * step["gradient"]
        v = 0.999 * v + 0.001 * step["gradient"] ** 2
        assert step["memory"]["m"] == pytest.approx(m, rel=1e-4)
        assert step["memory"]["v"] == pytest.approx(v, rel=1e-4)
        d = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert step["after"] == pytest.approx(step["before"] - 0.01 * d, abs=1e-6)


@pytest.mark.parametrize(
    "body, message",
    [
        ({"layer": "dens1"}, "no layer 'dens1'.*Did you mean 'dense1'"),
        ({"name": "weight"}, "no array 'weight'. Use one of bias, kernel"),
        ({"index": [0, 10]}, r"`index inside \(32, 10\)` must hold"),
        ({"index": [0]}, r"`index inside \(32, 10\)` must hold"),
    ],
)
def test_a_parameter_must_exist(body, message):
    with pytest.raises(InputError, match=message):
        respond("parameters", "updates", body)


def test_the_parameters_of_a_run(root):
    import assay

    assay.train("iris", runs=root, model=[assay.Dense(4)], num_epochs=2, trials=1)
    told = respond("parameters", "table", {"run": "iris-1"})
    assert told["num_parameters"] == 4 * 4 + 4 + 4 * 3 + 3
    body = {"run": "iris-1", "layer": "dense1", "num_iterations": 3}
    steps = respond("parameters", "updates", body)["steps"]
    assert steps[0]["after"] != steps[0]["before"]

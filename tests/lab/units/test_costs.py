"""The responses of the unit on costs."""

import math

import numpy as np
import pytest

from assay import InputError, costs
from assay.lab.units._registry import respond


def log_softmax(z):
    return np.asarray(z) - math.log(np.exp(z).sum())


POINTS = [
    ("squared_error", [1.5], -1, 6.25, [5.0]),
    ("absolute_error", [1.5], -1, 2.5, [1.0]),
    ("huber", [0.5], 0, 0.125, [0.5]),
    ("huber", [3.0], 0, 2.5, [1.0]),
    ("hinge", [0.5], 0, 1.5, [1.0]),
    ("hinge", [1.5], 1, 0.0, [0.0]),
    ("binary_cross_entropy", [0.0], 1, math.log(2), [-0.5]),
    ("cross_entropy", [0.0, 0.0, 0.0], 2, math.log(3), [1 / 3, 1 / 3, -2 / 3]),
    ("log_likelihood", [0.0, 0.0], 1, -math.log(2), [-0.5, 0.5]),
    ("gaussian_likelihood", [0.0, 0.0], 1, -0.5 * math.log(2 * math.pi) - 0.5, [1, 0]),
    ("poisson_likelihood", [0.0], 2, -1 - math.log(2), [1.0]),
]


def test_there_is_a_point_for_every_loss():
    assert {name for name, *_ in POINTS} == set(costs.REGISTRY)
    rows = respond("costs", "catalog", {})["losses"]
    assert [row["name"] for row in rows] == list(costs.REGISTRY)


@pytest.mark.parametrize("name, outputs, target, value, gradient", POINTS)
def test_the_loss_of_a_point_and_its_gradient(name, outputs, target, value, gradient):
    body = {"loss": name, "outputs": outputs, "target": target, "step": 0.5}
    told = respond("costs", "point", body)
    assert told["value"] == pytest.approx(value, abs=1e-6)
    assert told["gradient"] == pytest.approx(gradient, abs=1e-6)
    place = np.flatnonzero(told["x"] == outputs[0])[0]
    assert told["losses"][place] == pytest.approx(value, abs=1e-6)
    assert told["slopes"][place] == pytest.approx(gradient[0], abs=1e-6)


def test_the_curve_varies_the_chosen_output():
    body = {"loss": "cross_entropy", "outputs": [1, 2, 3], "target": 0, "varied": 2}
    told = respond("costs", "point", body | {"low": -1, "high": 1, "step": 1})
    expected = [-log_softmax([1, 2, x])[0] for x in (-1, 0, 1)]
    assert told["losses"] == pytest.approx(expected, abs=1e-5)
    assert told["prediction"] == pytest.approx(np.exp(log_softmax([1, 2, 3])), abs=1e-6)


@pytest.mark.parametrize(
    "body, message",
    [
        ({"loss": "squared"}, "Did you mean 'squared_error'"),
        ({"outputs": [1, 2]}, r"`len\(outputs\) == 1` must hold"),
        ({"varied": 1}, "`0 <= varied < 1` must hold"),
        ({"loss": "hinge", "target": 2}, r"`target in 0\.\.1` must hold"),
        ({"step": 1e-6}, "`2 <= "),
    ],
)
def test_a_wrong_point_gets_a_message(body, message):
    with pytest.raises(InputError, match=message):
        respond("costs", "point", body)


def test_one_prediction_for_several_targets():
    targets = [-1.0, 0.0, 0.5, 1.5, 5.0]
    told = respond("costs", "constant", {"targets": targets, "delta": 2.0})
    squared, huber, absolute = told["curves"]
    assert squared["best"] == pytest.approx(np.mean(targets))
    assert absolute["best"] == pytest.approx(np.median(targets))
    assert absolute["best"] < huber["best"] < squared["best"]
    error = told["x"][:, None] - targets
    assert squared["costs"] == pytest.approx((error**2).mean(1), rel=1e-5, abs=1e-5)
    assert absolute["costs"] == pytest.approx(np.abs(error).mean(1), rel=1e-5)
    small = np.where(np.abs(error) <= 2, error**2 / 2, 2 * (np.abs(error) - 1))
    assert huber["costs"] == pytest.approx(small.mean(1), rel=1e-5, abs=1e-6)
    with pytest.raises(InputError, match="does not compare a number with a target"):
        respond("costs", "constant", {"losses": ["hinge"]})


@pytest.mark.slow
def test_from_the_losses_of_a_batch_to_the_objective():
    body = {"loss": "cross_entropy", "batch": 1, "batch_size": 4, "strength": 0.01}
    told = respond("costs", "examples", body)
    losses = [
        -log_softmax(z)[target]
        for z, target in zip(told["outputs"], told["targets"], strict=True)
    ]
    assert told["losses"] == pytest.approx(losses, abs=1e-5)
    assert told["cost"] == pytest.approx(np.mean(losses), abs=1e-5)
    assert told["sum"] == pytest.approx(np.sum(losses), abs=1e-5)
    one_hot = np.eye(10)[told["targets"]]
    expected = (np.exp([log_softmax(z) for z in told["outputs"]]) - one_hot) / 4
    assert told["gradients"] == pytest.approx(expected, abs=1e-6)
    likelihood = respond("costs", "examples", body | {"loss": "log_likelihood"})
    assert likelihood["cost"] == pytest.approx(-told["cost"], rel=1e-4)
    again = respond("costs", "examples", body | {"strength": 0.02})
    assert again["penalty"] == pytest.approx(2 * told["penalty"])
    nothing = respond("costs", "examples", body | {"penalty": "none"})
    assert nothing["penalty"] == 0
    assert told["pixels"].shape == (4, 64) and told["pixels"].max() <= 16


@pytest.mark.slow
def test_a_loss_must_suit_the_run(root):
    import assay

    assay.train("iris", runs=root, model="linear", num_epochs=2, trials=1)
    told = respond("costs", "examples", {"run": "iris-1"})
    assert told["source"] == "iris-1" and told["outputs"].shape == (8, 3)
    with pytest.raises(InputError, match="whose task is multiclass"):
        respond("costs", "examples", {"run": "iris-1", "loss": "squared_error"})


def test_counts_need_data_of_ones_own():
    with pytest.raises(InputError, match="requires counts"):
        respond("costs", "examples", {"loss": "poisson_likelihood"})


def test_a_batch_must_exist():
    with pytest.raises(InputError, match="`0 <= batch <= "):
        respond("costs", "examples", {"batch": 100_000})

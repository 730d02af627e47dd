"""The responses of the unit on optimizers."""

import numpy as np
import pytest

from assay import InputError, spec
from assay.lab.units._registry import respond
from assay.lab.units.fitting._memory import SYMBOLS
from assay.lab.units.fitting._sources import builtin
from assay.lab.units.fitting._walk import RATES
from assay.training import InitialValues, TrainingData
from assay.tuning import SURFACES, race_surface

pytestmark = pytest.mark.slow  # every optimizer is compiled

KINDS = ("sgd", "momentum", "adagrad", "rmsprop", "adam")


@pytest.mark.parametrize("name", SURFACES)
def test_paths_are_those_of_the_race(name):
    racers = [{"optimizer": kind} for kind in KINDS]
    told = respond("optimizers", "surface", {"surface": name, "racers": racers})
    for path in told["paths"]:
        rates = [path["hyperparameters"]["learning_rate"]]
        (raced,) = race_surface(name, [path["optimizer"]], rates=rates)
        # Rounding errors grow along a path, because traced decay rates have 32 bits.
        assert path["points"][:5] == pytest.approx(raced.points[:5], abs=5e-3)
        assert path["values"][0] == pytest.approx(raced.values[0], rel=1e-6)


def test_a_racer_without_a_rate_gets_the_best_one():
    (best,) = respond("optimizers", "surface", {"racers": [{}]})["paths"]
    racers = [{"learning_rate": float(rate)} for rate in RATES[8:16]]
    tried = respond("optimizers", "surface", {"racers": racers})["paths"]
    ends = [path["values"][-1] for path in tried]
    assert best["values"][-1] == np.nanmin(ends)
    rates = [path["hyperparameters"]["learning_rate"] for path in tried]
    chosen = best["hyperparameters"]["learning_rate"]
    assert chosen == pytest.approx(rates[int(np.nanargmin(ends))])


def test_heights_are_those_of_the_formula():
    told = respond("optimizers", "surface", {"surface": "bowl"})
    x, y = np.meshgrid(told["x"], told["y"])
    assert told["heights"] == pytest.approx((x**2 + 50 * y**2) / 2, rel=1e-5, abs=1e-5)


def test_gradient_descent_on_the_bowl():
    racer = {"optimizer": "sgd", "learning_rate": 0.03}
    body = {"racers": [racer], "start": [2, 1], "num_iterations": 10}
    (path,) = respond("optimizers", "surface", body)["paths"]
    steps = np.arange(11)
    expected = np.stack([2 * 0.97**steps, (1 - 50 * 0.03) ** steps], axis=1)
    assert path["points"] == pytest.approx(expected, rel=1e-4, abs=1e-6)
    assert path["gradients"][0] == pytest.approx([2, 50])
    assert path["memory"] == {}


def test_the_state_of_adam_follows_its_formula():
    racer = {"optimizer": "adam", "learning_rate": 0.2}
    body = {"racers": [racer], "num_iterations": 12}
    (path,) = respond("optimizers", "surface", body)["paths"]
    m = v = np.zeros(2)
    for place in range(12):
        g, t = path["gradients"][place], place + 1
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        assert path["memory"]["m"][place] == pytest.approx(m, rel=1e-4, abs=1e-6)
        assert path["memory"]["v"][place] == pytest.approx(v, rel=1e-4, abs=1e-6)
        d = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert path["directions"][place] == pytest.approx(d, rel=1e-3, abs=1e-5)
        after = path["points"][place] - 0.2 * path["directions"][place]
        assert path["points"][place + 1] == pytest.approx(after, abs=1e-5)


def test_every_optimizer_with_a_state_has_symbols():
    stateless = {"sgd"}
    assert set(SYMBOLS) == set(spec.Optimizer.members) - stateless
    for kind, symbols in SYMBOLS.items():
        racer = {"optimizer": kind, "learning_rate": 0.01}
        body = {"racers": [racer], "num_iterations": 2}
        (path,) = respond("optimizers", "surface", body)["paths"]
        assert set(path["memory"]) == set(symbols.values())
        formula = spec.Optimizer.members[kind].formula
        assert all(symbol in formula for symbol in path["memory"])


@pytest.mark.parametrize("batch", ["all", 1, 32])
def test_paths_on_two_weights_are_those_of_a_fit(batch):
    racer = {"optimizer": "momentum", "learning_rate": 0.02, "batch_size": batch}
    body = {"racers": [racer], "num_iterations": 25, "seed": 4, "start": [-1, 1]}
    told = respond("optimizers", "line", body)
    (path,) = told["paths"]
    dataset = builtin("diabetes")
    names = [feature.name for feature in dataset.preparation.features]
    columns = [names.index(name) for name in told["columns"]]
    (inputs, targets), val = dataset.train, dataset.val
    parts = [(x[:, columns], y) for x, y in ((inputs, targets), val)]
    data = TrainingData.of(*parts, num_classes=1)
    training = spec.Training(
        model=(),
        cost="squared_error",
        optimizer=spec.Momentum(0.02),
        regularizers=(),
        batch_size=batch,
        num_epochs=25,
    )
    fit = data.fit(training, seed=4)
    kernel, bias = np.float32([[-1], [1]]), np.zeros(1, np.float32)
    start = InitialValues({"output": {"kernel": kernel, "bias": bias}}, {})
    fit.state = fit.program.initialize(4, fit.hyperparameters, start)
    fit.advance(iterations=25)
    learned = fit.last().parameters["output"]
    expected = [*learned["kernel"][:, 0], *learned["bias"]]
    assert path["points"][25] == pytest.approx(expected, abs=1e-5)
    assert path["values"][:25] == pytest.approx(
        fit.history.iterations["cost"], rel=1e-4, abs=1e-6
    )


def test_the_cost_of_two_weights_has_its_minimum_at_least_squares():
    told = respond("optimizers", "line", {})
    (best,) = told["minima"]
    row, column = np.unravel_index(told["heights"].argmin(), told["heights"].shape)
    step = told["x"][1] - told["x"][0]
    assert told["x"][column] == pytest.approx(best[0], abs=step)
    assert told["y"][row] == pytest.approx(best[1], abs=step)


def test_a_slice_holds_the_start_and_two_ends():
    told = respond("optimizers", "slice", {"num_iterations": 20})
    assert told["num_parameters"] == 3370
    racer = {"optimizer": "sgd", "learning_rate": None, "batch_size": 32}
    path = respond("optimizers", "path", {"num_iterations": 20, "racer": racer})
    assert path["points"][0] == pytest.approx([0, 0], abs=1e-5)
    assert path["points"][-1] == pytest.approx(told["ends"][0], abs=1e-4)
    assert path["share"] == pytest.approx(1, abs=1e-4)
    source = builtin()
    fit = source.fit()
    fit.advance(iterations=20)
    assert path["costs"].tolist() == fit.history.iterations["cost"].tolist()
    lengths = path["gradient_norms"] * 0.1
    assert path["step_lengths"] == pytest.approx(lengths, rel=1e-3)
    near = abs(np.array(told["x"])).argmin(), abs(np.array(told["y"])).argmin()
    assert told["heights"][near[1], near[0]] == pytest.approx(
        path["cost_of_train"][0], abs=0.5
    )


def test_a_path_outside_the_slice_says_how_much_lies_inside():
    racer = {"optimizer": "rmsprop", "learning_rate": 0.003}
    path = respond("optimizers", "path", {"num_iterations": 20, "racer": racer})
    assert 0.3 < path["share"] < 0.999
    assert set(path["memory"]) == {"s"} and path["memory"]["s"].shape == (20,)


@pytest.mark.parametrize(
    "body, message",
    [
        ({"surface": "bowle"}, "Did you mean 'bowl'"),
        ({"racers": [{"optimizer": "adan"}]}, "adam"),
        ({"num_iterations": 0}, "num_iterations: Input should be greater"),
    ],
)
def test_a_wrong_question_gets_a_message(body, message):
    with pytest.raises(InputError, match=message):
        respond("optimizers", "surface", body)


def test_the_catalog_lists_optimizers_and_surfaces():
    told = respond("optimizers", "catalog", {})
    assert [row["name"] for row in told["optimizers"]] == list(spec.Optimizer.members)
    assert [row["name"] for row in told["surfaces"]] == list(SURFACES)

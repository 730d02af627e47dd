"""The responses of the unit on the learning rate."""

import math

import numpy as np
import pytest

from assay.lab.units._registry import respond
from assay.lab.units.fitting._sources import builtin
from assay.optim import schedules

pytestmark = pytest.mark.slow  # most responses require training


@pytest.fixture(scope="module")
def compared():
    return respond("learning_rate", "compare", {"rates": [0.001, 0.1, 5.0]})


def test_the_fits_share_their_start_and_differ_in_the_rate(compared):
    fits = compared["fits"]
    assert len({float(fit["cost"][0]) for fit in fits}) == 1
    assert [fit["learning_rate"][7] for fit in fits] == pytest.approx([0.001, 0.1, 5])
    source = builtin()
    fit = source.fit(source.training.model_copy(update={"num_epochs": 8})).run()
    assert fits[1]["cost"].tolist() == fit.history.iterations["cost"].tolist()
    ends = [fit["val_cost"][-1] for fit in fits]
    assert min(ends) == ends[1]


def test_an_explosion_is_explained_by_the_update_before_it(compared):
    good, failed = compared["fits"][1]["failure"], compared["fits"][2]["failure"]
    assert good is None
    cost = compared["fits"][2]["cost"]
    first = np.flatnonzero(cost > 4 * cost[0])[0]
    assert failed["iteration"] == first
    assert failed["cost"] == cost[first] and failed["cost_before"] == cost[first - 1]
    source = builtin()
    fit = source.fit()
    fit.hyperparameters = fit.hyperparameters.with_learning_rate(5)
    fit.advance(iterations=int(first) - 1)
    before = fit.last().parameters
    fit.advance(iterations=1)
    after = fit.last().parameters
    for row in failed["layers"]:
        old, new = before[row["layer"]], after[row["layer"]]
        step = math.sqrt(sum(((new[name] - old[name]) ** 2).sum() for name in old))
        assert row["update"] == pytest.approx(step, rel=1e-5)
        # plain gradient descent: the step is the rate times the gradient
        assert row["gradient_norm"] * 5 == pytest.approx(step, rel=1e-3)
    ratios = [row["ratio"] for row in failed["layers"]]
    assert failed["largest"]["ratio"] == max(ratios)


def test_a_cost_that_is_not_a_number_is_explained_too():
    told = respond("learning_rate", "compare", {"rates": [1e6], "num_epochs": 2})
    failure = told["fits"][0]["failure"]
    assert failure["iteration"] >= 1
    assert failure["largest"]["ratio"] > 1


def test_a_fit_goes_on_from_its_last_good_state():
    body = {"rate": 1.0, "iteration": 79, "new_rate": 0.1}
    told = respond("learning_rate", "rescue", body)
    whole = respond("learning_rate", "compare", {"rates": [1.0]})["fits"][0]
    assert told["cost"][0] == whole["cost"][79]
    assert len(told["cost"]) == len(whole["cost"]) - 79
    assert told["val_cost"] < whole["val_cost"][-1]


def test_the_best_rate_of_the_sweep_has_the_lowest_val_cost():
    told = respond("learning_rate", "sweep", {"num_epochs": 2})
    finite = np.nan_to_num(told["val_cost"], nan=np.inf)
    assert told["best_val_cost"] == finite.min()
    assert told["rates"][int(finite.argmin())] == told["best_rate"]


def test_the_range_test_raises_the_rate_by_equal_factors():
    told = respond("learning_rate", "range", {"low": 1e-3, "high": 1.0})["test"]
    factors = np.divide(told["learning_rates"][1:], told["learning_rates"][:-1])
    assert factors == pytest.approx(1000 ** (1 / 99), rel=1e-4)
    assert 1e-3 < told["learning_rate"] < 1


def test_a_range_without_descent_gives_a_message():
    told = respond("learning_rate", "range", {"low": 1e3, "high": 1e5})
    assert told["test"] is None and "did not fall" in told["message"]


@pytest.mark.parametrize("name", schedules.REGISTRY)
def test_every_schedule_is_drawn(name):
    told = respond("learning_rate", "draw", {"schedule": {"kind": name}, "rate": 0.5})
    assert len(told["rates"]) == 320
    assert told["rates"] == pytest.approx(0.5 * told["factors"])
    assert 0 <= told["factors"].min() and told["factors"].max() <= 1


def test_cosine_follows_its_formula():
    schedule = {"kind": "cosine", "final_fraction": 0.2}
    told = respond(
        "learning_rate", "draw", {"schedule": schedule, "num_iterations": 50}
    )
    progress = np.arange(50) / 50
    expected = 0.2 + 0.8 * (1 + np.cos(np.pi * progress)) / 2
    assert told["factors"] == pytest.approx(expected, abs=1e-6)
    listed = respond("learning_rate", "schedules", {})["schedules"]
    assert [row["name"] for row in listed] == list(schedules.REGISTRY)


def test_a_fit_uses_the_schedule_as_it_was_drawn():
    body = {"rates": [0.1], "num_epochs": 2, "schedule": {"kind": "warmup_cosine"}}
    used = respond("learning_rate", "compare", body)
    drawn = respond("learning_rate", "draw", {"num_iterations": used["num_iterations"]})
    assert used["fits"][0]["learning_rate"] == pytest.approx(drawn["rates"], rel=1e-5)

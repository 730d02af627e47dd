"""The range test agrees with the closed-form costs of a quadratic."""

import numpy as np
import pytest

from assay import spec
from assay._errors import InputError, RunError
from assay.training import TrainingData
from assay.tuning import choose_rate, range_test

CURVATURE = 4.0  # of (w + b - 1)^2 along w = b, the only direction of movement


@pytest.fixture(scope="module")
def quadratic():
    """Return an input of 1 and a target of 1, so the cost is (w + b - 1)^2."""
    inputs, targets = np.ones((32, 1), np.float32), np.ones(32, np.float32)
    return TrainingData.of((inputs, targets), (inputs[:8], targets[:8]), num_classes=1)


@pytest.fixture(scope="module")
def training():
    """Return gradient descent on a linear network."""
    return spec.Training(
        model=(),
        cost="squared_error",
        optimizer="sgd",
        regularizers=["early_stopping"],
        batch_size="all",
        num_epochs=5,
    )


def expected(first, rates):
    """Compute the cost before each update, as (w + b - 1) shrinks by 1 - 4 rate."""
    factors = np.cumprod(1 - CURVATURE * np.concatenate([[0.0], rates[:-1]]))
    return first * factors**2


@pytest.mark.parametrize("rule", ["valley", "steepest"])
def test_known_answer(training, quadratic, rule):
    """The descent ends at rate x curvature = 2, and the proposed rate is lower."""
    found = range_test(training, quadratic, seed=0, rule=rule)
    count = len(found.costs)
    rates = 1e-7 * 1e8 ** (np.arange(count) / 99)
    np.testing.assert_allclose(found.learning_rates, rates, rtol=1e-4)
    costs = expected(found.costs[0], rates)
    np.testing.assert_allclose(found.costs, costs, rtol=0.02, atol=1e-9)
    assert found.exploded
    assert 1e-3 < found.learning_rate < 2 / CURVATURE
    assert found.learning_rate in found.learning_rates
    assert found.rule == rule


def test_it_ends_at_four_times_the_least_smoothed_cost(training, quadratic):
    found = range_test(training, quadratic, seed=0)
    smoothed = np.array(found.smoothed)
    assert (smoothed <= 4 * np.minimum.accumulate(smoothed)).all()
    mean, ours = 0.0, []
    for place, cost in enumerate(found.costs, start=1):
        mean = 0.9 * mean + 0.1 * cost
        ours.append(mean / (1 - 0.9**place))
    np.testing.assert_allclose(smoothed, ours, rtol=1e-6)


def test_it_starts_as_the_training_does(training, quadratic):
    found = range_test(training, quadratic, seed=7)
    fit = quadratic.fit(training, seed=7)
    fit.advance(iterations=1)
    assert found.costs[0] == fit.history.iterations["cost"][0]
    assert range_test(training, quadratic, seed=7) == found
    assert range_test(training, quadratic, seed=8).costs[0] != found.costs[0]


def test_where_nothing_explodes_the_whole_curve_is_there(training, quadratic):
    found = range_test(training, quadratic, seed=0, high=1e-3, num_iterations=25)
    assert not found.exploded
    assert len(found.costs) == len(found.learning_rates) == len(found.smoothed) == 25
    assert found.learning_rates[-1] == pytest.approx(1e-3, rel=1e-4)
    assert set(found.to_json()) >= {"learning_rate", "learning_rates", "costs"}


def test_the_rules_on_a_curve():
    rates = np.logspace(-5, 0, 6)
    costs = np.array([3.0, 3.1, 2.9, 1.0, 0.8, 9.0])
    assert choose_rate(rates, costs) == pytest.approx(1e-2)  # between 1e-3 and 1e-1
    assert choose_rate(rates, costs, rule="steepest") == pytest.approx(1e-3)
    late = np.array([3.0, 2.9, 2.8, 2.7, 0.1, 9.0])
    assert choose_rate(rates, late) == pytest.approx(1e-2)  # from 2.8 to 0.1
    assert choose_rate(rates, late, rule="steepest") == pytest.approx(1e-2)


@pytest.mark.parametrize("rule", ["valley", "steepest"])
def test_a_cost_that_never_falls_proposes_nothing(rule):
    with pytest.raises(RunError, match="fall at any learning rate from 0.1 to 10"):
        choose_rate(np.array([0.1, 1.0, 10.0]), np.array([1.0, 2.0, 3.0]), rule=rule)


def test_what_makes_no_test_is_refused(training, quadratic):
    with pytest.raises(InputError) as caught:
        range_test(training, quadratic, seed=0, low=2.0, high=1.0, num_iterations=3)
    assert len(caught.value.faults) == 2

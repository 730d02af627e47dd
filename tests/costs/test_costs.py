"""Losses and costs agree with PyTorch and finite differences, and obey a contract."""

import inspect
import json
from pathlib import Path

import hypothesis
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import strategies as st

from assay import costs
from assay._errors import InputError

DATA = Path(__file__).parents[1] / "reference" / "costs.json"
REFERENCE = json.loads(DATA.read_text())
MEMBERS = [pytest.param(loss, id=loss.name) for loss in costs.REGISTRY.values()]

# name: (direction, tasks, outputs for two classes, for four, hyperparameters)
CONTRACT = {
    "squared_error": ("minimize", ("regression",), 1, 1, {}),
    "absolute_error": ("minimize", ("regression",), 1, 1, {}),
    "huber": ("minimize", ("regression",), 1, 1, {"delta": 1.0}),
    "hinge": ("minimize", ("binary",), 1, 1, {}),
    "binary_cross_entropy": ("minimize", ("binary",), 1, 1, {}),
    "cross_entropy": ("minimize", ("multiclass",), 2, 4, {}),
    "log_likelihood": ("maximize", ("binary", "multiclass"), 1, 4, {}),
    "gaussian_likelihood": ("maximize", ("regression",), 2, 2, {}),
    "poisson_likelihood": ("maximize", ("regression",), 1, 1, {}),
}


def data_for(loss, dtype=jnp.float32):
    """Return outputs (n, k) and targets for the loss that avoid its kinks."""
    rng = np.random.default_rng(0)
    k = loss.num_outputs(4)
    outputs = jnp.asarray(rng.normal(size=(6, k)) * 2, dtype)
    if loss.tasks == ("regression",):
        return outputs, jnp.asarray([0.0, 1.0, 3.0, 2.0, 5.0, 4.0], dtype)
    return outputs, jnp.asarray([0, 1, 1, 0, 1, 0] if k == 1 else [0, 1, 2, 3, 0, 1])


@pytest.fixture
def float64():
    with jax.enable_x64(True):
        yield


# Contract


def test_every_loss_has_a_row():
    assert set(costs.REGISTRY) == set(CONTRACT)


@pytest.mark.parametrize("loss", MEMBERS)
def test_member_keeps_the_contract(loss):
    direction, tasks, num_binary, num_multiclass, defaults = CONTRACT[loss.name]
    assert costs.get(loss.name) is loss
    assert loss.loss.__name__ == loss.name
    assert loss.formula
    assert (loss.direction, loss.tasks) == (direction, tasks)
    assert (loss.num_outputs(2), loss.num_outputs(4)) == (num_binary, num_multiclass)
    assert loss.hyperparameters == defaults
    names = [*inspect.signature(loss.loss).parameters]
    assert names == ["outputs", "targets", *defaults]
    assert loss.standardize == (loss.name != "poisson_likelihood")


@pytest.mark.parametrize("loss", MEMBERS)
def test_the_formula_names_every_argument(loss):
    for name in ("outputs", "targets", *loss.hyperparameters):
        assert name in loss.formula


@pytest.mark.parametrize("loss", MEMBERS)
def test_one_value_per_example(loss):
    outputs, targets = data_for(loss)
    losses = loss.loss(outputs, targets, **loss.hyperparameters)
    assert losses.shape == (6,)
    assert losses.dtype == jnp.float32
    predictions = loss.link(outputs)
    assert predictions.shape == ((6, 4) if "multiclass" in loss.tasks else (6,))


@pytest.mark.parametrize("loss", MEMBERS)
def test_another_value_acts_and_does_not_compile_again(loss):
    traces = []
    outputs, targets = data_for(loss)

    @jax.jit
    def evaluate(outputs, values):
        traces.append(1)
        return costs.cost(loss, outputs, targets, **values)

    values = CONTRACT[loss.name][4]
    first = float(evaluate(outputs, values))
    plain = float(costs.cost(loss, outputs, targets, **values))
    assert first == pytest.approx(plain, rel=1e-6)
    for name in values:
        other = float(evaluate(outputs, values | {name: values[name] * 2}))
        assert abs(other - first) > 0.01
    evaluate(outputs + 1, values)
    assert len(traces) == 1


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'cross_entropy'"):
        costs.get("crossentropy")


# Reference: values and gradients by PyTorch


@pytest.mark.parametrize("case", REFERENCE["losses"], ids=lambda case: case["name"])
def test_loss_and_gradient_equal_pytorch(case, float64):
    loss = costs.get(case["name"]).loss
    outputs, targets = jnp.asarray(case["outputs"]), jnp.asarray(case["targets"])

    def total(outputs):
        losses = loss(outputs, targets, **case["hyperparameters"])
        return losses.sum(), losses

    gradient, losses = jax.jit(jax.grad(total, has_aux=True))(outputs)
    np.testing.assert_allclose(losses, case["losses"], rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(gradient, case["gradient"], rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("case", REFERENCE["losses"], ids=lambda case: case["name"])
def test_float32_is_as_good_as_float32_can_be(case):
    loss = jax.jit(costs.get(case["name"]).loss)
    outputs = jnp.asarray(case["outputs"], jnp.float32)
    targets = jnp.asarray(case["targets"])
    losses = loss(outputs, targets, **case["hyperparameters"])
    np.testing.assert_allclose(losses, case["losses"], rtol=1e-5, atol=2e-6)


def test_references_cover_the_registry():
    assert {case["name"] for case in REFERENCE["losses"]} == set(CONTRACT)


def test_weighted_cost_equals_pytorch(float64):
    case = {name: jnp.asarray(value) for name, value in REFERENCE["weighted"].items()}
    value = costs.cost(
        costs.get("cross_entropy"),
        case["outputs"],
        case["targets"],
        weights=case["weights"],
    )
    assert float(value) == pytest.approx(float(case["cost"]), rel=1e-12)


# Gradient: finite differences


@pytest.mark.parametrize("loss", MEMBERS)
def test_gradient_equals_finite_differences(loss, float64):
    outputs, targets = data_for(loss, jnp.float64)
    weights = jnp.asarray([1.0, 2.0, 0.5, 0.0, 1.0, 3.0])

    @jax.jit
    def compare(outputs):
        def evaluate(outputs):
            values = loss.hyperparameters
            return costs.objective(loss, outputs, targets, weights=weights, **values)

        steps = 1e-6 * jnp.eye(outputs.size).reshape(-1, *outputs.shape)
        rise = jax.vmap(lambda h: evaluate(outputs + h) - evaluate(outputs - h))(steps)
        return jax.grad(evaluate)(outputs), rise.reshape(outputs.shape) / 2e-6

    exact, difference = compare(outputs)
    np.testing.assert_allclose(exact, difference, rtol=1e-7, atol=1e-8)


# Known answers


def test_loss_cost_and_objective_are_three_things():
    """Known values for one point, for a data set, and for the objective."""
    outputs, targets = jnp.zeros((4, 2)), jnp.asarray([0, 1, 1, 0])
    likelihood, entropy = costs.get("log_likelihood"), costs.get("cross_entropy")
    half = float(np.log(0.5))
    losses = likelihood.loss(outputs, targets)
    np.testing.assert_allclose(losses, [half] * 4, rtol=1e-6)
    assert float(costs.cost(likelihood, outputs, targets)) == pytest.approx(half)
    assert float(costs.objective(likelihood, outputs, targets)) == pytest.approx(-half)
    assert float(costs.objective(entropy, outputs, targets)) == pytest.approx(-half)


@pytest.mark.parametrize("logit", [0.0, 30.0, -30.0, 100.0, -100.0, 1e4])
@pytest.mark.parametrize("target", [0, 1])
def test_binary_cross_entropy_keeps_its_digits_and_its_gradient(logit, target):
    # log(1 + exp(-margin)); a form with |x| would lose the gradient of 1/2 at 0.
    margin = (2 * target - 1) * logit
    loss = costs.binary_cross_entropy
    targets = jnp.asarray([target])
    value = loss(jnp.asarray([[logit]]), targets)[0]
    slope = jax.grad(lambda o: loss(o, targets)[0])(jnp.asarray([[logit]]))[0, 0]
    exact = np.logaddexp(0.0, -margin)
    assert float(value) == pytest.approx(exact, rel=1e-5, abs=1e-38)
    share = np.exp(-np.logaddexp(0.0, margin))
    assert float(slope) == pytest.approx(-(2 * target - 1) * share, rel=1e-5, abs=1e-38)


def test_extreme_logits_stay_finite():
    outputs, targets = jnp.asarray([[1e30, -1e30, 0.0]]), jnp.asarray([1])
    value, slope = jax.value_and_grad(lambda o: costs.cross_entropy(o, targets).sum())(
        outputs
    )
    assert float(value) == pytest.approx(2e30)
    np.testing.assert_allclose(slope, [[1.0, -1.0, 0.0]])


def test_a_class_out_of_range_gives_nan():
    losses = costs.cross_entropy(jnp.zeros((2, 3)), jnp.asarray([2, 3]))
    assert np.isfinite(losses).tolist() == [True, False]


@pytest.mark.parametrize("weights", [None, np.float32([1, 2, 3, 4])])
def test_ignored_examples_leave_the_mean_and_the_gradient(weights):
    """The result is that of the other examples alone."""
    loss = costs.get("cross_entropy")
    outputs = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    outputs, targets = jnp.asarray(outputs), jnp.array([2, -100, 0, -100])
    weights = None if weights is None else jnp.asarray(weights)
    kept = jnp.array([0, 2])

    @jax.jit
    def run(outputs):
        return costs.objective(loss, outputs, targets, weights=weights, ignored=-100)

    value, gradient = jax.value_and_grad(run)(outputs)
    rest = None if weights is None else weights[kept]
    alone = costs.objective(loss, outputs[kept], targets[kept], weights=rest)
    assert float(value) == pytest.approx(float(alone), rel=1e-6)
    assert (np.abs(gradient).sum(axis=1) > 0).tolist() == [True, False, True, False]


def test_distributions_have_no_class_to_ignore():
    with pytest.raises(InputError, match=r"`targets.ndim == 1` must hold"):
        loss = costs.get("cross_entropy")
        costs.cost(loss, jnp.zeros((2, 3)), jnp.full((2, 3), 1 / 3), ignored=-1)


def test_bfloat16_outputs_are_averaged_in_float32():
    loss = costs.get("cross_entropy")
    outputs, targets = data_for(loss, jnp.bfloat16)
    value = costs.cost(loss, outputs, targets)
    assert value.dtype == jnp.float32
    assert value == costs.cost(loss, outputs.astype(jnp.float32), targets)


# Properties

NUMBERS = st.floats(-50, 50, width=32)


@hypothesis.given(
    st.lists(st.integers(-100, 100), min_size=3, max_size=3),
    st.integers(-100_000, 100_000),
    st.integers(0, 2),
)
def test_a_shift_does_not_change_cross_entropy(values, shift, target):
    outputs = jnp.asarray([values], jnp.float32)  # integers make the shift exact
    targets = jnp.asarray([target])
    np.testing.assert_array_equal(
        costs.cross_entropy(outputs, targets),
        costs.cross_entropy(outputs + shift, targets),
    )


@hypothesis.given(st.lists(NUMBERS, min_size=3, max_size=3), st.integers(0, 2))
def test_an_index_equals_its_one_hot_distribution(values, target):
    outputs = jnp.asarray([values], jnp.float32)
    by_index = costs.cross_entropy(outputs, jnp.asarray([target]))
    by_share = costs.cross_entropy(outputs, jax.nn.one_hot(jnp.asarray([target]), 3))
    # The C++ kernel supports only indices, and its last bit may differ.
    np.testing.assert_allclose(by_index, by_share, rtol=3e-7, atol=1e-12)
    assert float(by_index[0]) >= 0


@hypothesis.given(NUMBERS, st.integers(0, 1))
def test_two_logits_and_their_difference_cost_the_same(logit, target):
    targets = jnp.asarray([target])
    one = costs.log_likelihood(jnp.asarray([[logit]], jnp.float32), targets)
    two = costs.log_likelihood(jnp.asarray([[0.0, logit]], jnp.float32), targets)
    np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


@hypothesis.given(NUMBERS, NUMBERS, st.floats(0.125, 8, width=32))
def test_huber_lies_under_both_of_its_parts(output, target, delta):
    outputs, targets = jnp.asarray([[output]]), jnp.asarray([target])
    value = float(costs.huber(outputs, targets, delta=delta)[0])
    error = float(costs.absolute_error(outputs, targets)[0])
    assert value <= error * error / 2 * (1 + 1e-6)
    assert value <= delta * error * (1 + 1e-6)
    near = float(costs.huber(outputs, targets, delta=1000.0)[0])
    assert near == pytest.approx(error * error / 2, rel=1e-6)


@hypothesis.given(NUMBERS)
def test_hinge_mirrors_the_classes(margin):
    outputs = jnp.asarray([[margin]], jnp.float32)
    one = float(costs.hinge(outputs, jnp.asarray([1]))[0])
    other = float(costs.hinge(-outputs, jnp.asarray([0]))[0])
    assert one == other == max(np.float32(0), 1 - np.float32(margin))


@hypothesis.given(st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_whole_weights_repeat_rows(weights):
    hypothesis.assume(sum(weights) > 0)
    loss = costs.get("squared_error")
    outputs, targets = data_for(loss)
    value = costs.cost(
        loss, outputs, targets, weights=jnp.asarray(weights, jnp.float32)
    )
    repeated = np.repeat(loss.loss(outputs, targets), weights)
    assert float(value) == pytest.approx(repeated.mean(), rel=1e-5)

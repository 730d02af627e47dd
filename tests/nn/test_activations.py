"""Activations obey a contract and agree with PyTorch and finite differences."""

import inspect
import json
from pathlib import Path

import hypothesis
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import strategies as st

from assay import spec
from assay._errors import InputError
from assay.nn import (
    ACTIVATIONS,
    ActivationLayer,
    BuildContext,
    Context,
    derivative,
)
from assay.nn.activations import (
    _output,
    _rectifiers,
    _sigmoids,
    _smooth,
)

DATA = Path(__file__).parents[1] / "reference" / "activations.json"
CASES = json.loads(DATA.read_text())
MEMBERS = [pytest.param(a, id=a.name) for a in ACTIVATIONS.values()]
NAMES = {
    "identity",
    "sigmoid",
    "tanh",
    "isru",
    "softmax",
    "relu",
    "leaky_relu",
    "parametric_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "hard_sigmoid",
    "softsign",
    "log_softmax",
    "relu6",
    "celu",
    "selu",
    "gelu_tanh",
    "hard_swish",
    "mish",
}


def arguments_of(activation):
    """Return the default hyperparameters and learned parameters."""
    return activation.hyperparameters | dict(activation.learned)


def value_and_slope(name, x, arguments):
    """Return an activation and its derivative, by one compiled program."""

    @jax.jit
    def run(x):
        function, slope = ACTIVATIONS[name].function, derivative(name)
        return function(x, **arguments), slope(x, **arguments)

    return run(x)


@pytest.fixture
def float64():
    with jax.enable_x64(True):
        yield


# Contract


def test_registry_has_every_activation_of_the_subject():
    assert set(ACTIVATIONS) == NAMES


@pytest.mark.parametrize("activation", MEMBERS)
def test_activation_keeps_the_contract(activation):
    function = activation.function
    assert issubclass(activation.declaration, spec.Activation)
    assert function.__name__ == activation.name
    assert activation.formula
    assert not set(activation.hyperparameters) & set(activation.learned)
    _, *keywords = inspect.signature(function).parameters.values()
    assert [word.name for word in keywords] == list(arguments_of(activation))
    for word in keywords:
        assert word.kind is word.KEYWORD_ONLY
        assert word.default is word.empty  # the spec contains the defaults


@pytest.mark.parametrize("activation", MEMBERS)
def test_activation_is_documented(activation):
    text = inspect.getdoc(activation.function)
    assert "Example:" in text and ">>>" in text
    for name in arguments_of(activation):
        assert f"{name}:" in text
    assert "References:" in inspect.getdoc(activation.declaration)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
@pytest.mark.parametrize("activation", MEMBERS)
def test_shape_and_dtype_are_preserved(activation, dtype):
    x = jnp.asarray(np.linspace(-3, 3, 24).astype(dtype).reshape(2, 3, 4))
    traced = {k: np.float32(v) for k, v in arguments_of(activation).items()}
    y = jax.jit(activation.function)(x, **traced)
    assert y.shape == x.shape
    assert y.dtype == dtype
    default = activation.function(x, **arguments_of(activation))
    # bfloat16 keeps 8 bits, and the compiler may keep more in intermediate results
    tolerance = 1e-6 if dtype == jnp.float32 else 1e-2
    y, default = (np.asarray(a).astype(np.float32) for a in (y, default))
    np.testing.assert_allclose(y, default, tolerance, tolerance)


@pytest.mark.parametrize("activation", [p for p in MEMBERS if arguments_of(*p.values)])
def test_another_hyperparameter_acts_and_does_not_recompile(activation):
    traces = []

    @jax.jit
    def evaluate(x, values):
        traces.append(1)
        return activation.function(x, **values)

    x = np.linspace(-3, 3, 7, dtype=np.float32)
    values = arguments_of(activation)
    first = np.asarray(evaluate(x, values))
    for name in values:
        other = np.asarray(evaluate(x, values | {name: values[name] + 0.5}))
        assert np.abs(other - first).max() > 0.1
    assert len(traces) == 1


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'leaky_relu'"):
        ACTIVATIONS.find("leeky_relu")


# Reference: values and derivatives by PyTorch


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_value_and_derivative_equal_pytorch(case, float64):
    x = np.array(case["x"])
    y, slope = value_and_slope(case["name"], x, case["hyperparameters"])
    assert y.dtype == slope.dtype == np.float64
    np.testing.assert_allclose(y, case["y"], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(slope, case["derivative"], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_float32_is_accurate(case):
    x = np.array(case["x"], np.float32)
    y, slope = value_and_slope(case["name"], x, case["hyperparameters"])
    np.testing.assert_allclose(y, case["y"], rtol=3e-6, atol=1e-6)
    np.testing.assert_allclose(slope, case["derivative"], rtol=3e-6, atol=1e-6)


def test_reference_data_cover_the_registry():
    assert {case["name"] for case in CASES} == NAMES


# Gradient: finite differences


@pytest.mark.parametrize("activation", MEMBERS)
def test_gradient_equals_finite_differences(activation, float64):
    # No point is within one step of 0, where some activations have a kink.
    x = np.array([[-2.0, -0.7, -0.1, 0.3], [1.1, 2.5, -1.3, 0.9]])
    pull = np.array([[1.0, -2.0, 0.5, 3.0], [0.25, 1.0, 2.0, -1.0]])
    values = arguments_of(activation)
    start = np.concatenate([x.ravel(), np.array(list(values.values()))])

    @jax.jit
    def compare(start):
        def evaluate(point):
            arguments = dict(zip(values, point[x.size :], strict=True))
            y = activation.function(point[: x.size].reshape(x.shape), **arguments)
            return (pull * y).sum()

        steps = 1e-6 * jnp.eye(start.size)
        rise = jax.vmap(lambda h: evaluate(start + h) - evaluate(start - h))(steps)
        return jax.grad(evaluate)(start), rise / 2e-6

    exact, difference = compare(start)
    np.testing.assert_allclose(exact, difference, rtol=1e-7, atol=1e-8)


# Known answers


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("relu", 0.0),
        ("relu6", 0.0),
        ("leaky_relu", 0.01),
        ("parametric_relu", 0.25),
    ],
)
def test_derivative_at_the_kink_is_the_left_one(name, slope):
    arguments = arguments_of(ACTIVATIONS[name])
    assert float(derivative(name)(jnp.array(0.0), **arguments)) == pytest.approx(slope)


@pytest.mark.parametrize("activation", MEMBERS)
def test_extreme_inputs_stay_finite(activation):
    x = np.array([-1e30, -1e4, 0, 1e4, 1e30], np.float32)
    y, slope = value_and_slope(activation.name, x, arguments_of(activation))
    assert np.isfinite(y).all()
    assert np.isfinite(slope).all()


@pytest.mark.parametrize(
    "activation", [p for p in MEMBERS if p.values[0].initializer == "he"]
)
def test_he_gain_keeps_the_mean_square(activation, float64):
    z = np.linspace(-12, 12, 200_001)
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    y, _ = value_and_slope(activation.name, z, arguments_of(activation))
    y = np.asarray(y)
    mean_square = (density * y**2).sum() * (z[1] - z[0])
    assert activation.gain**2 * mean_square == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize("activation", MEMBERS)
def test_saturating_activations_are_marked(activation):
    """Their derivatives vanish on both sides, but not at 0."""
    x = np.array([[-1000, 0], [1000, 0], [0, 0]], np.float32)
    _, slopes = value_and_slope(activation.name, x, arguments_of(activation))
    slopes = np.abs(slopes)
    *far, at_zero = (slopes if activation.elementwise else slopes.max(-1))[:, 0]
    assert bool(max(far) < 1e-6 < at_zero) == activation.saturates


def test_each_channel_can_have_a_slope_of_its_own():
    layer_spec = spec.ParametricReLU(per_channel=True)
    layer = ActivationLayer(layer_spec, BuildContext((2, 3), np.random.default_rng(0)))
    assert layer.negative_slope[...].shape == (3,)
    layer.negative_slope.set_value(jnp.array([0.5, 0.0, -1.0]))
    x = jnp.array([[[-2.0, -2.0, -2.0], [4.0, 4.0, 4.0]]])
    y = layer(x, Context())
    assert y.tolist() == [[[-1.0, 0.0, 2.0], [4.0, 4.0, 4.0]]]
    assert layer.slopes(x, y)[0, 0].tolist() == [0.5, 0.0, 1.0]


def test_slopes_of_rows_are_those_of_the_diagonal():
    x = jnp.array([[0.5, -1.0, 2.0]])
    for kind, steepest in (("softmax", 0.25), ("log_softmax", 1.0)):
        context = BuildContext((3,), np.random.default_rng(0))
        layer = ActivationLayer(spec.Layer.members[kind](), context)
        expected = np.diagonal(derivative(kind)(x)[0]) / steepest
        slopes = layer.slopes(x, layer(x, Context()))
        np.testing.assert_allclose(slopes[0], expected, rtol=1e-5)


def test_functions_meet_at_their_corners():
    hard = _sigmoids.hard_sigmoid
    x = jnp.array([-3.0, 0.0, 3.0])
    assert hard(x, slope=0.2).tolist() == pytest.approx([0.0, 0.5, 1.0], abs=0.11)
    assert hard(x, slope=1 / 6).tolist() == pytest.approx([0.0, 0.5, 1.0])
    assert _smooth.hard_swish(x).tolist() == pytest.approx([0.0, 0.0, 3.0])
    # Barron (2017): a CELU with alpha = 1 is an ELU
    np.testing.assert_allclose(
        _rectifiers.celu(x, alpha=1.0), _rectifiers.elu(x, alpha=1.0), rtol=1e-6
    )


# Properties

FINITE = st.floats(-1e4, 1e4, width=32)


@hypothesis.given(st.lists(FINITE, min_size=4, max_size=4))
def test_softmax_is_a_distribution(values):
    y = _output.softmax(jnp.asarray(values, jnp.float32))
    assert float(y.sum()) == pytest.approx(1, abs=1e-6)
    assert (y >= 0).all()


@hypothesis.given(
    st.lists(st.integers(-100, 100), min_size=4, max_size=4),
    st.integers(-100_000, 100_000),
)
def test_softmax_is_invariant_to_a_shift(values, shift):
    x = jnp.asarray(values, jnp.float32)  # integers make the shift exact
    np.testing.assert_array_equal(_output.softmax(x), _output.softmax(x + shift))


@hypothesis.given(FINITE)
def test_sigmoid_is_a_scaled_tanh(value):
    x = jnp.float32(value)
    tanh, sigmoid = _sigmoids.tanh(x / 2), _sigmoids.sigmoid(x)
    assert float(sigmoid) == pytest.approx(float(1 + tanh) / 2, abs=1e-6)
    assert float(sigmoid + _sigmoids.sigmoid(-x)) == pytest.approx(1, abs=1e-6)


@hypothesis.given(FINITE)
def test_relu_family_agrees_at_equal_slopes(value):
    x = jnp.float32(value)
    assert _rectifiers.leaky_relu(x, negative_slope=0.0) == _rectifiers.relu(x)
    assert _rectifiers.parametric_relu(x, negative_slope=1.0) == x
    assert _rectifiers.elu(x, alpha=1.0) >= -1

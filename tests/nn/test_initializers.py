"""Initial weights have the expected distributions and preserve the size of signals."""

import jax
import numpy as np
import pytest

from assay import nn, spec
from assay._errors import InputError

SIZE = (300, 200)


def kernel(name, shape=SIZE, gain=1.0):
    """Draw a kernel."""
    return nn.initialize(name, np.random.default_rng(0), shape, gain=gain)


@pytest.mark.parametrize("name", nn.INITIALIZERS)
def test_shape_type_and_seed(name):
    for shape in (SIZE, (3, 3, 8, 4)):
        values = kernel(name, shape)
        assert values.shape == shape
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, kernel(name, shape))


@pytest.mark.parametrize(
    ("name", "gain", "deviation"),
    [
        ("he", 1.0, (1 / 300) ** 0.5),
        ("he", 2**0.5, (2 / 300) ** 0.5),
        ("glorot", 1.0, (2 / 500) ** 0.5),
        ("lecun", 1.0, (1 / 300) ** 0.5),
    ],
)
def test_deviation(name, gain, deviation):
    """The standard deviation of 60,000 numbers has a standard error of 0.3 %."""
    values = kernel(name, gain=gain)
    assert values.std() == pytest.approx(deviation, rel=0.02)
    assert abs(values.mean()) < 4 * deviation / np.sqrt(values.size)


def test_a_window_counts_as_inputs():
    values = kernel("he", (3, 3, 50, 20))
    assert values.std() == pytest.approx((1 / 450) ** 0.5, rel=0.05)
    limit = (6 / (9 * 50 + 9 * 20)) ** 0.5
    assert np.abs(kernel("glorot", (3, 3, 50, 20))).max() == pytest.approx(limit, 0.01)


@pytest.mark.parametrize("shape", [(30, 20), (20, 30), (5, 6, 20)])
def test_orthogonal(shape):
    matrix = np.float64(kernel("orthogonal", shape)).reshape(-1, shape[-1])
    product = matrix.T @ matrix
    if matrix.shape[0] < matrix.shape[1]:
        product = matrix @ matrix.T
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-6)


def test_constants():
    assert (kernel("zeros") == 0).all()
    assert (kernel("ones") == 1).all()


def test_an_unknown_initializer_suggests_the_nearest():
    with pytest.raises(InputError) as caught:
        kernel("glorott")
    assert str(caught.value) == (
        "unknown initializer 'glorott'. Did you mean 'glorot'? "
        "Known: auto, he, glorot, lecun, orthogonal, zeros, ones."
    )


def deep(activation, initializer="auto"):
    """Return the root mean square after each of 10 layers of 256 units."""
    layers = [
        layer
        for _ in range(10)
        for layer in (spec.Dense(256, initializer=initializer), activation)
    ]
    rng = np.random.default_rng(0)
    model = nn.build(layers, (256,), num_outputs=1, rng=rng)
    context = nn.Context(recording=True)
    model(jax.random.normal(jax.random.key(0), (64, 256)), context)
    names = [name for name in model.names if name.startswith(activation.kind)]
    return [float((context.values[name] ** 2).mean() ** 0.5) for name in names]


@pytest.mark.parametrize(
    "activation",
    [
        spec.Layer.members[k]()
        for k in nn.ACTIVATIONS
        if k not in ("softmax", "log_softmax")
    ],
    ids=lambda a: a.kind,
)
def test_signals_keep_their_size_through_ten_layers(activation):
    """The default initializer fits the activation."""
    sizes = deep(activation)
    smooth = {"gelu": (1, 3), "gelu_tanh": (1, 3), "mish": (1, 3)}
    smooth |= {"silu": (1, 6), "hard_swish": (1, 9)}
    ranges = {"tanh": (0.2, 0.7), "softsign": (0.3, 0.7), **smooth}
    low, high = ranges.get(activation.kind, (0.5, 1.5))
    assert low < min(sizes) and max(sizes) < high


def test_signals_vanish_with_an_initialization_that_does_not_fit():
    """At most a tenth of each signal remains."""
    assert deep(spec.ReLU(), "glorot")[-1] < 0.1 * deep(spec.ReLU())[-1]
    assert deep(spec.ReLU(), "zeros")[-1] == 0


def test_the_initialization_fits_the_next_activation():
    """Dropout and normalization do not separate a layer from its activation."""

    def deviation(*following):
        rng = np.random.default_rng(0)
        layers = [spec.Dense(400), *following]
        model = nn.build(layers, (400,), num_outputs=1, rng=rng)
        return float(model.dense1.kernel[...].std() * 20)

    he = pytest.approx(2**0.5, rel=0.02)
    glorot = pytest.approx(1, rel=0.02)
    assert deviation(spec.ReLU()) == he
    assert deviation(spec.BatchNorm(), spec.Dropout(), spec.ReLU()) == he
    assert deviation(spec.Tanh(), spec.ReLU()) == glorot
    assert deviation(spec.Dense(400), spec.ReLU()) == glorot
    assert deviation() == glorot


def test_an_explicit_initializer_is_used():
    rng = np.random.default_rng(0)
    layers = [spec.Dense(3, initializer="ones"), spec.ReLU()]
    model = nn.build(layers, (2,), num_outputs=1, rng=rng)
    np.testing.assert_array_equal(model.dense1.kernel[...], 1)

"""The residual block adds its input, projected if the shapes differ."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay import nn, spec
from assay.training import hyperparameters


def built(layers, shape):
    """Build a block."""
    site = nn.BuildContext(shape, np.random.default_rng(0), "relu")
    return nn.Residual(spec.Residual(layers), site)


def random(*shape):
    """Draw a batch of normal numbers."""
    return jax.random.normal(jax.random.key(0), shape)


def test_the_input_is_added_unchanged_if_the_shapes_agree():
    block = built([spec.Conv2D(3, 3), spec.Tanh()], (4, 4, 3))
    x = random(2, 4, 4, 3)
    expected = x + jnp.tanh(block.conv1(x, nn.Context()))
    np.testing.assert_allclose(block(x, nn.Context()), expected, rtol=1e-6)
    assert block.kernel is None


@pytest.mark.parametrize(
    ("layers", "shape", "stride"),
    [
        ([spec.Conv2D(5, 3)], (4, 6, 3), (1, 1)),
        ([spec.Conv2D(5, 3, stride=2)], (7, 8, 3), (2, 2)),
        ([spec.MaxPool2D((1, 3), padding="same")], (5, 7, 3), (1, 3)),
        ([spec.Conv1D(5, 3, stride=2), spec.Conv1D(5, 3, stride=2)], (13, 3), (4,)),
        ([spec.Dense(5)], (3,), ()),
    ],
    ids=range(5),
)
def test_a_projection_makes_the_shapes_agree(layers, shape, stride):
    block = built(layers, shape)
    x = random(2, *shape)
    y = x
    for layer in block.inner_layers().values():
        y = layer(y, nn.Context())
    places = tuple(slice(None, None, step) for step in stride)
    kernel = block.kernel[...].reshape(shape[-1], -1)
    projected = x[(slice(None), *places)] @ kernel
    np.testing.assert_allclose(block(x, nn.Context()), y + projected, atol=1e-5)
    assert block.stride == stride


def test_a_block_with_zero_kernels_returns_its_input():
    """A deep network of such blocks therefore starts as a shallow network."""
    layer_spec = [spec.Conv2D(3, 3, initializer="zeros"), spec.ReLU()]
    x = random(2, 4, 4, 3)
    np.testing.assert_array_equal(built(layer_spec, (4, 4, 3))(x, nn.Context()), x)


def test_inner_values_are_recorded_under_the_name_of_the_block():
    inner = spec.Residual([spec.Dense(3), spec.ReLU()])
    layers = [spec.Residual([spec.Dense(3), inner])]
    model = nn.build(layers, (3,), num_outputs=1, rng=np.random.default_rng(0))
    context = nn.Context(recording=True)
    model(random(2, 3), context)
    assert list(context.values) == [
        "residual1.dense1",
        "residual1.residual1.dense1",
        "residual1.residual1.relu1",
        "residual1.residual1",
        "residual1",
        "output",
    ]


def test_inner_layers_are_stochastic_and_their_hyperparameters_traced():
    layers = (spec.Residual([spec.Dense(3), spec.Dropout(0.3)]), spec.LeakyReLU(0.2))
    model = nn.build(layers, (3,), num_outputs=1, rng=np.random.default_rng(0))
    assert model.residual1.stochastic
    training = spec.Training(
        model=layers, cost="squared_error", regularizers=(), batch_size=4, num_epochs=1
    )
    hyper = hyperparameters(training, num_classes=1, total_iterations=1).model
    assert hyper == {
        "residual1": {"dropout1": {"rate": np.float32(0.3)}},
        "leaky_relu1": {"negative_slope": np.float32(0.2)},
    }

"""Convolution and pooling layers match worked examples and their descriptions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay import nn, spec


def built(layer_spec, shape):
    """Build a layer."""
    return nn.LAYERS[layer_spec.kind](
        layer_spec, nn.BuildContext(shape, np.random.default_rng(0))
    )


def applied(layer_spec, x, **options):
    """Build a layer for a batch and apply it, as one compiled program."""
    return compiled(built(layer_spec, x.shape[1:]), **options)(x)


def compiled(layer, **options):
    """Return a layer as one compiled function of NumPy arrays."""
    run = jax.jit(lambda x: layer(x, nn.Context(**options)))
    return lambda x: np.asarray(run(x))


def random(*shape):
    """Draw a batch of normal numbers."""
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def test_worked_example_of_convolution():
    x = [[2, 1, 0, 1, 1], [1, 1, 0, 2, 0], [0, 0, 1, 1, 1], [1, 2, 2, 0, 2],
         [2, 0, 1, 2, 1]]  # fmt: skip
    kernel = [[0, 1, -1], [-1, 1, 0], [0, 1, 1]]
    layer = built(spec.Conv2D(1, 3, stride=2, padding=1), (5, 5, 1))
    layer.kernel.set_value(jnp.float32(kernel).reshape(3, 3, 1, 1))
    y = layer(jnp.float32(x).reshape(1, 5, 5, 1), nn.Context())
    assert y[0, :, :, 0].tolist() == [[4, 1, 0], [3, 1, 2], [1, 3, 1]]
    assert layer.describe().formula == "H2 = W2 = (5 - 3 + 2*1)/2 + 1 = 3, D2 = K = 1"


def test_worked_example_of_pooling():
    x = [[2, 13, 3, 1], [1, 20, 2, 3], [15, 14, 7, 1], [10, 2, 2, 9]]
    layer_spec = spec.MaxPool2D(2, 2)
    y = applied(layer_spec, np.float32(x).reshape(1, 4, 4, 1))
    assert y[0, :, :, 0].tolist() == [[20, 3], [15, 9]]
    formula = built(layer_spec, (4, 4, 1)).describe().formula
    assert formula == "H2 = W2 = (4 - 2 + 2*0)/2 + 1 = 2, D2 = D1 = 1"


def test_convolution_commutes_with_translations():
    run = compiled(built(spec.Conv2D(3, 3), (8, 8, 2)))
    x = np.pad(random(1, 4, 4, 2), ((0, 0), (2, 2), (2, 2), (0, 0)))
    moved = np.roll(x, (1, -1), axis=(1, 2))
    expected = np.roll(run(x), (1, -1), axis=(1, 2))
    np.testing.assert_allclose(run(moved), expected, atol=1e-6)


@pytest.mark.parametrize("dilation", [1, 3])
@pytest.mark.parametrize("kind", [spec.Conv1D, spec.DepthwiseConv1D])
def test_a_causal_output_does_not_depend_on_later_inputs(kind, dilation):
    layer_spec = {"size": 3, "padding": "causal", "dilation": dilation}
    layer_spec |= {"filters": 2} if kind is spec.Conv1D else {}
    layer = built(kind(**layer_spec), (10, 2))
    x = random(1, 10, 2)

    by_place = jax.jacobian(lambda x: layer(x, nn.Context())[0].sum(axis=1))
    jacobian = np.asarray(jax.jit(by_place)(x))[:, 0]  # (output step, step, channel)
    for place in (0, 4, 9):
        seen = np.flatnonzero(np.abs(jacobian[place]).sum(axis=1))
        expected = [place - dilation * i for i in range(3) if place >= dilation * i]
        assert seen.tolist() == sorted(expected)


@pytest.mark.parametrize(
    ("layer_spec", "shape", "expected"),
    [
        (spec.Conv2D(8, 3), (28, 28, 1), (28, 28, 8)),
        (spec.Conv2D(8, 3, padding="valid"), (28, 28, 1), (26, 26, 8)),
        (spec.Conv2D(8, (3, 5), (1, 2), (0, 2)), (28, 28, 1), (26, 14, 8)),
        (spec.Conv2D(8, 4, stride=3), (10, 11, 1), (4, 4, 8)),
        (spec.Conv1D(8, 3, dilation=4, padding="valid"), (20, 2), (12, 8)),
        (spec.Conv1D(8, 1), (20, 2), (20, 8)),
        (spec.Conv3D(8, 3, 2, 1), (4, 6, 8, 1), (2, 3, 4, 8)),
        (spec.DepthwiseConv2D(3, multiplier=2), (5, 5, 3), (5, 5, 6)),
        (spec.ConvTranspose2D(8, 3, stride=2), (4, 5, 1), (8, 10, 8)),
        (spec.ConvTranspose2D(8, 2, stride=3), (4, 5, 1), (12, 15, 8)),
        (spec.ConvTranspose1D(8, 3, 2, "valid"), (4, 1), (9, 8)),
        (spec.ConvTranspose1D(8, 4, 2, 1), (4, 1), (8, 8)),
        (spec.MaxPool1D(3), (10, 2), (3, 2)),
        (spec.MaxPool2D(3, 2, 1), (9, 9, 2), (5, 5, 2)),
        (spec.MaxPool2D(3, 2, "same"), (9, 10, 2), (5, 5, 2)),
        (spec.AveragePool3D(2, 1), (3, 4, 5, 2), (2, 3, 4, 2)),
    ],
    ids=str,
)
def test_sizes(layer_spec, shape, expected):
    layer = built(layer_spec, shape)
    assert layer.output_shape == expected
    assert jax.eval_shape(
        lambda x: layer(x, nn.Context()), jnp.ones((2, *shape))
    ).shape == (2, *expected)
    for size in expected[:-1]:  # each factor appears in the formula with its sum
        assert f"= {size}" in layer.describe().formula


def test_same_padding_puts_the_odd_row_at_the_end():
    x = np.float32([1, 2, 3, 4]).reshape(1, 4, 1)
    layer = built(spec.Conv1D(1, 2), (4, 1))
    layer.kernel.set_value(np.ones((2, 1, 1), np.float32))
    assert compiled(layer)(x)[0, :, 0].tolist() == [3, 5, 7, 4]


def test_padding_is_never_the_maximum_and_never_averaged():
    x = np.full((1, 4, 1), -2, np.float32)
    for layer_spec in (spec.MaxPool1D(2, 2, 1), spec.AveragePool1D(2, 2, 1)):
        assert applied(layer_spec, x).ravel().tolist() == [-2, -2, -2]


def test_a_transposed_convolution_is_the_transpose_of_the_convolution():
    """The scalar products are equal: <y, C x> = <C' y, x>."""
    forward = built(spec.Conv2D(5, 3, stride=2, bias=False), (8, 6, 4))
    back = built(spec.ConvTranspose2D(4, 3, stride=2, bias=False), (4, 3, 5))
    back.kernel.set_value(forward.kernel[...])
    x, y = random(1, 8, 6, 4), random(1, 4, 3, 5)
    one = (compiled(forward)(x) * y).sum()
    other = (compiled(back)(y) * x).sum()
    assert float(one) == pytest.approx(float(other), rel=1e-5)


def test_a_depthwise_convolution_does_not_mix_channels():
    layer = built(spec.DepthwiseConv2D(3, multiplier=2), (5, 5, 3))
    x = random(1, 5, 5, 3)
    by_channel = jax.jacobian(lambda x: layer(x, nn.Context()).sum((0, 1, 2)))
    seen = np.abs(jax.jit(by_channel)(x)).sum((1, 2, 3)) > 0  # (output, input)
    assert seen.tolist() == np.repeat(np.eye(3), 2, axis=0).astype(bool).tolist()


def test_initial_kernels_fit_the_activation_that_follows():
    """The He variance for ReLU is 2 / inputs per unit for every kernel layout."""
    for layer_spec in (
        spec.Conv2D(64, 3),
        spec.Conv2D(64, 3, groups=4),
        spec.ConvTranspose2D(64, 3, groups=4),
        spec.DepthwiseConv2D(3, multiplier=8),
    ):
        site = nn.BuildContext((4, 4, 32), np.random.default_rng(0), "relu")
        layer = nn.LAYERS[layer_spec.kind](layer_spec, site)
        inputs = 9 * 32 // layer.groups
        variance = float(layer.kernel[...].var())
        assert variance == pytest.approx(2 / inputs, rel=0.1), layer_spec


def test_products_in_bfloat16_give_float32():
    x = random(2, 8, 8, 8)
    layer = built(spec.Conv2D(4, 3), (8, 8, 8))
    exact = compiled(layer)(x)
    rough = compiled(layer, dtype=jnp.bfloat16)(x)
    assert rough.dtype == np.float32
    gap = np.abs(exact - rough).max()
    assert 1e-4 < gap < 0.1


def test_spatial_dropout_drops_channels_and_keeps_the_mean():
    x = np.ones((400, 3, 3, 10), np.float32)
    layer_spec = spec.SpatialDropout(0.3)
    y = applied(layer_spec, x, training=True, key=jax.random.key(0))
    assert (y == y[:, :1, :1]).all()
    assert set(np.unique(y.round(4))) == {0.0, np.float32(1 / 0.7).round(4)}
    assert y.mean() == pytest.approx(1, abs=4 * (0.3 / 0.7 / 4000) ** 0.5)
    np.testing.assert_array_equal(applied(layer_spec, x), x)

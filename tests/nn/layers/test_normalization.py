"""Batch normalization agrees with PyTorch in training and inference."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from assay import nn, spec

DATA = dict(np.load(Path(__file__).parents[2] / "reference" / "train_layers.npz"))
ASKED = spec.BatchNorm(momentum=0.3, epsilon=1e-3)


def layer_of(scale, bias, shape=(4,)):
    """Build a layer with the given scale and bias."""
    layer = nn.BatchNorm(ASKED, nn.BuildContext(shape, np.random.default_rng(0)))
    layer.scale.set_value(scale), layer.bias.set_value(bias)
    return layer


def test_three_batches_and_inference_equal_pytorch():
    layer = layer_of(DATA["norm_scale"], DATA["norm_bias"])
    definition, parameters, rest = nnx.split(layer, nnx.Param, ...)

    def run(parameters, x, rest):
        fresh = jax.tree.map(lambda leaf: leaf, rest)  # variables of this trace
        layer = nnx.merge(definition, parameters, fresh)
        y = layer(x, nn.Context(training=True))
        return y, nnx.split(layer, nnx.Param, ...)[2]

    @jax.jit
    def step(rest, x, g):
        y, pull, rest = jax.vjp(lambda *at: run(*at, rest), parameters, x, has_aux=True)
        return y, pull(g), rest

    for i in range(3):
        y, (by_parameters, dx), rest = step(
            rest, DATA[f"norm{i}_x"], DATA[f"norm{i}_g"]
        )
        ours = {"y": y, "dx": dx}
        ours |= {f"d{k}": by_parameters[k][...] for k in ("scale", "bias")}
        ours |= {k: rest[k][...] for k in ("mean", "variance")}
        for name, value in ours.items():
            expected = DATA[f"norm{i}_{name}"]
            np.testing.assert_allclose(value, expected, rtol=2e-5, atol=3e-6)
    trained = nnx.merge(definition, parameters, rest)
    y = trained(jnp.asarray(DATA["inference_x"]), nn.Context())
    np.testing.assert_allclose(y, DATA["inference_y"], rtol=1e-5, atol=2e-6)


def test_inference_does_not_change_the_statistics():
    layer = layer_of(np.ones(4), np.zeros(4))
    before = nnx.to_pure_dict(nnx.state(layer, nnx.BatchStat))
    layer(jnp.full((3, 4), 7.0), nn.Context())
    after = nnx.to_pure_dict(nnx.state(layer, nnx.BatchStat))
    jax.tree.map(np.testing.assert_array_equal, before, after)


def test_a_batch_in_training_has_mean_0_and_variance_1():
    layer = layer_of(np.ones(3), np.zeros(3), (5, 3))
    x = jax.random.normal(jax.random.key(0), (8, 5, 3)) * 3 + 2
    y = layer(x, nn.Context(training=True))
    np.testing.assert_allclose(y.mean((0, 1)), 0, atol=1e-6)
    np.testing.assert_allclose(y.var((0, 1)), 1, atol=1e-3)  # epsilon is 1e-3


@pytest.mark.parametrize("shape", [(3,), (5, 3)])
@pytest.mark.parametrize("num_rows", [1, 2, 6])
def test_padding_rows_do_not_count(shape, num_rows):
    """Outputs, statistics and gradients equal those of the real rows alone."""
    rng = np.random.default_rng(0)
    scale, bias = rng.normal(size=(2, 3)).astype(np.float32)
    x, g = rng.normal(size=(2, num_rows, *shape)).astype(np.float32)
    padding = np.full((4, *shape), 100.0, np.float32)

    def run(x, mask):
        layer = layer_of(scale, bias, shape)
        y = layer(x, nn.Context(training=True, mask=mask))
        return y[:num_rows], nnx.to_pure_dict(nnx.state(layer, nnx.BatchStat))

    padded = np.concatenate([x, padding])
    mask = (np.arange(len(padded)) < num_rows).astype(np.float32)

    @jax.jit
    def both(x, mask):
        y, pull, statistics = jax.vjp(lambda x: run(x, mask), x, has_aux=True)
        return y, pull(g)[0], statistics

    y, dx, statistics = both(x, None)
    y2, dx2, statistics2 = both(padded, mask)
    np.testing.assert_allclose(y2, y, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(dx2[:num_rows], dx, rtol=1e-4, atol=2e-5)
    np.testing.assert_array_equal(dx2[num_rows:], 0)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6),
        statistics2,
        statistics,
    )


def test_one_row_has_a_finite_variance():
    """The unbiased variance of one number would be 0 / 0."""
    layer = layer_of(np.ones(4), np.zeros(4))
    y = layer(jnp.ones((1, 4)), nn.Context(training=True))
    np.testing.assert_array_equal(y, 0)
    np.testing.assert_allclose(layer.variance[...], 0.7)

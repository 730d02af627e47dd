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


@pytest.mark.parametrize(
    "layer_spec",
    [spec.GroupNorm(2), spec.InstanceNorm(), spec.LayerNorm(num_axes=2),
     spec.RMSNorm(num_axes=2)],
    ids=lambda layer_spec: layer_spec.kind,
)  # fmt: skip
def test_padded_steps_do_not_count(layer_spec):
    """The output for real steps depends neither on padding nor on its gradient."""
    site = nn.BuildContext((6, 4), np.random.default_rng(0))
    layer = nn.LAYERS[layer_spec.kind](layer_spec, site)
    x = np.random.default_rng(0).normal(size=(3, 6, 4)).astype(np.float32)
    lengths, real = jnp.array([6, 2, 0]), np.arange(6) < np.array([6, 2, 0])[:, None]

    @jax.jit
    def run(x):
        def outputs(x):
            y = layer(x, nn.Context(lengths=lengths))
            return jnp.where(real[..., None], y, 0)

        y, pull = jax.vjp(outputs, x)
        return y, pull(jnp.sin(y))[0]

    results = [run(np.where(real[..., None], x, fill)) for fill in (0.0, 1e9)]
    jax.tree.map(np.testing.assert_array_equal, *results)
    y, dx = results[0]
    assert np.isfinite(y).all() and (dx[~real] == 0).all()
    if layer_spec.kind != "rms_norm":
        by_group = {"group_norm": (2, 2), "instance_norm": (4, 1)}
        groups = y[1, :2].reshape(2, *by_group.get(layer_spec.kind, (1, 4)))
        np.testing.assert_allclose(groups.mean(axis=(0, 2)), 0, atol=1e-5)
        np.testing.assert_allclose(groups.std(axis=(0, 2)), 1, rtol=1e-2)


def test_one_group_is_layer_norm_over_all_axes():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 6)).astype(np.float32)
    site = nn.BuildContext((3, 4, 6), np.random.default_rng(0))
    one_group = nn.GroupNorm(spec.GroupNorm(1), site)(x, nn.Context())
    whole = nn.LayerNorm(spec.LayerNorm(num_axes=3), site)(x, nn.Context())
    np.testing.assert_allclose(one_group, whole, rtol=1e-5, atol=1e-6)

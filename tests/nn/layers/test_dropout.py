"""Dropout preserves the mean and drops nothing outside training."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from assay import nn, spec


def dropout(rate):
    """Build the layer."""
    return nn.Dropout(
        spec.Dropout(rate), nn.BuildContext((4,), np.random.default_rng(0))
    )


def normal(*shape):
    """A batch of normal numbers."""
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_mean_is_preserved(rate):
    """The mean of 200,000 numbers with a fixed key is within 4 standard errors."""
    x = jnp.full((50_000, 4), 3.0)
    y = np.asarray(dropout(rate)(x, nn.Context(training=True, key=jax.random.key(0))))
    error = 3 * np.sqrt(rate / (1 - rate) / y.size)
    assert abs(y.mean() - 3) < 4 * error
    share = (y == 0).mean()
    assert abs(share - rate) < 4 * np.sqrt(rate * (1 - rate) / y.size)
    np.testing.assert_allclose(y[y != 0], 3 / (1 - rate), rtol=1e-6)


def test_features_are_dropped_independently():
    x = np.ones((1000, 4), np.float32)
    context = nn.Context(training=True, key=jax.random.key(0))
    y = np.asarray(jax.jit(lambda x: dropout(0.5)(x, context))(x)) > 0
    correlation = np.corrcoef(y.T)
    assert np.abs(correlation - np.eye(4)).max() < 0.15


@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_nothing_is_dropped_outside_of_training(rate):
    x = normal(6, 4)
    np.testing.assert_array_equal(dropout(rate)(x, nn.Context()), x)


def test_a_rate_of_zero_keeps_everything():
    x = normal(600, 4)
    context = nn.Context(training=True, key=jax.random.key(0))
    y = jax.jit(lambda x: dropout(0)(x, context))(x)
    np.testing.assert_array_equal(y, x)


def test_only_kept_values_have_a_gradient():
    context = nn.Context(training=True, key=jax.random.key(0))

    @jax.jit
    def run(x):
        y, pull = jax.vjp(lambda x: dropout(0.5)(x, context), x)
        return y, *pull(jnp.ones_like(y))

    y, dx = map(np.asarray, run(normal(6, 4)))
    np.testing.assert_array_equal(dx, np.where(y != 0, 2.0, 0.0))


def test_two_layers_of_a_model_draw_different_masks():
    layers = [spec.Dropout(0.5), spec.Dropout(0.5)]
    rng = np.random.default_rng(0)
    model = nn.build(layers, (64,), num_outputs=1, rng=rng)

    @jax.jit
    def values(x):
        context = nn.Context(training=True, key=jax.random.key(0), recording=True)
        model(x, context)
        return context.values

    kept = values(np.ones((1, 64), np.float32))
    first, both = (np.asarray(kept[name]) > 0 for name in ("dropout1", "dropout2"))
    assert 0.1 < both.mean() / first.mean() < 0.9


def test_another_rate_does_not_recompile():
    """The rate is an input of the compiled layer."""
    definition, state = nnx.split(dropout(0.5))

    @jax.jit
    def kept(rate):
        nnx.replace_by_pure_dict(state, {"rate": rate})
        context = nn.Context(training=True, key=jax.random.key(0))
        y = nnx.merge(definition, state)(jnp.ones((1000, 4)), context)
        return (y > 0).mean()

    shares = [float(kept(np.float32(rate))) for rate in (0.2, 0.8)]
    assert shares == pytest.approx([0.8, 0.2], abs=0.03)
    assert kept._cache_size() == 1

"""Attention reads from the right steps, and positions follow their formula."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay import nn, spec

X = jax.random.normal(jax.random.key(0), (3, 5, 4))


def built(layer_spec, shape=(5, 4)):
    """Build a layer."""
    return nn.LAYERS[layer_spec.kind](
        layer_spec, nn.BuildContext(shape, np.random.default_rng(0))
    )


def dependence(layer_spec, **options):
    """Return which outputs (step) of the first row depend on which inputs (step)."""
    layer = built(layer_spec)

    @jax.jit
    def by_step(x):
        return layer(x, nn.Context(**options))[0].sum(axis=1)

    return np.abs(jax.jacobian(by_step)(X)[:, 0]).sum(axis=2) > 0


def test_every_step_reads_from_every_step():
    assert dependence(spec.SelfAttention(2)).all()


def test_a_causal_step_does_not_read_from_later_steps():
    seen = dependence(spec.SelfAttention(2, causal=True))
    np.testing.assert_array_equal(seen, np.tril(np.ones((5, 5), bool)))


def test_padded_steps_are_not_read_and_output_zeros():
    lengths = jnp.array([3, 5, 0])
    seen = dependence(spec.SelfAttention(2), lengths=lengths)
    assert seen[:3, :3].all() and seen.sum() == 9
    y = built(spec.SelfAttention(2))(X, nn.Context(lengths=lengths))
    assert (y[0, 3:] == 0).all() and (y[2] == 0).all()


def test_nan_in_padding_does_not_spread():
    layer, lengths = built(spec.SelfAttention(2)), jnp.array([3, 5, 5])
    y = layer(X, nn.Context(lengths=lengths))
    poisoned = layer(X.at[0, 3:].set(jnp.nan), nn.Context(lengths=lengths))
    np.testing.assert_array_equal(y, poisoned)


def test_shares_are_distributions():
    layer = built(spec.SelfAttention(2))
    query, key = jax.random.normal(jax.random.key(1), (2, 3, 5, 2, 2))
    share = layer.shares(query, key, lengths=jnp.array([5, 3, 1]))
    assert share.shape == (3, 2, 5, 5)
    np.testing.assert_allclose(share.sum(axis=-1), 1, rtol=1e-6)
    assert (share[2, :, :, 1:] == 0).all()


def test_the_order_of_steps_matters_only_with_positions():
    """Attention commutes with permutations of the steps."""
    order = np.array([3, 0, 4, 1, 2])
    layer = built(spec.SelfAttention(2))
    permuted = layer(X[:, order], nn.Context())
    y = layer(X, nn.Context())
    np.testing.assert_allclose(permuted, y[:, order], rtol=1e-4, atol=1e-5)
    positions = built(spec.PositionEmbedding())
    marked = layer(positions(X[:, order], nn.Context()), nn.Context())
    whole = layer(positions(X, nn.Context()), nn.Context())
    assert np.abs(marked - whole[:, order]).max() > 0.01


def test_products_in_bfloat16_give_float32():
    layer = built(spec.SelfAttention(2))
    exact = layer(X, nn.Context())
    rough = layer(X, nn.Context(dtype=jnp.bfloat16))
    assert rough.dtype == jnp.float32
    assert 1e-5 < np.abs(exact - rough).max() < 0.1


def test_sinusoidal_positions_follow_the_formula():
    table = built(spec.PositionEmbedding()).table()
    assert table[3].tolist() == pytest.approx(
        [np.sin(3), np.cos(3), np.sin(3 / 100), np.cos(3 / 100)], rel=1e-5
    )


def test_learned_positions_are_small_at_first():
    layer = built(spec.PositionEmbedding("learned"), (200, 4))
    spread = float(layer.positions[...].std())
    assert spread == pytest.approx(0.02, rel=0.1)

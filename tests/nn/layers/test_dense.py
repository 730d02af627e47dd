"""The dense layer agrees with PyTorch and supports lower precision."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import nn, spec

DATA = dict(np.load(Path(__file__).parents[2] / "reference" / "train_layers.npz"))
SITE = nn.BuildContext((5,), np.random.default_rng(0))


def test_values_and_gradients_equal_pytorch():
    definition, state = nnx.split(nn.Dense(spec.Dense(3), SITE))

    def run(parameters, x):
        nnx.replace_by_pure_dict(state, parameters)
        return nnx.merge(definition, state)(x, nn.Context())

    parameters = {name: DATA[f"dense_{name}"] for name in ("kernel", "bias")}
    y, pull = jax.vjp(run, parameters, DATA["dense_x"])
    np.testing.assert_allclose(y, DATA["dense_y"], rtol=1e-6, atol=1e-6)
    by_parameters, dx = pull(jnp.asarray(DATA["dense_g"]))
    for name, ours in {**by_parameters, "x": dx}.items():
        np.testing.assert_allclose(ours, DATA[f"dense_d{name}"], rtol=1e-6, atol=2e-6)


def test_without_bias_zero_maps_to_zero():
    layer = nn.Dense(spec.Dense(3, bias=False), SITE)
    assert layer.bias is None
    np.testing.assert_array_equal(layer(jnp.zeros((2, 5)), nn.Context()), 0)


def test_the_same_weights_serve_every_step():
    layer = nn.Dense(spec.Dense(3), nn.BuildContext((2, 5), np.random.default_rng(0)))
    x = jax.random.normal(jax.random.key(0), (4, 2, 5))
    y = layer(x, nn.Context())
    for position in range(2):
        alone = layer(x[:, position], nn.Context())
        np.testing.assert_allclose(y[:, position], alone, rtol=1e-6, atol=1e-6)


def test_bfloat16_rounds_the_factors_and_sums_in_float32():
    layer = nn.Dense(spec.Dense(3), SITE)
    x = jax.random.normal(jax.random.key(0), (4, 5))
    y = layer(x, nn.Context(dtype=jnp.bfloat16))
    assert y.dtype == jnp.float32
    rounded = [
        np.float64(np.asarray(a).astype(jnp.bfloat16)) for a in (x, layer.kernel[...])
    ]
    np.testing.assert_allclose(y, rounded[0] @ rounded[1], rtol=1e-6, atol=1e-6)
    exact = layer(x, nn.Context())
    assert np.abs(y - exact).max() > 1e-4

"""Normalizations agree with PyTorch and finite differences."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from derivatives import check_derivatives

from assay.nn import ops

DATA = dict(np.load(Path(__file__).parents[2] / "reference" / "nn_normalizing.npz"))


def normal(seed, shape, dtype=np.float32):
    """Draw with NumPy, which does not need to compile for a new shape."""
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def arrays(name, *fields):
    return [DATA[f"{name}_{field}"] for field in fields]


@pytest.mark.parametrize("name", ["batch", "batch_relu"])
def test_batch_normalize_equals_pytorch(name):
    x, scale, bias, g = arrays(name, "x", "scale", "bias", "g")

    def run(x, scale, bias):
        y, mean, variance = ops.batch_normalize(x, scale, bias)
        return (jax.nn.relu(y) if name == "batch_relu" else y), (mean, variance)

    @jax.jit
    def pulled(x, scale, bias, g):
        y, pull, moments = jax.vjp(run, x, scale, bias, has_aux=True)
        return y, moments, pull(g)

    y, (mean, variance), gradients = pulled(x, scale, bias, g)
    y_theirs, *theirs = arrays(name, "y", "dx", "dscale", "dbias")
    np.testing.assert_allclose(y, y_theirs, atol=2e-6)
    np.testing.assert_allclose(mean, DATA[f"{name}_mean"], atol=1e-6)
    np.testing.assert_allclose(variance, DATA[f"{name}_variance"], rtol=1e-6)
    for ours, expected in zip(gradients, theirs, strict=True):
        np.testing.assert_allclose(ours, expected, atol=5e-6)


def test_normalize_equals_pytorch():
    x, scale, bias, mean, variance, expected = arrays(
        "batch", "x", "scale", "bias", "mean", "variance", "inference"
    )
    run = jax.jit(ops.normalize)
    y = run(x, scale, bias, mean=mean, variance=variance)
    np.testing.assert_allclose(y, expected, atol=2e-6)


def test_layer_normalize_equals_pytorch():
    x, scale, bias, g = arrays("layer", "x", "scale", "bias", "g")

    @jax.jit
    def pulled(x, scale, bias, g):
        run = partial(ops.layer_normalize, num_axes=2)
        y, pull = jax.vjp(run, x, scale, bias)
        return y, pull(g)

    y, gradients = pulled(x, scale, bias, g)
    y_theirs, *theirs = arrays("layer", "y", "dx", "dscale", "dbias")
    np.testing.assert_allclose(y, y_theirs, atol=2e-6)
    for ours, expected in zip(gradients, theirs, strict=True):
        np.testing.assert_allclose(ours, expected, atol=5e-6)


def test_padded_rows_do_not_count():
    """Values and gradients of the real rows equal those without padding rows."""
    x = normal(0, (5, 3, 2))
    scale, bias = np.array([[1.5, -0.5], [0.1, 0.2]], np.float32)
    padded = x.copy()
    padded[3:] = 1e3
    weights = np.array([1, 1, 1, 0, 0], np.float32)

    def cost(x, scale, bias, weights):
        y, *moments = ops.batch_normalize(x, scale, bias, weights=weights)
        rows = jnp.sin(y).sum((1, 2))
        return (rows if weights is None else rows * weights).sum(), moments

    run = jax.jit(jax.value_and_grad(cost, argnums=(0, 1, 2), has_aux=True))
    (value, moments), gradients = run(padded, scale, bias, weights)
    (alone, moments_alone), gradients_alone = run(x[:3], scale, bias, None)
    np.testing.assert_allclose(value, alone, rtol=1e-6)
    np.testing.assert_allclose(moments, moments_alone, rtol=1e-5)
    gradients = jax.tree.map(np.asarray, gradients)
    assert not gradients[0][3:].any()
    np.testing.assert_allclose(gradients[0][:3], gradients_alone[0], atol=1e-5)
    for a, b in zip(gradients[1:], gradients_alone[1:], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_padded_steps_do_not_count():
    """Weights may differ between the steps of a row, and epsilon may be traced."""
    x = normal(0, (2, 4, 3))
    weights = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], np.float32)
    run = jax.jit(
        lambda x, w, e: ops.batch_normalize(
            x, jnp.ones(3), jnp.zeros(3), weights=w, epsilon=e
        )
    )
    y, *moments = run(x, weights, 1e-3)
    real = x[weights > 0]
    y_real, *moments_real = run(real, np.ones(5, np.float32), 1e-3)
    np.testing.assert_allclose(np.asarray(y)[weights > 0], y_real, atol=1e-6)
    np.testing.assert_allclose(moments, moments_real, rtol=1e-5)


def test_derivatives():
    with jax.enable_x64(True):
        x = normal(0, (4, 3, 2), np.float64)
        scale, bias = np.array([1.5, -0.5]), np.array([0.1, 0.2])
        weights = np.array([1.0, 0.5, 2.0, 0.0])

        def run(x, scale, bias):
            return ops.batch_normalize(x, scale, bias, weights=weights)[0]

        check_derivatives(run, (x, scale, bias), order=2, modes=["rev"])


def test_forward_over_reverse():
    """Second derivatives times a vector, as required for curvature."""
    x = normal(0, (6, 3))

    def cost(scale):
        y = jax.nn.relu(ops.batch_normalize(x, scale, jnp.full(3, 0.1))[0])
        return jnp.sin(y).sum()

    @jax.jit
    def both(scale, direction):
        gradient = jax.grad(cost)
        _, product = jax.jvp(gradient, (scale,), (direction,))
        return product, jax.grad(lambda s: gradient(s) @ direction)(scale)

    scale, direction = np.array([[1, 2, -1], [0.5, -1, 1]], np.float32)
    np.testing.assert_allclose(*both(scale, direction), rtol=1e-4)


def test_layer_normalize_derivatives():
    with jax.enable_x64(True):
        x = normal(0, (2, 3, 4), np.float64)
        scale, bias = np.arange(4.0), np.ones(4)
        check_derivatives(ops.layer_normalize, (x, scale, bias), order=2)


def test_without_any_weight_mean_and_variance_are_zero():
    x = normal(0, (3, 8, 8, 2))
    ones, zeros = np.ones(2, np.float32), np.zeros(2, np.float32)
    run = jax.jit(ops.batch_normalize)
    y, mean, variance = run(x, ones, zeros, weights=np.zeros(3, np.float32))
    assert mean.tolist() == variance.tolist() == [0.0, 0.0]
    assert np.isfinite(y).all()


def test_constant_channel_stays_finite():
    x = np.ones((4, 1), np.float32)
    gradient = jax.grad(
        lambda x: ops.batch_normalize(x, jnp.ones(1), jnp.zeros(1))[0].sum()
    )
    assert np.isfinite(jax.jit(gradient)(x)).all()

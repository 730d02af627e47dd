"""The cross-entropy of the C++ extension agrees with the JAX implementation."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay.costs import _cross_entropy, cross_entropy
from assay.extension import extension_status

IN_USE, REASON = extension_status()
pytestmark = pytest.mark.skipif(not IN_USE, reason=f"C++ extension: {REASON}")


def rows_of(n, k, scale=3.0):
    rng = np.random.default_rng(n + k)
    outputs = (scale * rng.normal(size=(n, k))).astype(np.float32)
    return outputs, rng.integers(0, k, n).astype(np.int32)


@partial(jax.jit, static_argnums=0)
def losses_and_gradient(function, outputs, targets):
    losses, pull = jax.vjp(lambda outputs: function(outputs, targets), outputs)
    return losses, *pull(jnp.arange(1.0, 1.0 + len(losses)))


@pytest.mark.parametrize(("n", "k"), [(1, 2), (5, 10), (3, 16), (4, 17), (2, 300)])
def test_values_and_gradients(n, k):
    outputs, targets = rows_of(n, k)
    ours = losses_and_gradient(cross_entropy, outputs, targets)
    plain = losses_and_gradient(_cross_entropy._of_classes, outputs, targets)
    for a, b in zip(ours, plain, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-6, atol=2e-6)


def test_far_logits_keep_their_digits():
    outputs = jnp.array([[1e4, 1e4 + 1, -1e4], [80.0, -80.0, 0.0]])
    losses = cross_entropy(outputs, jnp.array([0, 0]))
    np.testing.assert_allclose(losses, [np.log(1 + np.e), 0], rtol=1e-6, atol=1e-30)


def test_unknown_classes_and_nan_give_nan():
    outputs = np.array([[1, 2], [1, 2], [np.nan, 1], [1, np.inf]], np.float32)
    targets = np.array([2, -1, 1, 0], np.int32)
    losses, gradient = losses_and_gradient(cross_entropy, outputs, targets)
    assert np.isnan(losses).all()
    np.testing.assert_array_equal(np.asarray(gradient)[:2], 0)


def test_second_derivatives():
    outputs, targets = rows_of(4, 3)

    @partial(jax.jit, static_argnums=0)
    def curvature(function, outputs, targets):
        cost = jax.grad(lambda outputs: jnp.square(function(outputs, targets)).sum())
        return jax.jvp(cost, (outputs,), (outputs,))

    ours = curvature(cross_entropy, outputs, targets)
    plain = curvature(_cross_entropy._of_classes, outputs, targets)
    for a, b in zip(ours, plain, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)


def test_members():
    outputs, targets = rows_of(12, 5)
    stacked = outputs.reshape(3, 4, 5), targets.reshape(3, 4)
    mapped = jax.jit(jax.vmap(partial(losses_and_gradient, cross_entropy)))
    ours = jax.tree.map(np.asarray, mapped(*stacked))
    for place in range(3):
        alone = losses_and_gradient(cross_entropy, stacked[0][place], stacked[1][place])
        for a, b in zip(ours, alone, strict=True):
            np.testing.assert_array_equal(a[place], b)

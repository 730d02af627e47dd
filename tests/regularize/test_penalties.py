"""Penalties have known values and gradients, and apply only to kernels."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.regularize import PENALTIES, l1, l2, penalty

PARAMETERS = {
    "batch_norm1": {"scale": jnp.array([5.0]), "bias": jnp.array([6.0])},
    "dense1": {
        "kernel": jnp.array([[1.0, -2.0], [0.0, 3.0]]),
        "bias": jnp.array([7.0, 8.0]),
    },
    "output": {"kernel": jnp.array([[-0.5], [4.0]])},
    "parametric_relu1": {"slope": jnp.array(0.25)},
}
ONE = {"strength": 1.0}

VALUES = {l1: jax.jit(l1), l2: jax.jit(l2)}
WEIGHTS = st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=9)


@given(WEIGHTS, st.floats(0, 100, width=32))
def test_values(weights, strength):
    w = np.float64(weights)
    padded = np.zeros(9, np.float32)  # one shape, so that it compiles once
    padded[: len(w)] = w
    ours = [float(VALUES[p](padded, np.float32(strength))) for p in (l1, l2)]
    expected = [strength * np.abs(w).sum(), strength * (w**2).sum()]
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-30)  # subnormal: 0


def test_gradients():
    w = jnp.array([1.5, -2.0, 0.0])
    np.testing.assert_allclose(jax.grad(l1)(w, 0.5), [0.5, -0.5, 0.0])
    np.testing.assert_allclose(jax.grad(l2)(w, 0.5), [1.5, -2.0, 0.0])


def test_the_penalty_is_the_sum_over_the_kernels():
    """|w| sums to 6 + 4.5, and w squared to 14 + 16.25."""
    assert float(penalty(PARAMETERS, {"l1": ONE})) == pytest.approx(10.5)
    assert float(penalty(PARAMETERS, {"l2": ONE})) == pytest.approx(30.25)
    both = penalty(PARAMETERS, {"l1": {"strength": 2.0}, "l2": {"strength": 0.1}})
    assert float(both) == pytest.approx(2 * 10.5 + 0.1 * 30.25)


@pytest.mark.parametrize("kind", PENALTIES)
def test_only_kernels_are_pulled_towards_zero(kind):
    gradients = jax.grad(penalty)(PARAMETERS, {kind: ONE})
    for layer, parts in gradients.items():
        for name, gradient in parts.items():
            pulled = bool(np.any(np.asarray(gradient) != 0))
            assert pulled == (name == "kernel"), f"{layer}.{name}"


def test_other_regularizers_add_no_penalty():
    assert penalty(PARAMETERS, {}) == 0.0
    early = {"early_stopping": {"patience_epochs": 3.0, "min_improvement": 0.0}}
    assert penalty(PARAMETERS, early) == 0.0


@pytest.mark.parametrize("kind", PENALTIES)
def test_the_strength_is_an_input(kind):
    compiled = jax.jit(lambda strength: penalty(PARAMETERS, {kind: strength}))
    values = [float(compiled({"strength": np.float32(s)})) for s in (1, 2, 0)]
    assert values == pytest.approx([values[0], 2 * values[0], 0])
    assert compiled._cache_size() == 1

"""Updates of the C++ extension agree with the rules that they replace."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay.extension import extension_status
from assay.optim import get

IN_USE, REASON = extension_status()
pytestmark = pytest.mark.skipif(not IN_USE, reason=f"C++ extension: {REASON}")

HYPER = {
    "adam": {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-6},
    "adamw": {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-6, "weight_decay": 0.1},
}


def start_of(*sizes):
    rng = np.random.default_rng(0)
    return {
        f"array{i}": jnp.asarray(rng.normal(size=size), np.float32)
        for i, size in enumerate(sizes)
    }


def updated(name, parameters, *, fused, num_steps=5):
    optimizer = get(name)
    if not fused:
        optimizer = dataclasses.replace(optimizer, fused=None)
    state = optimizer.direction(**HYPER[name]).init(parameters)

    @jax.jit
    def step(parameters, state, hyper):
        gradients = jax.tree.map(lambda p: jnp.sin(9 * p), parameters)
        return optimizer.update(gradients, state, parameters, **hyper)

    hyper = {"learning_rate": 0.1, **HYPER[name]}
    for _ in range(num_steps):
        parameters, state = step(parameters, state, hyper)
    return parameters, state


@pytest.mark.parametrize("name", HYPER)
def test_equals_the_rule(name):
    parameters = start_of(1, 17, (3, 40), 50_000)
    ours = updated(name, parameters, fused=True)
    plain = updated(name, parameters, fused=False)
    assert jax.tree.structure(ours) == jax.tree.structure(plain)
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(plain), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-6)


def test_inputs_are_not_overwritten():
    parameters = start_of(40)
    before = np.array(parameters["array0"])
    updated("adam", parameters, fused=True)
    np.testing.assert_array_equal(parameters["array0"], before)


def test_members():
    many = [start_of(40, 9), jax.tree.map(lambda a: -3 * a, start_of(40, 9))]
    optimizer = get("adamw")
    hyper = {"learning_rate": np.float32([0.1, 0.2]), **HYPER["adamw"]}

    @jax.jit
    def step(parameters, learning_rate):
        state = optimizer.direction(**HYPER["adamw"]).init(parameters)
        values = {**hyper, "learning_rate": learning_rate}
        return optimizer.update(parameters, state, parameters, **values)

    stacked = jax.tree.map(lambda *leaves: np.stack(leaves), *many)
    mapped = jax.jit(jax.vmap(step))
    ours = jax.tree.map(np.asarray, mapped(stacked, hyper["learning_rate"]))
    for place, rate in enumerate(hyper["learning_rate"]):
        alone = step(many[place], rate)
        for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(alone), strict=True):
            np.testing.assert_array_equal(a[place], b)


def test_other_types_use_the_plain_rule():
    with jax.enable_x64(True):
        parameters = {"array0": jnp.ones(3, jnp.float64)}
        new, _ = updated("adam", parameters, fused=True)
        assert new["array0"].dtype == np.float64

"""Recurrent layers agree with PyTorch's packed sequences and finite differences."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from derivatives import check_derivatives

from assay.nn import ops

DATA = dict(np.load(Path(__file__).parents[3] / "reference" / "nn_recurrent.npz"))
CELLS = {"simple_rnn": (ops.simple_rnn, 1), "lstm": (ops.lstm, 4), "gru": (ops.gru, 3)}
H = 4


def normal(seed, shape, dtype=np.float32):
    """Draw with NumPy, which does not need to compile for a new shape."""
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def weights_of(name, direction):
    """Return PyTorch's weights of one direction in our layout, with both biases."""
    suffix = "_l0" + ("_reverse" if direction else "")
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    values = [DATA[f"{name}_{kind}{suffix}"] for kind in kinds]
    return values[0].T, values[1].T, values[2], values[3]


def run_direction(name, x, weights, *, direction, lengths):
    kernel, recurrent, bias, inner = weights
    start = jnp.asarray(DATA[f"{name}_start"][direction])
    more = {"lengths": lengths, "reverse": bool(direction), "initial": start}
    if name == "lstm":
        more["initial"] = start, jnp.asarray(DATA["lstm_cell"][direction])
    if name == "gru":
        more["recurrent_bias"] = inner[2 * H :]
        inner = inner.at[2 * H :].set(0)
    return CELLS[name][0](x, kernel, recurrent, bias + inner, **more)


@pytest.mark.usefixtures("computed_by")
@pytest.mark.parametrize("name", CELLS)
def test_equals_pytorch(name):
    """Values and gradients of a bidirectional layer agree for unequal lengths."""
    x, lengths = DATA[f"{name}_x"], jnp.asarray(DATA["lengths"])

    def both(x, weights):
        walks = [
            run_direction(name, x, w, direction=d, lengths=lengths)
            for d, w in enumerate(weights)
        ]
        last = jnp.stack(jax.tree.leaves([w[1] for w in walks]))
        return ops.bidirectional(*walks)[0], last

    @jax.jit
    def pulled(x, weights, g):
        (y, last), pull = jax.vjp(both, x, weights)
        return y, last, *pull((g, jnp.zeros_like(last)))

    weights = [weights_of(name, 0), weights_of(name, 1)]
    y, last, dx, gradients = pulled(x, weights, DATA[f"{name}_g"])
    np.testing.assert_allclose(y, DATA[f"{name}_y"], atol=1e-6)
    theirs = DATA[f"{name}_last"]
    if name == "lstm":
        theirs = np.stack([theirs[0, 0], theirs[1, 0], theirs[0, 1], theirs[1, 1]])
    np.testing.assert_allclose(last, theirs, atol=1e-6)

    np.testing.assert_allclose(dx, DATA[f"{name}_dx"], atol=2e-6)
    for direction, ours in enumerate(gradients):
        suffix = "_l0" + ("_reverse" if direction else "")
        for kind, value in zip(
            ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), ours, strict=True
        ):
            expected = DATA[f"{name}_grad_{kind}{suffix}"]
            np.testing.assert_allclose(np.asarray(value).T, expected, atol=3e-6)


def random_weights(name, channels, dtype=np.float32):
    gates = CELLS[name][1] * H
    shapes = ((channels, gates), (H, gates), (gates,))
    return [normal(seed, shape, dtype) / 2 for seed, shape in enumerate(shapes)]


@pytest.mark.usefixtures("computed_by")
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", CELLS)
def test_padded_row_equals_the_row_alone(name, reverse):
    run = partial(CELLS[name][0], reverse=reverse)
    weights = random_weights(name, 3)
    x = normal(3, (4, 6, 3))
    lengths = np.array([6, 4, 1, 0], np.int32)
    real = np.arange(6)[None, :, None] < lengths[:, None, None]
    poisoned = np.where(real, x, np.float32(1e3))

    def cost(x, weights):
        y, last = run(x, *weights, lengths=jnp.asarray(lengths))
        total = jnp.sin(y).sum() + sum(jnp.cos(s).sum() for s in jax.tree.leaves(last))
        return total, (y, last)

    @jax.jit
    def padded_and_alone(x, poisoned, weights):
        dx, (y, last) = jax.grad(cost, has_aux=True)(poisoned, weights)
        rows = enumerate(lengths.tolist())
        alone = {r: run(x[r : r + 1, :n], *weights) for r, n in rows if n}
        return y, last, dx, alone

    results = padded_and_alone(x, poisoned, weights)
    y, last, dx, alone = jax.tree.map(np.asarray, results)
    for row, length in enumerate(lengths.tolist()):
        assert not y[row, length:].any()
        assert not dx[row, length:].any()
        if length == 0:
            assert not any(state[row].any() for state in jax.tree.leaves(last))
            continue
        y_alone, last_alone = alone[row]
        np.testing.assert_allclose(y[row, :length], y_alone[0], atol=1e-6)
        for a, b in zip(*map(jax.tree.leaves, (last, last_alone)), strict=True):
            np.testing.assert_allclose(a[row], b[0], atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_reverse_reads_from_the_end(name):
    weights = random_weights(name, 3)
    x = normal(3, (2, 5, 3))
    run = jax.jit(CELLS[name][0], static_argnames="reverse")
    y, last = run(x, *weights, reverse=True)
    mirrored, same = run(x[:, ::-1], *weights)
    np.testing.assert_allclose(y, np.asarray(mirrored)[:, ::-1], atol=1e-6)
    for a, b in zip(*map(jax.tree.leaves, (last, same)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_walk_in_two_parts(name):
    """The last state of the first half starts the second half."""
    run, weights = CELLS[name][0], random_weights(name, 3)
    x = normal(3, (2, 6, 3))

    @jax.jit
    def walks(x, weights):
        first, middle = run(x[:, :2], *weights)
        return run(x, *weights), first, run(x[:, 2:], *weights, initial=middle)

    (whole, end), first, (second, last) = walks(x, weights)
    np.testing.assert_allclose(np.concatenate([first, second], 1), whole, atol=1e-6)
    for a, b in zip(*map(jax.tree.leaves, (last, end)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_derivatives(name):
    with jax.enable_x64(True):
        weights = random_weights(name, 2, np.float64)
        x = normal(3, (2, 3, 2), np.float64)
        run = partial(CELLS[name][0], lengths=jnp.array([3, 2]))
        check_derivatives(run, (x, *weights), order=1)
        check_derivatives(run, (x, *weights), order=2, modes=["rev"])


@pytest.mark.parametrize("name", CELLS)
def test_same_in_a_loop_under_vmap_and_alone(name):
    run = CELLS[name][0]

    def gradients(x, weights):
        y, pull = jax.vjp(lambda *a: run(*a)[0], x, *weights)
        return y, *pull(jnp.sin(y))

    @jax.jit
    def all_ways(three):
        alone = gradients(*jax.tree.map(lambda a: a[2], three))
        looped = jax.lax.map(lambda a: gradients(*a), three)
        return alone, looped, jax.vmap(gradients)(*three)

    weights = random_weights(name, 3)
    x = normal(3, (2, 5, 3))
    three = jax.tree.map(lambda a: np.stack([a, a, a]), (x, weights))
    for one, many, also in zip(*all_ways(three), strict=True):
        many, also = np.asarray(many), np.asarray(also)
        np.testing.assert_allclose(many[2], one, atol=1e-5)
        np.testing.assert_allclose(also[2], one, atol=1e-5)

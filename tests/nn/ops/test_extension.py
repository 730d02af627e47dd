"""The C++ extension agrees with NumPy and with the JAX implementations."""

import itertools
import os
import subprocess
import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.extension import extension_status
from assay.nn import ops
from assay.nn.ops import _lowering, _primitives
from assay.nn.ops._windows import Geometry
from assay.nn.ops.recurrent import _fused, _gru, _lstm

IN_USE, REASON = extension_status()
pytestmark = pytest.mark.skipif(not IN_USE, reason=f"C++ extension: {REASON}")


def normal(seed, shape):
    """Draw with NumPy, which does not need to compile for a new shape."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@st.composite
def geometries(draw):
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    padding = tuple(
        (draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(rank)
    )
    space = []
    for f, d, (low, high) in zip(kernel, dilation, padding, strict=True):
        least = max(1, d * (f - 1) + 1 - low - high)
        space.append(draw(st.integers(least, least + 8)))
    groups, c, k = draw(
        st.sampled_from(
            # (groups, c, k) of one group, around the widths of registers and tiles
            [(1, 1, 1), (1, 3, 17), (1, 5, 40), (1, 16, 16), (1, 19, 33), (1, 32, 64)]
            + [(1, 33, 70), (2, 3, 5), (3, 17, 20), (16, 1, 1), (21, 1, 1), (4, 1, 2)]
        )
    )
    geometry = Geometry(tuple(space), kernel, stride, padding, dilation, groups)
    return geometry, draw(st.sampled_from([1, 2, 5, 33])), c, k


def windows(x, geometry):
    """Return the elements of x that each tap multiplies, (n, *output, c)."""
    reach = [
        (lo, hi + s)
        for (lo, hi), s in zip(geometry.padding, geometry.stride, strict=True)
    ]
    padded = np.pad(x, [(0, 0), *reach, (0, 0)])
    for tap in itertools.product(*map(range, geometry.kernel)):
        steps = zip(
            tap, geometry.dilation, geometry.stride, geometry.output, strict=True
        )
        index = tuple(slice(t * d, t * d + s * o, s) for t, d, s, o in steps)
        yield tap, index, padded[:, *index]


def by_groups(x, groups):
    return x.reshape(*x.shape[:-1], groups, -1)


def numpy_forward(x, kernel, geometry):
    groups = geometry.groups
    y = 0
    for tap, _, seen in windows(x, geometry):
        weights = by_groups(kernel[tap], groups)
        y = y + np.einsum("...gc,cgk->...gk", by_groups(seen, groups), weights)
    return y.reshape(*y.shape[:-2], -1)


def numpy_kernel_gradient(x, g, geometry):
    groups = geometry.groups
    flat = by_groups(g, groups).reshape(-1, groups, g.shape[-1] // groups)
    rows = [
        np.einsum(
            "pgc,pgk->cgk", by_groups(seen, groups).reshape(*flat.shape[:2], -1), flat
        )
        for _, _, seen in windows(x, geometry)
    ]
    c = x.shape[-1] // groups
    return np.stack(rows).reshape(*geometry.kernel, c, g.shape[-1])


def numpy_input_gradient(g, kernel, geometry):
    groups = geometry.groups
    n, channels = g.shape[0], kernel.shape[-2] * groups
    x = np.zeros((n, *geometry.space, channels), g.dtype)
    lows = [low for low, _ in geometry.padding]
    reach = [
        (lo, hi + s)
        for (lo, hi), s in zip(geometry.padding, geometry.stride, strict=True)
    ]
    padded = np.pad(x, [(0, 0), *reach, (0, 0)])
    for tap, index, _ in windows(x, geometry):
        weights = by_groups(kernel[tap], groups)
        part = np.einsum("...gk,cgk->...gc", by_groups(g, groups), weights)
        padded[:, *index] += part.reshape(*part.shape[:-2], channels)
    inside = tuple(
        slice(low, low + size) for low, size in zip(lows, geometry.space, strict=True)
    )
    return padded[:, *inside]


@st.composite
def winograd_geometries(draw):
    """Kernels of 3x3 with stride 1 and enough channels for Winograd's algorithm."""
    padding = tuple((draw(st.integers(0, 4)), draw(st.integers(0, 4))) for _ in "hw")
    space = tuple(draw(st.integers(max(1, 5 - sum(p)), 21)) for p in padding)
    geometry = Geometry(space, (3, 3), (1, 1), padding, (1, 1))
    channels = st.sampled_from([16, 19, 32, 64, 70])
    return geometry, draw(st.sampled_from([1, 2, 5])), draw(channels), draw(channels)


def check_against_numpy(case, seed):
    """Small integers and Winograd's halves are exact, so every bit must agree."""
    geometry, n, c, k = case
    generator = np.random.default_rng(seed)

    def integers(*shape):
        return generator.integers(-3, 4, shape).astype(np.float32)

    x = integers(n, *geometry.space, c * geometry.groups)
    kernel = integers(*geometry.kernel, c, k * geometry.groups)
    g = integers(n, *geometry.output, k * geometry.groups)
    y, dx, dkernel = all_three(x, kernel, g, geometry)
    np.testing.assert_array_equal(y, numpy_forward(x, kernel, geometry))
    np.testing.assert_array_equal(dx, numpy_input_gradient(g, kernel, geometry))
    np.testing.assert_array_equal(dkernel, numpy_kernel_gradient(x, g, geometry))


@partial(jax.jit, static_argnums=3)
def all_three(x, kernel, g, geometry):
    """Return the convolution and both of its gradients, by one program."""
    return (
        _primitives.forward(x, kernel, geometry),
        _primitives.input_gradient(g, kernel, geometry),
        _primitives.kernel_gradient(x, g, geometry),
    )


@settings(max_examples=60)
@given(geometries(), st.integers(0, 2**31))
def test_convolutions_equal_numpy(case, seed):
    check_against_numpy(case, seed)


@settings(max_examples=20)
@given(winograd_geometries(), st.integers(0, 2**31))
def test_winograd_equals_numpy(case, seed):
    check_against_numpy(case, seed)


@pytest.mark.parametrize("size", [3, 5], ids=["winograd", "direct"])
def test_rounding_errors_are_small(size):
    """Compared with float64, errors are at most 1e-5 of the root mean square."""
    pad = (size // 2, size // 2)
    geometry = Geometry((9, 9), (size, size), (1, 1), (pad, pad), (1, 1))
    x = normal(0, (8, 9, 9, 32)) + 1
    kernel = normal(1, (size, size, 32, 48))
    g = normal(2, (8, 9, 9, 48))
    for name, a, b in (
        ("forward", x, kernel),
        ("input_gradient", g, kernel),
        ("kernel_gradient", x, g),
    ):
        plain = jax.jit(partial(getattr(_lowering, name), geometry=geometry))
        with jax.enable_x64(True):
            exact = np.asarray(plain(*(jnp.asarray(v, jnp.float64) for v in (a, b))))
        ours = np.asarray(getattr(_primitives, name)(a, b, geometry))
        assert np.abs(ours - exact).max() < 1e-5 * np.sqrt(np.square(exact).mean())


def test_convolution_is_the_extensions():
    text = jax.jit(ops.convolve).lower(jnp.ones((1, 4, 2)), jnp.ones((2, 2, 3)))
    assert "assay_convolution_forward" in text.as_text()


def test_float64_is_left_to_xla():
    with jax.enable_x64(True):
        x, kernel = jnp.ones((1, 4, 2)), jnp.ones((2, 2, 3))
        text = jax.jit(ops.convolve).lower(x, kernel).as_text()
    assert "assay_convolution" not in text


def test_large_images_are_cut_into_bands():
    """One image exceeds the cache, so bands of rows meet at their borders."""
    geometry = Geometry((150, 70), (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1))
    generator = np.random.default_rng(0)
    x = generator.integers(-3, 4, (1, 150, 70, 8)).astype(np.float32)
    kernel = generator.integers(-3, 4, (3, 3, 8, 8)).astype(np.float32)
    y = numpy_forward(x, kernel, geometry)
    np.testing.assert_array_equal(_primitives.forward(x, kernel, geometry), y)
    np.testing.assert_array_equal(
        _primitives.input_gradient(y, kernel, geometry),
        numpy_input_gradient(y, kernel, geometry),
    )
    np.testing.assert_array_equal(
        _primitives.kernel_gradient(x, y % 5, geometry),
        numpy_kernel_gradient(x, y % 5, geometry),
    )


def test_runs_repeat_bit_for_bit():
    geometry = Geometry((20, 20), (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1))
    x = normal(0, (16, 20, 20, 16))
    g = normal(1, (16, 20, 20, 32))
    first = _primitives.kernel_gradient(x, g, geometry)
    for _ in range(10):
        again = _primitives.kernel_gradient(x, g, geometry)
        np.testing.assert_array_equal(again, first)


WALKS = {
    "lstm": (_fused.LSTM, _lstm.plain_lstm, 4),
    "gru": (_fused.GRU, _gru.plain_gru, 3),
}


def walk_inputs(name, n, steps, h):
    cell, plain, gates = WALKS[name]
    projected = 2 * normal(0, (n, steps, gates * h))
    kernel = normal(1, (h, gates * h)) / np.float32(np.sqrt(h))
    states = tuple(normal(seed, (n, h)) for seed in (2, 3))
    if name == "lstm":
        return cell, plain, (projected, (kernel,), states)
    bias = normal(4, (h,))
    return cell, plain, (projected, (kernel, bias), states[:1])


@pytest.mark.parametrize(
    ("n", "steps", "h", "reverse"),
    [
        (1, 1, 1, False),
        (7, 5, 3, True),
        (20, 9, 16, False),
        (33, 4, 37, True),
        (5, 6, 130, False),
    ],
)
@pytest.mark.parametrize("name", WALKS)
def test_walks_equal_the_plain_form(name, n, steps, h, reverse):
    """All outputs and gradients agree to 1e-5 of the largest value."""
    cell, plain, inputs = walk_inputs(name, n, steps, h)
    lengths = np.arange(n, dtype=np.int32) % (steps + 1)

    def pulled(run, inputs):
        outputs, pull = jax.vjp(run, inputs)
        return jax.tree.leaves((outputs, pull(jax.tree.map(jnp.sin, outputs))))

    @jax.jit
    def both(inputs, lengths):
        how = {"lengths": lengths, "reverse": reverse}
        ours = pulled(partial(_fused.walk, cell, plain, **how), inputs)
        return ours, pulled(partial(plain, **how), inputs)

    for a, b in zip(*both(inputs, lengths), strict=True):
        scale = max(1.0, np.abs(b).max())
        np.testing.assert_allclose(a, b, atol=1e-5 * scale, rtol=0)


@pytest.mark.slow
@pytest.mark.parametrize("name", WALKS)
def test_second_derivatives_equal_the_plain_form(name):
    cell, plain, inputs = walk_inputs(name, 3, 4, 5)
    lengths = np.array([4, 2, 3], np.int32)
    direction = jax.tree.map(np.cos, inputs)

    def products(run, inputs, direction):
        def cost(inputs):
            states, last = run(inputs)
            return jnp.sin(states).sum() + sum(jnp.cos(s).sum() for s in last)

        gradient = jax.grad(cost)

        def along(inputs):
            slopes = jax.tree.map(jnp.vdot, gradient(inputs), direction)
            return sum(jax.tree.leaves(slopes))

        forward = jax.jvp(gradient, (inputs,), (direction,))[1]
        return jax.tree.leaves((forward, jax.grad(along)(inputs)))

    @jax.jit
    def both(inputs, direction, lengths):
        how = {"lengths": lengths, "reverse": False}
        ours = products(partial(_fused.walk, cell, plain, **how), inputs, direction)
        return ours, products(partial(plain, **how), inputs, direction)

    for a, b in zip(*both(inputs, direction, lengths), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


def test_activations_over_their_whole_range():
    """The cells' sigmoid and tanh are accurate to 3e-7, at extremes and near 0."""
    values = np.concatenate(
        [np.linspace(-30, 30, 4001), [-1e30, 1e30, 1e-20, -1e-6, 88, -88]]
    ).astype(np.float32)
    n = values.size
    zeros = np.zeros((n, 1), np.float32)
    wide = np.full(n, 100, np.float32)  # an open gate

    @jax.jit
    def cell_of(*gates):
        projected = jnp.stack(gates, axis=-1)[:, None]
        inputs = projected, (jnp.zeros((1, 4)),), (zeros, zeros)
        lengths = jnp.ones((n,), jnp.int32)
        _, (_, cell) = _fused.walk(
            _fused.LSTM, _lstm.plain_lstm, inputs, lengths=lengths, reverse=False
        )
        return cell[:, 0]

    exact = np.asarray(values, np.float64)
    np.testing.assert_allclose(
        cell_of(wide, -wide, values, wide), np.tanh(exact), atol=3e-7, rtol=3e-7
    )
    with np.errstate(over="ignore"):
        expected = 1 / (1 + np.exp(-exact))
    np.testing.assert_allclose(
        cell_of(values, -wide, wide, wide), expected, atol=3e-7, rtol=0
    )


@pytest.mark.slow
def test_narrower_instructions_agree():
    """The same tests pass with AVX2 on processors that support AVX-512."""
    if "avx512" not in REASON:
        pytest.skip("this run used them already")
    command = [sys.executable, "-m", "pytest", "-q", "-k", "numpy or plain", __file__]
    environment = {**os.environ, "ASSAY_EXTENSION": "avx2"}
    done = subprocess.run(
        [*command, "-m", "not slow"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:]

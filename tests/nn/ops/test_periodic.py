"""Periodic functions agree with their formula, with and without the C++ extension."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay.extension import extension_status
from assay.nn.ops import _periodic, periodic

IN_USE, REASON = extension_status()
needs_extension = pytest.mark.skipif(not IN_USE, reason=f"C++ extension: {REASON}")

# Rows, columns, frequencies and units, around the sizes of registers. The last ones
# are computed by several threads, or without the extension.
SHAPES = [
    (2, 1, 1, 1),
    (15, 3, 7, 2),
    (16, 2, 16, 3),
    (17, 5, 4, 4),
    (64, 61, 16, 3),
    (3000, 8, 16, 3),
    (1, 4, 16, 3),
    (20, 2, 3, 5),
]


def inputs_of(n, columns, frequencies, units):
    rng = np.random.default_rng(n)
    shapes = [(n, columns), *2 * [(columns, frequencies)]]
    shapes.append((columns, frequencies, units))
    return tuple(rng.normal(size=shape).astype(np.float32) for shape in shapes)


def in_double_precision(numbers, frequency, phase, mixture):
    """Return the cosines and sines (n, p, k), and the functions (n, p, u)."""
    turns = np.float64(numbers)[:, :, None] * frequency + phase
    cosines, sines = np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)
    return cosines, sines, np.einsum("npk,pku->npu", cosines, mixture)


@pytest.mark.parametrize("shape", SHAPES)
def test_values(shape):
    inputs = inputs_of(*shape)
    *_, expected = in_double_precision(*inputs)
    np.testing.assert_allclose(periodic(*inputs), expected, rtol=1e-5, atol=5e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradients(shape):
    inputs = inputs_of(*shape)
    numbers, frequency, _, mixture = map(np.float64, inputs)
    cosines, sines, functions = in_double_precision(*inputs)
    g = np.random.default_rng(0).normal(size=functions.shape).astype(np.float32)
    slopes = -2 * np.pi * sines * np.einsum("npu,pku->npk", g, mixture)
    expected = (
        (slopes * frequency).sum(2),
        (slopes * numbers[:, :, None]).sum(0),
        slopes.sum(0),
        np.einsum("npk,npu->pku", cosines, g),
    )
    found = jax.jit(lambda inputs: jax.vjp(periodic, *inputs)[1](g))(inputs)
    for ours, theirs in zip(found, expected, strict=True):
        limit = 1e-5 * np.abs(theirs).max()
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=limit)


def test_second_derivatives():
    inputs = inputs_of(17, 3, 4, 2)

    def curvature(function):
        def slope(inputs):
            gradients = jax.grad(lambda i: jnp.square(function(*i)).sum())(inputs)
            return sum(jnp.square(each).sum() for each in gradients)

        return jax.jit(jax.grad(slope))(inputs)

    plain = curvature(lambda *inputs: _periodic._plain(inputs, None))
    for ours, theirs in zip(curvature(periodic), plain, strict=True):
        limit = 1e-4 * np.abs(theirs).max()
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=limit)


@needs_extension
def test_rows_do_not_depend_on_the_number_of_rows():
    numbers, *learned = inputs_of(3000, 8, 16, 3)
    many = periodic(numbers, *learned)
    np.testing.assert_array_equal(many[100:117], periodic(numbers[100:117], *learned))


def test_nan_stays_in_its_row_and_column():
    numbers, *learned = inputs_of(20, 3, 4, 2)
    numbers[5, 1] = np.nan
    faulty = np.isnan(np.asarray(periodic(numbers, *learned)))
    assert faulty[5, 1].all()
    assert faulty.sum() == 2


def test_members():
    members = [inputs_of(20, 3, 4, 2), inputs_of(20, 3, 4, 2)]
    members[1] = tuple(-array for array in members[1])
    together = jax.vmap(periodic)(
        *(jnp.stack(pair) for pair in zip(*members, strict=True))
    )
    for member, found in zip(members, together, strict=True):
        np.testing.assert_allclose(found, periodic(*member), rtol=1e-6, atol=1e-6)

"""Convolutions agree with PyTorch, worked examples and finite differences."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from derivatives import check_derivatives

from assay._errors import InputError
from assay.nn import ops

DATA = dict(np.load(Path(__file__).parents[2] / "reference" / "nn_convolution.npz"))
PLAIN = sorted(k[:-2] for k in DATA if k.startswith("plain") and k.endswith("_x"))
TRANSPOSED = sorted(
    k[:-2] for k in DATA if k.startswith("transposed") and k.endswith("_x")
)


def normal(seed, shape, dtype=np.float32):
    """Draw with NumPy, which does not need to compile for a new shape."""
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def numbers_of(case):
    rows = DATA[f"{case}_numbers"].tolist()
    stride, padding, dilation, groups, *extra = rows
    numbers = {
        "stride": tuple(stride),
        "padding": tuple((p, p) for p in padding),
        "dilation": tuple(dilation),
        "groups": groups[0],
    }
    if extra:
        numbers["output_padding"] = tuple(extra[0])
    return numbers


def check_against_pytorch(case, function):
    """All data are integers, so values and gradients must agree to the last bit."""
    x, kernel, y, g, dx, dkernel = (
        DATA[f"{case}_{name}"].astype(np.float32)
        for name in ("x", "kernel", "y", "g", "dx", "dkernel")
    )

    @jax.jit
    def run(x, kernel, g):
        out, pull = jax.vjp(partial(function, **numbers_of(case)), x, kernel)
        return out, *pull(g)

    for ours, theirs in zip(run(x, kernel, g), (y, dx, dkernel), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.usefixtures("computed_by")
@pytest.mark.parametrize("case", PLAIN)
def test_convolve_equals_pytorch(case):
    check_against_pytorch(case, ops.convolve)


@pytest.mark.usefixtures("computed_by")
@pytest.mark.parametrize("case", TRANSPOSED)
def test_transposed_convolve_equals_pytorch(case):
    check_against_pytorch(case, ops.transposed_convolve)


def test_example_of_the_lecture():
    image = [
        [2, 1, 0, 1, 1],
        [1, 1, 0, 2, 0],
        [0, 0, 1, 1, 1],
        [1, 2, 2, 0, 2],
        [2, 0, 1, 2, 1],
    ]
    kernel = [[0, 1, -1], [-1, 1, 0], [0, 1, 1]]
    y = ops.convolve(
        jnp.array(image, jnp.float32)[None, :, :, None],
        jnp.array(kernel, jnp.float32)[:, :, None, None],
        stride=(2, 2),
        padding=((1, 1), (1, 1)),
    )
    assert y[0, :, :, 0].tolist() == [[4, 1, 0], [3, 1, 2], [1, 3, 1]]


def test_follows_translations():
    """A shifted input gives a shifted output."""
    x = normal(0, (1, 8, 8, 2))
    kernel = normal(1, (3, 3, 2, 3))
    run = jax.jit(ops.convolve)
    shifted = np.asarray(run(np.roll(x, 1, axis=2), kernel))
    unshifted = np.asarray(run(x, kernel))
    np.testing.assert_allclose(shifted[:, :, 1:], unshifted[:, :, :-1], atol=1e-5)


# One case per implementation: patches, XLA's kernel, depthwise, groups, 1x1.
FORMS = {
    "few channels": ((1, 6, 5, 2), (3, 2, 2, 3), 1),
    "many channels": ((1, 6, 5, 5), (3, 2, 5, 2), 1),
    "depthwise": ((1, 6, 5, 3), (3, 2, 1, 6), 3),
    "groups": ((1, 6, 5, 4), (3, 2, 2, 2), 2),
    "pointwise": ((1, 6, 5, 5), (1, 1, 5, 2), 1),
}


def example_of(form, dtype=jnp.float32):
    shape, kernel_shape, groups = FORMS[form]
    x = normal(0, shape, dtype)
    kernel = normal(1, kernel_shape, dtype)
    return (
        x,
        kernel,
        {
            "stride": (2, 1),
            "padding": ((1, 0), (0, 2)),
            "dilation": (1, 2),
            "groups": groups,
        },
    )


@pytest.mark.parametrize("form", FORMS)
def test_derivatives_to_second_order(form):
    """Both modes and their mixtures agree with finite differences."""
    with jax.enable_x64(True):
        x, kernel, numbers = example_of(form, jnp.float64)
        run = jax.jit(lambda *a: jnp.tanh(ops.convolve(*a, **numbers)))
        check_derivatives(run, (x, kernel), order=2)


@pytest.mark.parametrize("form", FORMS)
def test_same_in_a_loop_under_vmap_and_alone(form):
    x, kernel, numbers = example_of(form)

    def gradients(x, kernel):
        y, pull = jax.vjp(partial(ops.convolve, **numbers), x, kernel)
        return y, *pull(jnp.sin(y))

    @jax.jit
    def all_ways(three):
        looped = jax.lax.map(lambda a: gradients(*a), three)
        alone = gradients(*[values[2] for values in three])
        return alone, looped, jax.vmap(gradients)(*three)

    three = np.stack([x, x, x]), np.stack([kernel] * 3)
    for one, many, also in zip(*all_ways(three), strict=True):
        many, also = np.asarray(many), np.asarray(also)
        np.testing.assert_allclose(many[2], one, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(also[2], one, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("in_axes", [(0, None), (None, 0), (1, 3), (3, None)])
def test_vmap_over_any_axis(in_axes):
    x, kernel, numbers = example_of("many channels")
    run = partial(ops.convolve, **numbers)
    arguments = [
        a if axis is None else np.stack([a, 2 * a], axis=axis)
        for a, axis in zip((x, kernel), in_axes, strict=True)
    ]
    factor = 2 ** sum(axis is not None for axis in in_axes)
    y = np.asarray(jax.jit(jax.vmap(run, in_axes))(*arguments))
    one = np.asarray(jax.jit(run)(x, kernel))
    np.testing.assert_allclose(y[1], factor * one, rtol=1e-5, atol=1e-5)


def test_gradient_of_one_example_at_a_time():
    x, kernel, numbers = example_of("many channels")
    xs = np.concatenate([x, 2 * x, 3 * x])

    def cost(kernel, x):
        return jnp.square(ops.convolve(x[None], kernel, **numbers)).sum()

    @jax.jit
    def both(kernel, xs):
        each = jax.vmap(jax.grad(cost), (None, 0))(kernel, xs)
        total = jax.grad(lambda k: sum(cost(k, row) for row in xs))(kernel)
        return each.sum(0), total

    np.testing.assert_allclose(*both(kernel, xs), rtol=1e-5, atol=1e-4)


def test_transposed_is_the_transpose():
    """<convolve(x), y> = <x, transposed_convolve(y)> for the same kernel."""
    x, kernel, _ = example_of("many channels")
    numbers = {"stride": (2, 1), "padding": ((1, 1), (0, 1))}
    y = np.asarray(ops.convolve(x, kernel, **numbers))
    g = normal(2, y.shape)
    back = ops.transposed_convolve(g, kernel, output_padding=(1, 0), **numbers)
    back = np.asarray(back)
    assert back.shape == x.shape
    np.testing.assert_allclose((y * g).sum(), (x * back).sum(), rtol=1e-5)


def test_a_single_compilation():
    x, kernel, numbers = example_of("many channels")
    run = jax.jit(partial(ops.convolve, **numbers))
    run(x, kernel)
    run(x + 1, kernel)
    assert run._cache_size() == 1


@pytest.mark.parametrize(
    ("shape", "kernel", "numbers", "message"),
    [
        ((1, 5, 5, 3), (3, 3, 2, 4), {}, "Use a kernel with 3 input channels."),
        ((1, 5, 5, 3), (3, 3, 1, 4), {"groups": 2}, "Choose a common divisor"),
        ((1, 5, 5, 3), (3, 3, 4), {}, "Use a kernel with 4 dimensions"),
        ((1, 5, 5, 3), (3, 3, 3, 4), {"stride": (1,)}, r"`len\(stride\) == 2`"),
        ((1, 2, 2, 3), (3, 3, 3, 4), {}, "more padding"),
        ((2, 3), (3, 4), {}, "1, 2 or 3 spatial dimensions"),
    ],
)
def test_faults_are_told(shape, kernel, numbers, message):
    with pytest.raises(InputError, match=message):
        ops.convolve(jnp.ones(shape), jnp.ones(kernel), **numbers)


@pytest.mark.parametrize(
    ("kernel", "numbers", "message"),
    [
        ((3, 3, 2, 4), {}, r"Pass the kernel as \(\*size, k / groups, 3\)"),
        ((3, 3, 2, 3), {"groups": 2}, "Choose a divisor of the number of channels"),
        ((3, 3, 2, 3), {"output_padding": (1, 0)}, "smaller than the stride"),
    ],
)
def test_faults_of_the_transposed_are_told(kernel, numbers, message):
    with pytest.raises(InputError, match=message):
        ops.transposed_convolve(jnp.ones((1, 5, 5, 3)), jnp.ones(kernel), **numbers)

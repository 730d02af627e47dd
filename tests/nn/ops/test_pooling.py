"""Pooling agrees with PyTorch, worked examples and finite differences."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from derivatives import check_derivatives

from assay._errors import InputError
from assay.nn import ops

DATA = dict(np.load(Path(__file__).parents[2] / "reference" / "nn_pooling.npz"))
CASES = sorted(k[:-2] for k in DATA if k.endswith("_x") and k[:-2].isdigit())


def numbers_of(case):
    size, stride, padding = DATA[f"{case}_numbers"].tolist()
    pairs = tuple((p, p) for p in padding)
    return {"size": tuple(size), "stride": tuple(stride), "padding": pairs}


def value_and_gradient(case, function):
    x, g = (DATA[f"{case}_{k}"].astype(np.float32) for k in "xg")

    @jax.jit
    def run(x, g):
        y, pull = jax.vjp(partial(function, **numbers_of(case)), x)
        return y, pull(g)[0]

    return run(x, g)


@pytest.mark.parametrize("case", CASES)
def test_max_pool_equals_pytorch(case):
    """Few distinct integers create ties, in which the first largest value wins."""
    y, dx = value_and_gradient(case, ops.max_pool)
    np.testing.assert_array_equal(y, DATA[f"{case}_max"])
    np.testing.assert_array_equal(dx, DATA[f"{case}_max_dx"])


@pytest.mark.parametrize("count_padding", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_average_pool_equals_pytorch(case, count_padding):
    run = partial(ops.average_pool, count_padding=count_padding)
    y, dx = value_and_gradient(case, run)
    name = f"{case}_average{int(count_padding)}"
    np.testing.assert_allclose(y, DATA[name], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(dx, DATA[f"{name}_dx"], rtol=1e-6, atol=1e-6)


def test_example_of_the_lecture():
    rows = [[2, 13, 3, 1], [1, 20, 2, 3], [15, 14, 7, 1], [10, 2, 2, 9]]
    x = np.array(rows, np.float32)[None, :, :, None]

    @jax.jit
    def run(x):
        y, pull = jax.vjp(lambda x: ops.max_pool(x, size=(2, 2)), x)
        return y, *pull(jnp.ones_like(y))

    y, won = map(np.asarray, run(x))
    assert y[0, :, :, 0].tolist() == [[20, 3], [15, 9]]
    assert np.flatnonzero(won).tolist() == [2, 5, 8, 15]


POOLS = {
    "max, apart": partial(ops.max_pool, size=(2, 2)),
    "max, apart, padded": partial(ops.max_pool, size=(2, 3), padding=((1, 0), (1, 1))),
    "max, overlapping": partial(ops.max_pool, size=(3, 2), stride=(2, 1)),
    "average, apart": partial(ops.average_pool, size=(2, 2), padding=((1, 1), (0, 0))),
    "average, overlapping": partial(ops.average_pool, size=(3, 2), stride=(2, 1)),
    "max, dilated, rounded up": partial(
        ops.max_pool, size=(2, 2), dilation=(2, 1), round_up=True
    ),
    "average, rounded up": partial(
        ops.average_pool,
        size=(2, 3),
        stride=(2, 2),
        padding=((1, 1), (0, 1)),
        round_up=True,
        count_padding=True,
    ),
    "global max": ops.global_max_pool,
    "global average": ops.global_average_pool,
}


@pytest.mark.parametrize("pool", POOLS)
def test_derivatives_to_second_order(pool):
    with jax.enable_x64(True):
        # Values are far enough apart that a finite step does not change the maximum.
        order = np.random.default_rng(0).permutation(2 * 5 * 6 * 2)
        x = order.reshape(2, 5, 6, 2) / 50.0
        run = jax.jit(lambda x: jnp.sin(POOLS[pool](x)))
        check_derivatives(run, (x,), order=2)


@pytest.mark.parametrize("pool", POOLS)
def test_same_in_a_loop_under_vmap_and_alone(pool):
    def gradient(x):
        y, pull = jax.vjp(POOLS[pool], x)
        return y, pull(jnp.sin(y))[0]

    xs = np.random.default_rng(0).normal(size=(3, 2, 5, 6, 2)).astype(np.float32)

    @jax.jit
    def all_ways(xs):
        return gradient(xs[2]), jax.lax.map(gradient, xs), jax.vmap(gradient)(xs)

    for one, many, also in zip(*all_ways(xs), strict=True):
        many, also = np.asarray(many), np.asarray(also)
        np.testing.assert_allclose(many[2], one, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(also[2], one, rtol=1e-6, atol=1e-6)


def test_padding_never_wins():
    x = np.full((1, 4, 1), -7, np.float32)
    y = np.asarray(ops.max_pool(x, size=(2,), padding=((1, 1),)))
    assert y[0, :, 0].tolist() == [-7.0, -7.0, -7.0]


def test_not_a_number_is_passed_on():
    x = np.array([1, np.nan, 2, 3], np.float32).reshape(1, 4, 1)
    y = np.asarray(ops.max_pool(x, size=(2,)))
    assert np.isnan(y[0, :, 0]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"size": (2,)}, r"`len\(size\) == 2`"),
        ({"size": (2, 2), "padding": ((2, 0), (0, 0))}, "at most half"),
        ({"size": (7, 2)}, "more padding"),
    ],
)
def test_faults_are_told(numbers, message):
    with pytest.raises(InputError, match=message):
        ops.max_pool(jnp.ones((1, 4, 4, 1)), **numbers)

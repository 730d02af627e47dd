"""C++ functions compute the members of both axes under two nested `vmap`s."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay.extension import call, extension_status

IN_USE, REASON = extension_status()
pytestmark = pytest.mark.skipif(not IN_USE, reason=f"C++ extension: {REASON}")
OUTER, INNER = 3, 2


def normal(seed, *shape):
    values = np.random.default_rng(seed).normal(size=shape)
    return jnp.asarray(values, jnp.float32)


def twice(function, *axes):
    """Map over two axes; `axes` states for each argument whether it has them."""
    inner = jax.vmap(function, [0 if in_inner else None for _, in_inner in axes])
    return jax.vmap(inner, [0 if in_outer else None for in_outer, _ in axes])


@pytest.mark.parametrize(
    ("in_outer", "in_inner"),
    [(False, False), (True, False), (False, True), (True, True)],
)
def test_rows_taken_from_what_some_members_share(in_outer, in_inner):
    def take(rows, table):
        return call("assay_take", [(4, 3)], rows, table, mapped="expand_dims")[0]

    rows = np.random.default_rng(0).integers(0, 7, (OUTER, INNER, 4)).astype(np.int32)
    shared = [OUTER] * in_outer + [INNER] * in_inner
    table = normal(1, *shared, 7, 3)
    taken = twice(take, (True, True), (in_outer, in_inner))(jnp.asarray(rows), table)
    for i, j in np.ndindex(OUTER, INNER):
        mine = table[i] if in_outer else table
        mine = mine[j] if in_inner else mine
        np.testing.assert_array_equal(taken[i, j], mine[rows[i, j]])

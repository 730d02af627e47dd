"""A comparison of derivatives with finite differences.

It checks the same as `jax.test_util.check_grads`, which compiles every operation
separately, but compiles a single program.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

__all__ = ["check_derivatives"]

_STEP, _TOLERANCE = 1e-4, 1e-5  # those of check_grads for float64


def check_derivatives(function, args, *, order, modes=("fwd", "rev")):
    """Check derivatives up to an order, in all combinations of modes.

    Args:
        function: function to differentiate.
        args: its arguments, float64 arrays.
        order: order of the highest derivatives.
        modes: "fwd" for Jacobian-vector products, "rev" for vector-Jacobian products.

    Raises:
        AssertionError: a derivative differs from the slope along a random direction.
    """
    compared = {}

    @jax.jit
    def results(args):
        pairs = dict(_pairs(function, args, order=order, modes=modes))
        compared.update({name: None for name in pairs})  # a jitted dict is sorted
        return list(pairs.values())

    args = jax.tree.map(partial(np.asarray, dtype=np.float64), tuple(args))
    for name, (ours, expected) in zip(compared, results(args), strict=True):
        for a, b in zip(*map(jax.tree.leaves, (ours, expected)), strict=True):
            assert a.dtype == b.dtype == np.float64
            within = _TOLERANCE * a.size
            np.testing.assert_allclose(a, b, within, within, err_msg=name)


def _pairs(function, args, *, order, modes, name=""):
    """Yield the name of each check, with its derivatives and finite differences."""
    rng = np.random.default_rng(0)
    along = _directions(rng, args)
    value, slope = _value_and_slope(function, args, along)
    deeper = {"order": order - 1, "modes": modes}
    if "fwd" in modes:
        jvp = partial(jax.jvp, function)
        yield f"{name} jvp", (jvp(args, along), (value, slope))
        if order > 1:
            yield from _pairs(jvp, (args, args), **deeper, name=f"{name} jvp")
    if "rev" in modes:
        out, pull = jax.vjp(function, *args)
        g = _directions(rng, out)
        projections = _inner(along, pull(g)), _inner(slope, g)
        yield f"{name} vjp", ((out, projections[0]), (value, projections[1]))
        if order > 1:

            def vjp(*args):
                out, pull = jax.vjp(function, *args)
                return pull(out)

            yield from _pairs(vjp, args, **deeper, name=f"{name} vjp")


def _directions(rng, tree):
    return jax.tree.map(lambda leaf: rng.normal(size=leaf.shape), tree)


def _value_and_slope(function, args, along):
    """Return the value at a point, and the slope between two points around it."""
    places = jax.tree.map(
        lambda a, d: jnp.stack([a, a - _STEP * d, a + _STEP * d]), args, along
    )
    values = jax.lax.map(lambda place: function(*place), places)
    value = jax.tree.map(lambda v: v[0], values)
    return value, jax.tree.map(lambda v: (v[2] - v[1]) / (2 * _STEP), values)


def _inner(a, b):
    return sum(jax.tree.leaves(jax.tree.map(jnp.vdot, a, b)))

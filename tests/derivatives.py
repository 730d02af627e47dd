"""Derivatives against finite differences, as `jax.test_util.check_grads` has them.

It computes operation by operation, and compiles each of them. Here one program gives
all that is compared.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

__all__ = ["check_derivatives"]

_STEP, _TOLERANCE = 1e-4, 1e-5  # check_grads' own for float64


def check_derivatives(function, args, *, order, modes=("fwd", "rev")):
    """Compare derivatives up to an order, in both modes and all their mixtures.

    Args:
        function: what to differentiate.
        args: where, float64 arrays.
        order: order of the highest derivatives.
        modes: "fwd" for those along a direction, "rev" for those sent back.

    Raises:
        AssertionError: when a derivative is not the slope along a random direction.
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
    """Yield what is compared: its name, then derivatives and finite differences."""
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
    """Evaluate at a place and a step to either side, by a loop over one program."""
    places = jax.tree.map(
        lambda a, d: jnp.stack([a, a - _STEP * d, a + _STEP * d]), args, along
    )
    values = jax.lax.map(lambda place: function(*place), places)
    value = jax.tree.map(lambda v: v[0], values)
    return value, jax.tree.map(lambda v: (v[2] - v[1]) / (2 * _STEP), values)


def _inner(a, b):
    return sum(jax.tree.leaves(jax.tree.map(jnp.vdot, a, b)))

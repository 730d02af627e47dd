"""Layers run one after the other, dense ones together where nobody looks between."""

from collections.abc import Mapping

import jax
import jax.numpy as jnp

from assay.nn import ops
from assay.nn._activation_layer import ActivationLayer
from assay.nn._context import Context
from assay.nn._dense import Dense
from assay.nn._layer import Layer

__all__ = ["run_layers"]


def run_layers(
    layers: Mapping[str, Layer], x: jax.Array, context: Context
) -> jax.Array:
    """Apply named layers in order; each named value is recorded if it is asked for."""
    waiting = list(layers.items())
    while waiting:
        together = [] if context.watched else _dense_steps(waiting, context)
        if together and x.dtype == context.dtype == jnp.float32:
            flat = ops.dense(x.reshape(-1, x.shape[-1]), [step for step, _ in together])
            x = flat.reshape(*x.shape[:-1], flat.shape[-1])
            del waiting[: sum(count for _, count in together)]
        else:
            name, layer = waiting.pop(0)
            x = context.run(name, layer, x)
    return x


def _dense_steps(
    waiting: list[tuple[str, Layer]], context: Context
) -> list[tuple[ops.DenseStep, int]]:
    """Return the dense layers that come first, and of how many layers each is made.

    All are held as they are, or none is: no gradient need go through those that are.
    """
    steps, place, held = [], 0, context.holds(waiting[0][0])
    while place < len(waiting):
        name, dense = waiting[place]
        if not isinstance(dense, Dense) or context.holds(name) != held:
            break
        after = waiting[place + 1][1] if place + 1 < len(waiting) else None
        kind, count = "identity", 1
        if isinstance(after, ActivationLayer) and after.kind in _TOGETHER:
            kind, count = after.kind, 2
        bias = None if dense.bias is None else dense.bias[...]
        steps.append((ops.DenseStep(dense.kernel[...], bias, kind), count))
        place += count
    return steps


_TOGETHER = frozenset(ops.DENSE_ACTIVATIONS)

"""Layers run one after the other, dense ones together where nobody looks between."""

from collections.abc import Mapping
from typing import TypeGuard

import jax
import jax.numpy as jnp

from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import Layer
from assay.nn.layers._activation import ActivationLayer
from assay.nn.layers._dense import Dense
from assay.nn.layers._dropout import Dropout, SpatialDropout

__all__ = ["run_layers"]


def run_layers(
    layers: Mapping[str, Layer], x: jax.Array, context: Context
) -> jax.Array:
    """Apply named layers in order; each named value is recorded if it is asked for."""
    waiting = list(layers.items())
    while waiting:
        plain = x.dtype == context.dtype == jnp.float32 and not context.watched
        together = _dense_steps(waiting, x.shape, context) if plain else []
        if together:
            flat = ops.dense(x.reshape(-1, x.shape[-1]), [step for step, _ in together])
            x = flat.reshape(*x.shape[:-1], flat.shape[-1])
            del waiting[: sum(count for _, count in together)]
        else:
            name, layer = waiting.pop(0)
            x = context.run(name, layer, x)
    return x


def _dense_steps(
    waiting: list[tuple[str, Layer]], shape: tuple[int, ...], context: Context
) -> list[tuple[ops.DenseStep, int]]:
    """Return the dense layers that come first, and of how many layers each is made.

    All are held as they are, or none is: no gradient need go through those that are.

    Args:
        waiting: the layers to come.
        shape: of what they are given, (n, ..., features).
        context: of the pass.
    """
    steps, place, held = [], 0, context.holds(waiting[0][0])
    while place < len(waiting):
        name, dense = waiting[place]
        if not isinstance(dense, Dense) or context.holds(name) != held:
            break
        after = [layer for _, layer in waiting[place + 1 : place + 3]]
        kind, dropped, count = "identity", None, 1
        if after and isinstance(after[0], ActivationLayer) and after[0].kind in _KINDS:
            kind, count = after[0].kind, 2
        dropout = after[count - 1] if len(after) >= count else None
        if context.training and _drops(dropout):
            dropped = dropout.draw((*shape[:-1], dense.output_shape[-1]), context)
            count += 1
        bias = None if dense.bias is None else dense.bias[...]
        steps.append((ops.DenseStep(dense.kernel[...], bias, kind, dropped), count))
        place += count
    return steps


def _drops(layer: Layer | None) -> TypeGuard[Dropout]:
    return isinstance(layer, Dropout) and not isinstance(layer, SpatialDropout)


_KINDS = frozenset(ops.DENSE_ACTIVATIONS)

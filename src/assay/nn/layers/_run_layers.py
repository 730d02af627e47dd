"""Runs layers in sequence, fusing dense layers if possible."""

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

_FUSED_ACTIVATIONS = frozenset(ops.DENSE_ACTIVATIONS)


def run_layers(
    layers: Mapping[str, Layer], x: jax.Array, context: Context
) -> jax.Array:
    """Apply named layers in sequence, fusing dense layers if possible."""
    waiting = list(layers.items())
    while waiting:
        can_fuse = x.dtype == context.dtype == jnp.float32 and not context.observed
        fused = _dense_steps(waiting, x.shape, context) if can_fuse else []
        if fused:
            flat = ops.dense(x.reshape(-1, x.shape[-1]), [step for step, _ in fused])
            x = flat.reshape(*x.shape[:-1], flat.shape[-1])
            del waiting[: sum(count for _, count in fused)]
        else:
            name, layer = waiting.pop(0)
            x = context.run(name, layer, x)
    return x


def _dense_steps(
    waiting: list[tuple[str, Layer]], shape: tuple[int, ...], context: Context
) -> list[tuple[ops.DenseStep, int]]:
    """Return the leading dense steps and the number of layers in each step.

    A step consists of a dense layer and any activation and dropout that follow it. The
    steps are either all frozen or all trained, because a frozen step needs no gradient.

    Args:
        waiting: layers that have not run yet.
        shape: shape of the input to the first of these layers, (n, ..., features).
        context: context of the pass.
    """
    steps, place, frozen = [], 0, context.freezes(waiting[0][0])
    while place < len(waiting):
        name, dense = waiting[place]
        if not isinstance(dense, Dense) or context.freezes(name) != frozen:
            break
        after = [layer for _, layer in waiting[place + 1 : place + 3]]
        kind, dropped, count = "identity", None, 1
        if after and _can_fuse(after[0]):
            kind, count = after[0].kind, 2
        dropout = after[count - 1] if len(after) >= count else None
        if context.training and _drops_numbers(dropout):
            output_shape = (*shape[:-1], dense.output_shape[-1])
            dropped = dropout.dropped(output_shape, context)
            count += 1
        bias = None if dense.bias is None else dense.bias[...]
        steps.append((ops.DenseStep(dense.kernel[...], bias, kind, dropped), count))
        place += count
    return steps


def _can_fuse(layer: Layer) -> bool:
    return isinstance(layer, ActivationLayer) and layer.kind in _FUSED_ACTIVATIONS


def _drops_numbers(layer: Layer | None) -> TypeGuard[Dropout]:
    return isinstance(layer, Dropout) and not isinstance(layer, SpatialDropout)

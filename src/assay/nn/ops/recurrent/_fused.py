"""LSTM and GRU in the C++ extension, with one call per batch of sequences.

The extension computes values and first derivatives. Second derivatives, needed only for
curvature, use the plain JAX implementation.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from assay.extension import call, differentiable
from assay.nn.ops import _primitives
from assay.nn.ops._windows import Geometry
from assay.nn.ops.recurrent._scan import Inputs, Outputs

__all__ = ["GRU", "LSTM", "Cell", "walk"]


class Cell(NamedTuple):
    """The forward and backward passes of a cell.

    `forward(inputs, lengths, reverse)` returns the outputs and the values to save.
    `backward(inputs, lengths, reverse, saved=, g=)` maps the gradients with respect to
    the outputs to the gradients with respect to the inputs.
    """

    forward: Callable[..., tuple[Outputs, tuple[jax.Array, ...]]]
    backward: Callable[..., Inputs]


def walk(
    cell: Cell,
    plain: Callable[..., Outputs],
    inputs: Inputs,
    *,
    lengths: jax.Array,
    reverse: bool,
) -> Outputs:
    """Run a cell over a batch of sequences.

    Args:
        cell: LSTM or GRU.
        plain: the same function in JAX, called as plain(inputs, lengths, reverse) for
            derivatives beyond the first.
        inputs: projected inputs, weights and initial states.
        lengths: number of real steps in each row, int32, (n,).
        reverse: whether to process the steps from last to first.

    Returns:
        The visible states (n, t, h), zero at padded steps, and the last states.
    """
    run = differentiable(
        lambda inputs, lengths: cell.forward(inputs, lengths, reverse),
        lambda inputs, lengths, saved, g: cell.backward(
            inputs, lengths, reverse, saved=saved, g=g
        ),
        lambda inputs, fixed: plain(inputs, fixed, reverse),
    )
    return run(inputs, lengths)


def _kernel_gradient(
    outputs: jax.Array,
    initial: jax.Array,
    g: jax.Array,
    *,
    lengths: jax.Array,
    reverse: bool,
) -> jax.Array:
    """Return the summed outer products of the previous states and g, (h, gates)."""
    steps = outputs.shape[1]
    if reverse:
        before = jnp.pad(outputs[:, 1:], ((0, 0), (0, 1), (0, 0)))
        first = jnp.arange(1, steps + 1)[None] == lengths[:, None]
        before = jnp.where(first[..., None], initial[:, None], before)
    else:
        before = jnp.concatenate([initial[:, None], outputs[:, :-1]], axis=1)
    geometry = Geometry((steps,), (1,), (1,), ((0, 0),), (1,))
    return _primitives.kernel_gradient(before, g, geometry)[0]


def _lstm_forward(inputs: Inputs, lengths: jax.Array, reverse: bool) -> Any:
    projected, (kernel,), (state, cell) = inputs
    n, steps, gates = projected.shape
    h = kernel.shape[0]
    rows, last = (n, steps, h), (n, h)
    states, cells, gates, state, cell = call(
        "assay_lstm_forward",
        [rows, rows, (n, steps, gates), last, last],
        *(projected, kernel, state, cell, lengths),
        reverse=reverse,
    )
    return (states, (state, cell)), (states, cells, gates)


def _lstm_backward(
    inputs: Inputs, lengths: jax.Array, reverse: bool, *, saved: Any, g: Outputs
) -> Inputs:
    projected, (kernel,), (state, cell) = inputs
    states, cells, gates = saved
    states_gradient, last_gradients = g
    to_projected, to_state, to_cell = call(
        "assay_lstm_backward",
        [projected.shape, state.shape, cell.shape],
        *(gates, cells, cell, kernel, states_gradient, *last_gradients, lengths),
        reverse=reverse,
    )
    to_kernel = _kernel_gradient(
        states, state, to_projected, lengths=lengths, reverse=reverse
    )
    return to_projected, (to_kernel,), (to_state, to_cell)


def _gru_forward(inputs: Inputs, lengths: jax.Array, reverse: bool) -> Any:
    projected, (kernel, recurrent_bias), (state,) = inputs
    n, steps, _ = projected.shape
    rows = (n, steps, kernel.shape[0])
    states, gates, inner, last = call(
        "assay_gru_forward",
        [rows, projected.shape, rows, state.shape],
        *(projected, kernel, recurrent_bias, state, lengths),
        reverse=reverse,
    )
    return (states, (last,)), (states, gates, inner)


def _gru_backward(
    inputs: Inputs, lengths: jax.Array, reverse: bool, *, saved: Any, g: Outputs
) -> Inputs:
    projected, (kernel, _), (state,) = inputs
    states, gates, inner = saved
    states_gradient, (last_gradient,) = g
    to_projected, to_recurrent, to_state = call(
        "assay_gru_backward",
        [projected.shape, projected.shape, state.shape],
        *(gates, inner, states, state, kernel),
        *(states_gradient, last_gradient, lengths),
        reverse=reverse,
    )
    to_kernel = _kernel_gradient(
        states, state, to_recurrent, lengths=lengths, reverse=reverse
    )
    to_bias = to_recurrent[..., 2 * kernel.shape[0] :].sum((0, 1))
    return to_projected, (to_kernel, to_bias), (to_state,)


LSTM = Cell(_lstm_forward, _lstm_backward)
GRU = Cell(_gru_forward, _gru_backward)

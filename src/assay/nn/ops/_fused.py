"""LSTM and GRU through the C++ extension: the whole walk in one call.

Values and first derivatives come from the extension. Derivatives of those, which
only curvature asks for, come from the plain form in JAX that each cell carries.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from assay.nn.ops import _primitives
from assay.nn.ops._extension import usable
from assay.nn.ops._windows import Geometry

__all__ = ["GRU", "LSTM", "Cell", "Inputs", "Outputs", "available", "walk"]

# Arguments of a walk: what the input sends to the gates (n, t, gates), the
# weights used at every step, and the tuple of states before the first.
Inputs = tuple[jax.Array, tuple[jax.Array, ...], Any]
# Results: the visible states (n, t, h), and the tuple of last states.
Outputs = tuple[jax.Array, Any]


class Cell(NamedTuple):
    """A cell's forward walk and its way back; both see one direction of walking.

    `forward(inputs, lengths, reverse)` gives the outputs and what to keep;
    `backward(inputs, lengths, reverse, saved=, g=)` takes the gradients of the
    outputs to those of the inputs.
    """

    forward: Callable[..., tuple[Outputs, tuple[jax.Array, ...]]]
    backward: Callable[..., Inputs]


def available(x: jax.Array, kernel: jax.Array) -> bool:
    """Whether the extension is there, can take these, and computes here at all."""
    on_cpu = jax.default_backend() == "cpu"
    return on_cpu and usable(jax.typeof(x), jax.typeof(kernel))


def walk(
    cell: Cell,
    plain: Callable[..., Outputs],
    inputs: Inputs,
    *,
    lengths: jax.Array,
    reverse: bool,
) -> Outputs:
    """Run a cell over a sequence.

    Args:
        cell: which.
        plain: the same walk in JAX, plain(inputs, lengths, reverse), for
            derivatives beyond the first.
        inputs: projected inputs, weights, initial states.
        lengths: real steps of each row, int32, (n,).
        reverse: whether to walk from the end to the start.

    Returns:
        The visible states (n, t, h), zero where padded, and the last states.
    """

    @jax.custom_jvp
    def forward(inputs: Inputs, lengths: jax.Array) -> Any:
        return cell.forward(inputs, lengths, reverse)

    @forward.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        outputs, saved = forward(*primals)
        along = partial(plain, lengths=primals[1], reverse=reverse)
        _, change = jax.jvp(along, (primals[0],), (tangents[0],))
        # What is kept serves `backward` alone, which takes its own derivative
        # from the inputs.
        return (outputs, saved), (change, jax.tree.map(jnp.zeros_like, saved))

    @jax.custom_jvp
    def backward(inputs: Inputs, lengths: jax.Array, saved: Any, g: Any) -> Any:
        return cell.backward(inputs, lengths, reverse, saved=saved, g=g)

    @backward.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        inputs, lengths, _, g = primals
        along = partial(plain, lengths=lengths, reverse=reverse)

        def pull(inputs: Inputs, g: Outputs) -> Inputs:
            return jax.vjp(along, inputs)[1](g)[0]

        _, change = jax.jvp(pull, (inputs, g), (tangents[0], tangents[3]))
        return backward(*primals), change

    @jax.custom_vjp
    def run(inputs: Inputs, lengths: jax.Array) -> Outputs:
        return forward(inputs, lengths)[0]

    def run_forward(inputs: Inputs, lengths: jax.Array) -> Any:
        outputs, saved = forward(inputs, lengths)
        return outputs, (inputs, lengths, saved)

    def run_backward(residuals: Any, g: Outputs) -> Any:
        return backward(*residuals, g), None

    run.defvjp(run_forward, run_backward)
    return run(inputs, lengths)


def _call(name: str, results: list[tuple[int, ...]], *arguments: Any, reverse: bool):
    shapes = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in results]
    run = jax.ffi.ffi_call(name, shapes, vmap_method="sequential")
    return run(*arguments, reverse=reverse)


def _kernel_gradient(
    outputs: jax.Array,
    initial: jax.Array,
    g: jax.Array,
    *,
    lengths: jax.Array,
    reverse: bool,
) -> jax.Array:
    """Sum over all steps the outer product of the state before and g: (h, gates)."""
    steps = outputs.shape[1]
    if reverse:
        before = jnp.pad(outputs[:, 1:], ((0, 0), (0, 1), (0, 0)))
        first = jnp.arange(1, steps + 1) == lengths[:, None]
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
    states, cells, gates, state, cell = _call(
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
    to_projected, to_state, to_cell = _call(
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
    states, gates, inner, last = _call(
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
    to_projected, to_recurrent, to_state = _call(
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

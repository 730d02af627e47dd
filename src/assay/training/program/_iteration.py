"""One iteration: what happens between two successive weight updates."""

from typing import Any

import jax
import jax.numpy as jnp

from assay import optim
from assay.extension import available, call
from assay.regularize import decay
from assay.training.program._batch import batch_key, prepare_batch
from assay.training.program._objective import gradients
from assay.training.program._state import State
from assay.training.program._static import Static
from assay.training.rows._examples import Examples
from assay.training.rows._streamed import Chunk

__all__ = ["ITERATION_FIELDS", "iterate", "take_batch", "transform"]

ITERATION_FIELDS = ("cost", "gradient_norm", "learning_rate")


def take_batch(examples: Examples | Chunk, order: Any, index: Any, size: int) -> Any:
    """Return (inputs, targets, mask) of the index-th batch of an epoch's order.

    A chunk's order is that of its own rows.
    """
    start = index * size
    rows = jax.lax.dynamic_slice(order, (start - examples.first_row,), (size,))
    mask = (start + jnp.arange(size) < examples.count).astype(jnp.float32)

    inputs, targets = _take(rows, (examples.inputs, examples.targets))
    return inputs, targets, mask


def _take(rows: jax.Array, arrays: Any) -> Any:
    """Return these rows of every array of a tree."""
    leaves, tree = jax.tree.flatten(arrays)
    if not available():
        taken = [leaf.at[rows].get(mode="promise_in_bounds") for leaf in leaves]
    else:
        shapes = [
            jax.ShapeDtypeStruct((*rows.shape, *leaf.shape[1:]), leaf.dtype)
            for leaf in leaves
        ]
        taken = call("assay_take", shapes, rows, *leaves, mapped="expand_dims")
    return jax.tree.unflatten(tree, taken)


def transform(static: Static, hyper: Any) -> Any:
    """Return the optimizer's transformation from gradient to direction."""
    values = {k: v for k, v in hyper["optimizer"].items() if k != "learning_rate"}
    return static.optimizer.direction(**values)


def iterate(
    static: Static, state: State, hyper: Any, batch: Any, *, index: Any
) -> tuple[State, jax.Array]:
    """Run one iteration; return the new state and its row of `ITERATION_FIELDS`."""
    tree = static.packing.unpack(state.parameters)
    key = batch_key(static, state, index)
    prepared = prepare_batch(static, hyper, batch, key)
    tree_gradients, cost, statistics = gradients(
        static, tree, hyper, prepared, statistics=state.statistics, key=key
    )
    packed = static.groups.learning(static.packing.pack(tree_gradients))
    norm = optim.global_norm(packed)
    if static.clips:
        packed = optim.clip_by_global_norm(packed, hyper["clip_norm"])
    rate = hyper["optimizer"]["learning_rate"] * _factor(static, state, hyper, index)
    parameters, memory = _update(static, state, hyper, packed, rate=rate)
    faulty = ~jnp.isfinite(cost) & (state.diverged_at < 0)
    state = state._replace(
        parameters=parameters,
        statistics=static.groups.keep(state.statistics, statistics),
        optimizer=memory,
        diverged_at=jnp.where(faulty, index, state.diverged_at),
    )
    return state, jnp.stack([cost, norm, rate])


def _update(
    static: Static, state: State, hyper: Any, gradient: Any, *, rate: Any
) -> tuple[Any, Any]:
    """Return the new parameters and what the optimizer remembers."""
    memory, decaying = state.optimizer, hyper["regularizers"].get("weight_decay")
    if decaying is None and static.groups.alike:
        values = {**hyper["optimizer"], "learning_rate": rate}
        return static.optimizer.update(gradient, memory, state.parameters, **values)
    learning = static.groups.learning(state.parameters)
    direction, memory = transform(static, hyper).update(gradient, memory, learning)
    if decaying is not None:
        kernels = static.groups.learning(static.kernels)
        direction = decay(direction, learning, kernels, **decaying)
    factors = hyper.get("learning_rate_of", {})
    return static.groups.update(state.parameters, direction, rate, factors), memory


def _factor(static: Static, state: State, hyper: Any, index: Any) -> Any:
    if state.plateau is not None:
        return state.plateau.factor
    return static.schedule.factor(index, hyper["total_iterations"], **hyper["schedule"])

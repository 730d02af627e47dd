"""One iteration: what happens between two successive weight updates."""

from typing import Any

import jax
import jax.numpy as jnp

from assay import optim
from assay.extension import available, call
from assay.regularize import decay
from assay.train._examples import Examples
from assay.train._feeding import batch_key, feed
from assay.train._objective import gradients
from assay.train._plan import Plan
from assay.train._state import State
from assay.train._streamed import Chunk

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


def transform(plan: Plan, hyper: Any) -> Any:
    """Return the optimizer's transformation from gradient to direction."""
    values = {k: v for k, v in hyper["optimizer"].items() if k != "learning_rate"}
    return plan.optimizer.direction(**values)


def iterate(
    plan: Plan, state: State, hyper: Any, batch: Any, *, index: Any
) -> tuple[State, jax.Array]:
    """Run one iteration; return the new state and its row of `ITERATION_FIELDS`."""
    tree = plan.packing.unpack(state.parameters)
    key = batch_key(plan, state, index)
    fed = feed(plan, hyper, batch, key)
    tree_gradients, cost, statistics = gradients(
        plan, tree, hyper, fed, statistics=state.statistics, key=key
    )
    packed = plan.groups.learning(plan.packing.pack(tree_gradients))
    norm = optim.global_norm(packed)
    if plan.clips:
        packed = optim.clip_by_global_norm(packed, hyper["clip_norm"])
    rate = hyper["optimizer"]["learning_rate"] * _factor(plan, state, hyper, index)
    parameters, memory = _update(plan, state, hyper, packed, rate=rate)
    faulty = ~jnp.isfinite(cost) & (state.diverged_at < 0)
    state = state._replace(
        parameters=parameters,
        statistics=plan.groups.keep(state.statistics, statistics),
        optimizer=memory,
        diverged_at=jnp.where(faulty, index, state.diverged_at),
    )
    return state, jnp.stack([cost, norm, rate])


def _update(
    plan: Plan, state: State, hyper: Any, gradient: Any, *, rate: Any
) -> tuple[Any, Any]:
    """Return the new parameters and what the optimizer remembers."""
    memory, decaying = state.optimizer, hyper["regularizers"].get("weight_decay")
    if decaying is None and plan.groups.alike:
        values = {**hyper["optimizer"], "learning_rate": rate}
        return plan.optimizer.update(gradient, memory, state.parameters, **values)
    learning = plan.groups.learning(state.parameters)
    direction, memory = transform(plan, hyper).update(gradient, memory, learning)
    if decaying is not None:
        kernels = plan.groups.learning(plan.kernels)
        direction = decay(direction, learning, kernels, **decaying)
    factors = hyper.get("learning_rate_of", {})
    return plan.groups.update(state.parameters, direction, rate, factors), memory


def _factor(plan: Plan, state: State, hyper: Any, index: Any) -> Any:
    if state.plateau is not None:
        return state.plateau.factor
    return plan.schedule.factor(index, hyper["total_iterations"], **hyper["schedule"])

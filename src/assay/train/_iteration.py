"""One iteration: what happens between two successive weight updates."""

from typing import Any

import jax
import jax.numpy as jnp

from assay import costs, optim
from assay.regularize import penalty
from assay.train._examples import Examples
from assay.train._plan import Plan
from assay.train._state import State

__all__ = [
    "ITERATION_FIELDS",
    "batch_key",
    "example_weights",
    "iterate",
    "take_batch",
    "transform",
]

ITERATION_FIELDS = ("cost", "gradient_norm", "learning_rate")


def take_batch(examples: Examples, order: Any, index: Any, size: int) -> Any:
    """Return (inputs, targets, mask) of the index-th batch of an epoch's order."""
    start = index * size
    rows = jax.lax.dynamic_slice(order, (start,), (size,))
    mask = (start + jnp.arange(size) < examples.count).astype(jnp.float32)

    def take(array: Any) -> Any:
        return array.at[rows].get(mode="promise_in_bounds")

    return take(examples.inputs), take(examples.targets), mask


def example_weights(class_weights: Any, targets: Any, mask: Any) -> jax.Array:
    """Return (n,): the weight of each row, 0 where it only pads the batch."""
    if class_weights.shape[0] == 1:
        return mask
    return mask * class_weights[targets.astype(jnp.int32)]


def transform(plan: Plan, hyper: Any) -> Any:
    """Return the optimizer's transformation from gradient to direction."""
    values = {k: v for k, v in hyper["optimizer"].items() if k != "learning_rate"}
    return plan.optimizer.direction(**values)


def iterate(
    plan: Plan, state: State, hyper: Any, batch: Any, *, index: Any
) -> tuple[State, jax.Array]:
    """Run one iteration; return the new state and its row of `ITERATION_FIELDS`."""
    tree = plan.packing.unpack(state.parameters)
    compute = jax.value_and_grad(_objective, has_aux=True)
    (_, (cost, statistics)), gradients = compute(
        tree,
        state.statistics,
        hyper,
        batch,
        plan=plan,
        key=batch_key(plan, state, index),
    )
    gradients = plan.packing.pack(gradients)
    norm = optim.global_norm(gradients)
    if plan.clips:
        gradients = optim.clip_by_global_norm(gradients, hyper["clip_norm"])
    direction, memory = transform(plan, hyper).update(
        gradients, state.optimizer, state.parameters
    )
    rate = hyper["optimizer"]["learning_rate"] * _factor(plan, state, hyper, index)
    parameters = jax.tree.map(lambda p, d: p - rate * d, state.parameters, direction)
    faulty = ~jnp.isfinite(cost) & (state.diverged_at < 0)
    state = state._replace(
        parameters=parameters,
        statistics=statistics,
        optimizer=memory,
        diverged_at=jnp.where(faulty, index, state.diverged_at),
    )
    return state, jnp.stack([cost, norm, rate])


def _objective(
    parameters: Any, statistics: Any, hyper: Any, batch: Any, *, plan: Plan, key: Any
) -> tuple[jax.Array, tuple[jax.Array, Any]]:
    """Return cost + penalties, and (the cost alone, the new statistics)."""
    inputs, targets, mask = batch
    outputs, statistics = plan.network.train(
        parameters, statistics, hyper["model"], inputs, mask=mask, key=key
    )
    weights = example_weights(hyper["class_weights"], targets, mask)
    cost = costs.objective(
        plan.loss, outputs, targets, weights=weights, **hyper["cost"]
    )
    return cost + penalty(parameters, hyper["regularizers"]), (cost, statistics)


def batch_key(plan: Plan, state: State, index: Any) -> jax.Array | None:
    """Return the key of an iteration's random masks; None if nothing is random."""
    if not plan.network.draws:
        return None
    key = jax.random.wrap_key_data(state.key, impl="threefry2x32")
    return jax.random.fold_in(key, index)


def _factor(plan: Plan, state: State, hyper: Any, index: Any) -> Any:
    if state.plateau is not None:
        return state.plateau.factor
    return plan.schedule.factor(index, hyper["total_iterations"], **hyper["schedule"])

"""The objective of a batch and its gradient, in one piece or in parts."""

from typing import Any

import jax
import jax.numpy as jnp

from assay import costs
from assay.regularize import penalty
from assay.training.program._batch import PreparedBatch
from assay.training.program._static import Static

__all__ = ["batch_cost", "gradients"]


def batch_cost(
    static: Static, hyper: Any, outputs: Any, prepared: PreparedBatch
) -> jax.Array:
    """Return the cost of a batch, penalties left out."""
    return costs.objective(
        static.loss,
        outputs,
        prepared.targets,
        weights=prepared.weights,
        **hyper["cost"],
    )


def gradients(
    static: Static, parameters: Any, hyper: Any, prepared: PreparedBatch, **how: Any
) -> tuple[Any, jax.Array, Any]:
    """Return (gradient of cost + penalties, the cost alone, the new statistics).

    Args:
        plan: what is fixed.
        parameters: nested by layer and name.
        hyper: tree of hyper-parameters.
        fed: the batch.
        **how: statistics, the running ones; key, of the iteration.
    """
    if static.accumulate > 1:
        return _in_parts(static, parameters, hyper, prepared, **how)

    def objective(parameters: Any, statistics: Any, key: Any) -> Any:
        parameters = static.groups.stop(parameters)
        outputs, statistics = static.network.train(
            parameters,
            statistics,
            hyper["model"],
            prepared.inputs,
            mask=prepared.mask,
            key=key,
        )
        cost = batch_cost(static, hyper, outputs, prepared)
        return cost + penalty(parameters, hyper["regularizers"]), (cost, statistics)

    compute = jax.value_and_grad(objective, has_aux=True)
    (_, (cost, statistics)), gradient = compute(parameters, *_both(how))
    return gradient, cost, statistics


def _both(how: dict[str, Any]) -> tuple[Any, Any]:
    return how["statistics"], how["key"]


def _in_parts(
    static: Static,
    parameters: Any,
    hyper: Any,
    prepared: PreparedBatch,
    *,
    statistics: Any,
    key: Any,
) -> tuple[Any, jax.Array, Any]:
    """Sum the gradient over parts of a batch, of which one at a time is in memory.

    With weights w the cost is sum(w loss) / sum(w); a part adds sum(w loss) over its
    own rows, divided by the sum of all. Parts that hold nothing but padding are left
    out.
    """
    rows = prepared.mask.shape[0]
    size = -(-rows // static.accumulate)
    total = prepared.weights.sum()
    padded = jax.tree.map(
        lambda leaf: _pad_rows(leaf, size * static.accumulate), prepared
    )

    def cost_of(
        parameters: Any, statistics: Any, part: PreparedBatch, first_row: Any
    ) -> Any:
        parameters = static.groups.stop(parameters)
        outputs, statistics = static.network.train(
            parameters,
            statistics,
            hyper["model"],
            part.inputs,
            mask=part.mask,
            key=key,
            first_row=first_row,
        )
        weight = part.weights.sum()
        some = part._replace(weights=jnp.where(weight > 0, part.weights, 1.0))
        share = weight / total
        return share * batch_cost(static, hyper, outputs, some), statistics

    compute = jax.value_and_grad(cost_of, has_aux=True)

    def add(place: Any, sums: Any) -> Any:
        gradient, cost, statistics = sums
        first = place * size
        part = jax.tree.map(
            lambda leaf: jax.lax.dynamic_slice_in_dim(leaf, first, size), padded
        )
        (found, statistics), more = compute(parameters, statistics, part, first)
        return jax.tree.map(jnp.add, gradient, more), cost + found, statistics

    def penalized(parameters: Any) -> jax.Array:
        kept = static.groups.stop(parameters)
        return jnp.float32(penalty(kept, hyper["regularizers"]))

    start = jax.grad(penalized)(parameters)
    num_parts = (prepared.mask.sum().astype(jnp.int32) + size - 1) // size
    sums = start, jnp.float32(0), statistics
    return jax.lax.fori_loop(0, num_parts, add, sums)


def _pad_rows(leaf: jax.Array, rows: int) -> jax.Array:
    missing = rows - leaf.shape[0]
    if not missing:
        return leaf
    return jnp.pad(leaf, [(0, missing)] + [(0, 0)] * (leaf.ndim - 1))

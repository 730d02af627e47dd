"""Cost and score of a part of the data, outside of training."""

from typing import Any

import jax
import jax.numpy as jnp

from assay import costs
from assay.training.program._batch import example_weights
from assay.training.program._static import Static
from assay.training.rows._examples import Examples

__all__ = ["measure", "scores"]

_ROWS_AT_ONCE = 1024


def measure(
    static: Static, model: tuple[Any, Any], hyper: Any, part: Examples
) -> jax.Array:
    """Return [cost, mean score] of the leading rows of a part; nan for no rows.

    The model is (parameters, statistics). The score is 1 where the class is right, or
    the squared error of a number.
    """
    capacity = part.targets.shape[0]
    size = min(_ROWS_AT_ONCE, capacity)
    count = jnp.minimum(part.count, hyper["measured_rows"])

    def some(index: Any, sums: Any) -> Any:
        # the last slice moves back to fit; rows it has in common do not count twice
        start = jnp.minimum(index * size, capacity - size)
        rows = start + jnp.arange(size)
        mask = ((rows >= index * size) & (rows < count)).astype(jnp.float32)
        inputs, targets = jax.tree.map(
            lambda array: jax.lax.dynamic_slice_in_dim(array, start, size),
            (part.inputs, part.targets),
        )
        outputs = static.network.infer(*model, hyper["model"], inputs)
        return sums + _sums(static, hyper, outputs, (targets, mask))

    sums = jax.lax.fori_loop(0, (count + size - 1) // size, some, jnp.zeros((2, 2)))
    return sums[:, 0] / sums[:, 1]


def _sums(static: Static, hyper: Any, outputs: Any, rows: tuple[Any, Any]) -> jax.Array:
    """Return [[weighted cost, weights], [weighted score, weights]] summed over rows."""
    targets, mask = rows
    weights = example_weights(hyper["class_weights"], targets, mask)
    total = weights.sum()
    cost = costs.objective(
        static.loss,
        outputs,
        targets,
        weights=jnp.where(total > 0, weights, 1.0),
        **hyper["cost"],
    )
    counted = example_weights(hyper["score_weights"], targets, mask)
    score = (counted * scores(static, outputs, targets)).sum()
    return jnp.array([[cost * total, total], [score, counted.sum()]])


def scores(static: Static, outputs: Any, targets: Any) -> jax.Array:
    """Return (n,): 1 where the class is right, or the squared error of a number."""
    if not static.classes:
        return jnp.square(static.loss.link(outputs) - targets)
    if outputs.shape[1] == 1:
        return ((outputs[:, 0] > 0) == (targets > 0)).astype(jnp.float32)
    return (outputs.argmax(-1) == targets).astype(jnp.float32)

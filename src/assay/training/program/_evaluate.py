"""Cost and score on one part of the data, computed in inference mode."""

import jax.numpy as jnp
from jaxtyping import Float

from assay import costs
from assay.training._arrays import Array, Count, Outputs, Targets
from assay.training._devices import split_rows
from assay.training._jax import arange, array, fori_loop, full, rows_of, tree_map
from assay.training.network._model_state import ModelState
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._static import Static
from assay.training.program.iteration._batch import example_weights
from assay.training.rows._examples import Examples

__all__ = ["measure", "scores"]

_ROWS_AT_ONCE = 1024  # limits the memory for layer outputs

# [[weighted cost, weights], [weighted score, weights]], summed over rows
Sums = Float[Array, "2 2"]


def measure(
    static: Static, model: ModelState, hyperparameters: Hyperparameters, part: Examples
) -> Float[Array, "2"]:
    """Return [cost, mean score] on a part's leading rows, or nan for an empty part.

    The score is the accuracy for classification, and the mean squared error for
    regression. Costs and scores are weighted if the examples have weights.
    """
    capacity = part.targets.shape[0]
    most = max(-(-capacity // _ROWS_AT_ONCE), 1)
    size = -(-capacity // most)  # equal slices minimize the overlap
    count = jnp.minimum(part.count, hyperparameters.measured_rows)

    def add_slice(index: Count, sums: Sums) -> Sums:
        # the last slice is shifted back to fit; overlapping rows are counted once
        start = jnp.minimum(index * size, capacity - size)
        rows = start + arange(size)
        mask = ((rows >= index * size) & (rows < count)).astype(jnp.float32)
        rows_there = tree_map(
            lambda array: rows_of(array, start, size),
            (part.inputs, part.targets, part.weights),
        )
        split = split_rows((*rows_there, mask), static.mesh)
        inputs, targets, weights, mask = split
        outputs = static.network.infer(*model, hyperparameters.model, inputs)
        counted = mask if weights is None else mask * weights
        return sums + _sums(static, hyperparameters, outputs, targets, counted=counted)

    num_slices = (count + size - 1) // size
    sums = fori_loop(0, num_slices, add_slice, full((2, 2), 0))
    return sums[:, 0] / sums[:, 1]


def _sums(
    static: Static,
    hyperparameters: Hyperparameters,
    outputs: Outputs,
    targets: Targets,
    *,
    counted: Float[Array, " n"],
) -> Sums:
    weights = example_weights(hyperparameters.class_weights, targets, counted)
    total = weights.sum()
    cost = costs.objective(
        static.loss,
        outputs,
        targets,
        weights=jnp.where(total > 0, weights, 1.0),
        **hyperparameters.cost,
    )
    in_score = example_weights(hyperparameters.score_weights, targets, counted)
    score = (in_score * scores(static, outputs, targets)).sum()
    return array([[cost * total, total], [score, in_score.sum()]])


def scores(static: Static, outputs: Outputs, targets: Targets) -> Float[Array, " n"]:
    """Return scores (n,): 0 or 1 for classification, squared errors for regression."""
    if not static.classes:
        return jnp.square(static.loss.link(outputs) - targets)
    if outputs.shape[1] == 1:
        return ((outputs[:, 0] > 0) == (targets > 0)).astype(jnp.float32)
    return (outputs.argmax(-1) == targets).astype(jnp.float32)

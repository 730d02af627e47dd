"""The objective of a batch and its gradient, computed in one piece or in parts."""

import jax.numpy as jnp

from assay import costs
from assay.regularize import penalty
from assay.training._arrays import Count, Outputs, PassKey, Scalar, Tree
from assay.training._devices import split_rows
from assay.training._jax import (
    fori_loop,
    grad,
    pad_rows,
    rows_of,
    tree_map,
    value_and_grad,
)
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._static import Static
from assay.training.program.iteration._batch import PreparedBatch

__all__ = ["batch_cost", "gradients", "penalty_gradient"]

# gradient, nested by layer and name; cost without penalties; new running statistics
Gradients = tuple[Tree, Scalar, Tree]


def batch_cost(
    static: Static,
    hyperparameters: Hyperparameters,
    outputs: Outputs,
    prepared: PreparedBatch,
) -> Scalar:
    """Return the cost of a batch, excluding penalties."""
    return costs.objective(
        static.loss,
        outputs,
        prepared.targets,
        weights=prepared.weights,
        **hyperparameters.cost,
    )


def gradients(
    static: Static,
    parameters: Tree,
    hyperparameters: Hyperparameters,
    prepared: PreparedBatch,
    *,
    statistics: Tree,
    key: PassKey | None,
) -> Gradients:
    """Return (gradient of cost + penalties, cost without penalties, new statistics).

    Args:
        static: settings that are fixed at trace time.
        parameters: nested by layer and name.
        hyperparameters: hyperparameters of the fit.
        prepared: batch from `prepare_batch`.
        statistics: running statistics, nested by layer and name.
        key: random key of the iteration; None if no random numbers are needed.
    """
    of_batch = _in_parts if static.accumulate > 1 else _in_one_piece
    return of_batch(
        static, parameters, hyperparameters, prepared, statistics=statistics, key=key
    )


def _in_one_piece(
    static: Static,
    parameters: Tree,
    hyperparameters: Hyperparameters,
    prepared: PreparedBatch,
    *,
    statistics: Tree,
    key: PassKey | None,
) -> Gradients:
    def objective(parameters: Tree) -> tuple[Scalar, tuple[Scalar, Tree]]:
        parameters = static.groups.stop_gradients(parameters)
        outputs, new_statistics = static.network.train(
            parameters,
            statistics,
            hyperparameters.model,
            prepared.inputs,
            mask=prepared.mask,
            key=key,
        )
        cost = batch_cost(static, hyperparameters, outputs, prepared)
        penalties = penalty(parameters, hyperparameters.regularizers)
        return cost + penalties, (cost, new_statistics)

    _, (cost, new_statistics), gradient = value_and_grad(objective, parameters)
    return gradient, cost, new_statistics


def _in_parts(
    static: Static,
    parameters: Tree,
    hyperparameters: Hyperparameters,
    prepared: PreparedBatch,
    *,
    statistics: Tree,
    key: PassKey | None,
) -> Gradients:
    """Sum the gradient over parts of a batch, processing one at a time to save memory.

    With weights w, the cost is sum(w loss) / sum(w). Each part adds sum(w loss) over
    its own rows, divided by sum(w) over the batch. Parts that contain only padding are
    skipped.
    """
    rows = prepared.mask.shape[0]
    size = -(-rows // static.accumulate)
    total = prepared.weights.sum()
    missing = size * static.accumulate - rows
    padded = tree_map(lambda leaf: pad_rows(leaf, missing), prepared)

    def share_of_cost(
        parameters: Tree, statistics: Tree, part: PreparedBatch, first_row: Count
    ) -> tuple[Scalar, Tree]:
        parameters = static.groups.stop_gradients(parameters)
        outputs, statistics = static.network.train(
            parameters,
            statistics,
            hyperparameters.model,
            part.inputs,
            mask=part.mask,
            key=key,
            first_row=first_row,
        )
        cost = _share_of_cost(static, hyperparameters, outputs, part, total=total)
        return cost, statistics

    def add_part(number: Count, sums: Gradients) -> Gradients:
        gradient, cost, statistics = sums
        first = number * size
        part = tree_map(lambda leaf: rows_of(leaf, first, size), padded)
        part = split_rows(part, static.mesh)
        share, statistics, added = value_and_grad(
            lambda p: share_of_cost(p, statistics, part, first), parameters
        )
        return tree_map(jnp.add, gradient, added), cost + share, statistics

    start = penalty_gradient(static, parameters, hyperparameters)
    num_parts = (prepared.mask.sum().astype(jnp.int32) + size - 1) // size
    sums = start, jnp.float32(0), statistics
    return fori_loop(0, num_parts, add_part, sums)


def penalty_gradient(
    static: Static, parameters: Tree, hyperparameters: Hyperparameters
) -> Tree:
    """Return the gradient of the penalties."""

    def penalties(parameters: Tree) -> Scalar:
        kept = static.groups.stop_gradients(parameters)
        return jnp.float32(penalty(kept, hyperparameters.regularizers))

    return grad(penalties, parameters)


def _share_of_cost(
    static: Static,
    hyperparameters: Hyperparameters,
    outputs: Outputs,
    part: PreparedBatch,
    *,
    total: Scalar,
) -> Scalar:
    """Return a part's contribution to the cost of a batch with the given total weight.

    A part with zero weight adds 0, but its own cost must still be finite.
    """
    weight = part.weights.sum()
    weighted = part._replace(weights=jnp.where(weight > 0, part.weights, 1.0))
    return weight / total * batch_cost(static, hyperparameters, outputs, weighted)

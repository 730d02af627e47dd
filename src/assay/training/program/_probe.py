"""Reads intermediate values of the network without changing any result."""

from typing import TypedDict

from assay.regularize import penalty
from assay.training._arrays import Array, Count, Scalar, Tree
from assay.training._jax import output_shapes, tree_map, value_and_grad, zeros_like
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._state import State
from assay.training.program._static import Static
from assay.training.program.iteration._batch import (
    Batch,
    batch_key,
    prepare_batch,
    with_scheduled_dropout,
)
from assay.training.program.iteration._objective import batch_cost

__all__ = ["Probed", "probe"]

Named = dict[str, Array]


class Probed(TypedDict):
    """The values that a probe records in one iteration.

    Args:
        cost: cost of the batch.
        values: output (n, …) of each layer, keyed by name.
        gradients: derivative of the objective with respect to each value.
        parameters: nested by layer and name.
        parameter_gradients: derivative with respect to each parameter.
    """

    cost: Scalar
    values: Named
    gradients: Named
    parameters: Tree
    parameter_gradients: Tree


def probe(
    static: Static,
    state: State,
    hyperparameters: Hyperparameters,
    batch: Batch,
    *,
    index: Count,
) -> Probed:
    """Record the values computed in a training iteration on a batch.

    This runs as a separate program and does not change the state.
    """
    parameters = static.packing.unpack(state.parameters)
    key = batch_key(static, state, index)
    hyperparameters = with_scheduled_dropout(static, hyperparameters, index)
    prepared = prepare_batch(static, hyperparameters, batch, key)

    def forward(at: tuple[Tree, Named]) -> tuple[Scalar, tuple[Scalar, Named]]:
        parameters, perturbations = at
        outputs, values = static.network.record(
            parameters,
            state.statistics,
            hyperparameters.model,
            prepared.inputs,
            training=True,
            mask=prepared.mask,
            key=key,
            perturbations=perturbations,
        )
        cost = batch_cost(static, hyperparameters, outputs, prepared)
        penalties = penalty(parameters, hyperparameters.regularizers)
        return cost + penalties, (cost, values)

    # The derivative with respect to a zero added to a value is the value's gradient.
    shapes = output_shapes(lambda p: forward((p, {}))[1][1], parameters)
    zeros = tree_map(zeros_like, shapes)
    _, (cost, values), (by_parameters, by_values) = value_and_grad(
        forward, (parameters, zeros)
    )
    return {
        "cost": cost,
        "values": values,
        "gradients": by_values,
        "parameters": parameters,
        "parameter_gradients": by_parameters,
    }

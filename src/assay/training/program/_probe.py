"""Named values inside the model, asked for without changing any result."""

from typing import Any

import jax
import jax.numpy as jnp

from assay.regularize import penalty
from assay.training.program._batch import batch_key, prepare_batch
from assay.training.program._objective import batch_cost
from assay.training.program._state import State
from assay.training.program._static import Static

__all__ = ["Probed", "probe"]


Probed = dict[str, Any]


def probe(
    static: Static, state: State, hyper: Any, batch: Any, *, index: Any
) -> Probed:
    """Look inside the model while it would run one training iteration on a batch.

    A program of its own that reads the state and gives none back.

    Returns:
        "values": output of every layer by name, (n, …); "gradients": derivative of
        the objective by each of them; "parameters" and "parameter_gradients": nested
        by layer and name; "cost": of the batch.
    """
    parameters = static.packing.unpack(state.parameters)
    key = batch_key(static, state, index)
    prepared = prepare_batch(static, hyper, batch, key)
    how = {"training": True, "mask": prepared.mask, "key": key}

    def forward(parameters: Any, perturbations: Any) -> Any:
        outputs, values = static.network.record(
            parameters,
            state.statistics,
            hyper["model"],
            prepared.inputs,
            perturbations=perturbations,
            **how,
        )
        cost = batch_cost(static, hyper, outputs, prepared)
        return cost + penalty(parameters, hyper["regularizers"]), (cost, values)

    shapes = jax.eval_shape(lambda p: forward(p, {})[1][1], parameters)
    zeros = jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), shapes)
    gradients, (cost, values) = jax.grad(forward, argnums=(0, 1), has_aux=True)(
        parameters, zeros
    )
    return {
        "cost": cost,
        "values": values,
        "gradients": gradients[1],
        "parameters": parameters,
        "parameter_gradients": gradients[0],
    }

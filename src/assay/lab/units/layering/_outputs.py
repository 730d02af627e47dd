"""Converts raw outputs to predictions for each task."""

from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import costs
from assay.lab.units._registry import Body, handles

__all__ = ["Output", "output"]


class Output(Body):
    """Request for the predictions computed from raw outputs of the last layer.

    Args:
        outputs: k numbers for k classes; one number for two classes, regression or
            counts.
    """

    outputs: Annotated[list[float], Field(min_length=1, max_length=12)] = [1.5, 0.2, -1]


_OUTPUTS = (
    ("two classes", "binary_cross_entropy", 2),
    ("several classes", "cross_entropy", None),
    ("a number", "squared_error", 1),
    ("a count", "poisson_likelihood", 1),
)


@handles("layers", "output")
def output(body: Output) -> dict[str, Any]:
    """Return the prediction for each kind of task, computed from the raw outputs."""
    raw = jnp.asarray(body.outputs, jnp.float32)[None]
    tasks = []
    for task, cost, num_classes in _OUTPUTS:
        loss = costs.get(cost)
        count = loss.num_outputs(num_classes or max(len(body.outputs), 3))
        used = raw[:, :count]
        if used.shape[1] < count:
            used = jnp.pad(used, ((0, 0), (0, count - used.shape[1])))
        tasks.append(
            {
                "task": task,
                "cost": cost,
                "num_outputs": count,
                "raw": np.float32(used[0]),
                "prediction": np.float32(jnp.atleast_1d(jax.jit(loss.link)(used)[0])),
                "link": getattr(loss.link, "__name__", ""),
            }
        )
    return {"tasks": tasks}

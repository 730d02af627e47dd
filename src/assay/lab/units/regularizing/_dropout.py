"""The dropout mask of an iteration, in training and in inference."""

from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, Field

from assay import nn, spec
from assay.lab.units._registry import answers
from assay.lab.units.regularizing._phases import UNITS, Dropped, Phases, small_fit
from assay.nn.xray import watch
from assay.training import Fit

__all__ = ["Mask", "mask"]


class Mask(BaseModel):
    """A dropout layer in one iteration.

    Args:
        iteration: iteration whose mask is drawn.
        rate: fraction of the units that are dropped.
        example: position of the example in the batch.
        num_masks: number of iterations over which the output is averaged.
    """

    iteration: Annotated[int, Field(ge=0, le=600)] = 100
    rate: Dropped = 0.5
    example: Annotated[int, Field(ge=0, le=15)] = 0
    num_masks: Annotated[int, Field(ge=1, le=500)] = 200


@answers("regularization", "mask")
def mask(body: Mask) -> dict[str, Any]:
    """Return the mask of an iteration, and the output in training and in inference."""
    fit = small_fit(Phases(dropout=body.rate, num_epochs=200))
    fit.advance(iterations=body.iteration)
    inputs, key = np.asarray(fit.batch().inputs), fit.state.key
    model = _network(fit, body.rate)
    iteration = nn.iteration_key(key, body.iteration)
    training = watch(model, inputs, training=True, key=iteration)
    inference = watch(model, inputs)
    kept = np.asarray(training.mask("dropout1"))[body.example]
    hidden = training.input("dropout1")
    mean = _mean_output(model.dropout1, hidden, key, body.num_masks)
    return {
        "units": np.float32(hidden[body.example]),
        "kept": kept.tolist(),
        "num_kept": int(kept.sum()),
        "in_training": np.float32(training.output("dropout1")[body.example]),
        "in_inference": np.float32(inference.output("dropout1")[body.example]),
        "mean": np.float32(mean[body.example]),
        "outputs": {
            "in_training": np.float32(training.output("output")[body.example]),
            "in_inference": np.float32(inference.output("output")[body.example]),
        },
    }


def _network(fit: Fit, rate: float) -> Any:
    """Return the network of a fit with its current parameters."""
    layers = (spec.Dense(UNITS), spec.ReLU(), spec.Dropout(rate))
    model = nn.build(layers, (64,), num_outputs=10, rng=np.random.default_rng(0))
    learned: Any = fit.last().parameters
    for name, parameters in learned.items():
        for parameter, value in parameters.items():
            getattr(model.layer(name), parameter)[...] = jnp.asarray(value)
    return model


def _mean_output(
    layer: nn.Dropout, hidden: np.ndarray, key: Any, num_masks: int
) -> np.ndarray:
    """Return the mean output of a dropout layer over the masks of many iterations."""

    def output(iteration: jax.Array) -> jax.Array:
        context = nn.Context(training=True, key=nn.iteration_key(key, iteration))
        return layer(jnp.asarray(hidden), context)

    return np.asarray(jax.jit(jax.vmap(output))(jnp.arange(num_masks)).mean(axis=0))

"""The output of a dropout layer during training and inference."""

from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import experiment, nn
from assay.lab.units._registry import Body, handles
from assay.lab.units.regularizing._few_rows import few_rows, with_dropout
from assay.lab.units.regularizing._phases import Dropped, Phases, small_fit
from assay.nn.xray import watch
from assay.training import Fit

__all__ = ["Mask", "mask"]

_MOST_UNITS = 40  # maximum number of units that are plotted


class Mask(Body):
    """Request for a dropout mask.

    Args:
        run: name of a finished run whose data and network are used; "" for a network of
            40 units on the digits.
        iteration: iteration number, which determines the mask.
        rate: fraction of the units to drop.
        example: position of the example in the batch.
        num_masks: number of masks over which the layer's output is averaged.
    """

    run: str = ""
    iteration: Annotated[int, Field(ge=0, le=600)] = 100
    rate: Dropped = 0.5
    example: Annotated[int, Field(ge=0, le=15)] = 0
    num_masks: Annotated[int, Field(ge=1, le=500)] = 200


@handles("regularization", "mask")
def mask(body: Mask) -> dict[str, Any]:
    """Return the mask of an iteration, and the output during training and inference.

    If the layer is large, only its first units are returned.
    """
    fit = small_fit(Phases(run=body.run, dropout=body.rate, num_epochs=200))
    fit.advance(iterations=body.iteration)
    inputs, key = fit.batch().inputs, fit.state.key
    values, lengths = inputs, None
    if isinstance(inputs, dict):
        values, lengths = inputs["values"], np.asarray(inputs["lengths"])
    model = _network(fit, body)
    name = [name for name in model.names if name.startswith("dropout")][-1]
    iteration = nn.iteration_key(key, body.iteration)
    values = np.asarray(values)
    training = watch(model, values, lengths=lengths, training=True, key=iteration)
    inference = watch(model, values, lengths=lengths)
    hidden = training.input(name)
    kept = np.asarray(training.mask(name))[body.example].ravel()
    mean = _mean_output(model.layer(name), hidden, key, body.num_masks)

    def units(array: np.ndarray) -> np.ndarray:
        return array[body.example].ravel()[:_MOST_UNITS].astype(np.float32)

    return {
        "layer": name,
        "units": units(hidden),
        "kept": kept[:_MOST_UNITS].tolist(),
        "num_kept": int(kept.sum()),
        "num_units": int(kept.size),
        "in_training": units(training.output(name)),
        "in_inference": units(hidden),
        "mean": units(mean),
        "outputs": {
            "in_training": np.float32(training.output("output")[body.example]),
            "in_inference": np.float32(inference.output("output")[body.example]),
        },
    }


def _network(fit: Fit, body: Mask) -> Any:
    """Return the network of a fit with its current parameters."""
    rows = few_rows(body.run, 0)
    layers = with_dropout(rows.training.model, body.rate)
    if rows.source is not None:
        training = rows.training.model_copy(update={"model": layers})
        return experiment.network_of(rows.source.model_of(fit, training), 0)
    model = nn.build(layers, (64,), num_outputs=10, rng=np.random.default_rng(0))
    learned: Any = fit.last().parameters
    for name, parameters in learned.items():
        for parameter, value in parameters.items():
            getattr(model.layer(name), parameter)[...] = jnp.asarray(value)
    return model


def _mean_output(
    layer: Any, hidden: np.ndarray, key: Any, num_masks: int
) -> np.ndarray:
    """Return the mean output of a dropout layer over the masks of many iterations."""
    inputs = jnp.asarray(hidden)

    def add(iteration: jax.Array, total: jax.Array) -> jax.Array:
        context = nn.Context(training=True, key=nn.iteration_key(key, iteration))
        return total + layer(inputs, context)

    total = jax.lax.fori_loop(0, num_masks, add, jnp.zeros_like(inputs))
    return np.asarray(total) / num_masks

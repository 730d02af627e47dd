"""The batch statistics and running statistics of batch normalization."""

from functools import lru_cache
from typing import Annotated, Any

import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import nn, spec
from assay.lab.units._registry import Body, handles
from assay.lab.units.networks._digits import digits
from assay.nn.xray import ModelPass, watch
from assay.training import Fit, TrainingData

__all__ = ["Statistics", "batch_norm"]


class Statistics(Body):
    """Request for the statistics of batch normalization during training.

    Args:
        batch_size: number of examples in a batch.
        momentum: weight of the batch statistics in the new running statistics.
        num_iterations: number of training iterations.
        unit: index of the normalized unit.
        seed: seed for the initial values and the row order.
    """

    batch_size: Annotated[int, Field(ge=2, le=256)] = 16
    momentum: Annotated[float, Field(gt=0, le=1)] = 0.1
    num_iterations: Annotated[int, Field(ge=2, le=200)] = 60
    unit: Annotated[int, Field(ge=0, le=15)] = 0
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


@handles("layers", "batch_norm")
def batch_norm(body: Statistics) -> dict[str, Any]:
    """Return the batch statistics and running statistics of each iteration."""
    fit, layers = _normalized_fit(body)
    iterations, unit = [], body.unit
    for index in range(body.num_iterations):
        x = np.asarray(fit.probe()["values"]["dense1"])[:, unit]
        fit.advance(iterations=1)
        running: Any = fit.last().statistics["batch_norm1"]
        iterations.append(
            {
                "iteration": index,
                "mean": float(x.mean()),
                "variance": float(x.var()),
                "running_mean": float(running["mean"][unit]),
                "running_variance": float(running["variance"][unit]),
            }
        )
    network, inputs = _with_values(fit, layers), np.asarray(fit.batch().inputs)
    training = watch(network, inputs, training=True)
    inference = watch(network, inputs)
    return {
        "iterations": iterations,
        "formula": spec.BatchNorm.formula,
        "epsilon": float(np.asarray(network.batch_norm1.epsilon[...])),
        "inputs": np.float32(training.input("batch_norm1")[:, unit]),
        "in_training": np.float32(training.output("batch_norm1")[:, unit]),
        "in_inference": np.float32(inference.output("batch_norm1")[:, unit]),
        "training_number": _calculated(training, unit),
        "inference_number": _calculated(inference, unit),
    }


def _calculated(watched: ModelPass, unit: int) -> dict[str, Any]:
    xray = watched.explain("batch_norm1", (unit,))
    return {**xray.to_json(), "text": xray.to_text(most_terms=8)}


@lru_cache(maxsize=1)
def _standardized_digits() -> TrainingData:
    images, targets = digits()
    inputs = images.reshape(len(images), -1) / 8 - 1
    return TrainingData.of((inputs, targets), (inputs[:0], targets[:0]), num_classes=10)


def _normalized_fit(body: Statistics) -> tuple[Fit, tuple[spec.Layer, ...]]:
    layers = (spec.Dense(16), spec.BatchNorm(momentum=body.momentum), spec.ReLU())
    training = spec.Training(
        model=layers,
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(0.01),
        schedule=spec.Constant(),
        regularizers=(),
        batch_size=body.batch_size,
        num_epochs=200,
    )
    data = _standardized_digits()
    return data.fit(training, seed=body.seed, measure_epochs=False), layers


def _with_values(fit: Fit, layers: tuple[spec.Layer, ...]) -> Any:
    """Return the network of a fit with its current parameters and statistics."""
    model = nn.build(layers, (64,), num_outputs=10, rng=np.random.default_rng(0))
    fitted = fit.last()
    trees: Any = fitted.parameters, fitted.statistics
    for tree in trees:
        for name, values in tree.items():
            for variable, value in values.items():
                getattr(model.layer(name), variable)[...] = jnp.asarray(value)
    return model

"""The batches of some epochs, and their gradients beside the full gradient."""

import math
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from assay import spec
from assay._errors import InputError
from assay.data import Preparation
from assay.lab.units._registry import answers
from assay.lab.units.batching._split import Parts, Rows, parts_of
from assay.training import Fit, TrainingData

__all__ = ["Passes", "passes"]

_MOST_ITERATIONS = 700  # two epochs of all digits with batches of 4


class Passes(Rows):
    """Some epochs of training on the train part.

    Args:
        batch_size: number of examples in a batch; 0 for all.
        num_epochs: number of passes over train.
        learning_rate: step size of plain gradient descent.
        hidden: number of hidden units.
    """

    batch_size: Annotated[int, Field(ge=0)] = 4
    num_epochs: Annotated[int, Field(ge=1, le=20)] = 2
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.1
    hidden: Annotated[int, Field(ge=1, le=128)] = 16


@answers("batches", "passes")
def passes(body: Passes) -> dict[str, Any]:
    """Train for some epochs, and compare every batch's gradient with the full one."""
    parts = parts_of(body)
    fit = _fit(parts, body, body.batch_size)
    whole = _fit(parts, body, 0)
    iterations = []
    while not fit.done and fit.iteration < _MOST_ITERATIONS:
        iterations.append(_iteration(parts, fit, whole))
        fit.advance(iterations=1)
    costs = fit.history.iterations["cost"]
    epochs = fit.history.epochs
    return {
        "batch_size": fit.program.batch_size,
        "num_train": len(parts.split.train),
        "per_epoch": fit.iterations_per_epoch,
        "num_iterations": fit.num_iterations,
        "iterations": [
            {**step, "cost": float(cost)}
            for step, cost in zip(iterations, costs, strict=True)
        ],
        "epochs": {
            "train_cost": np.float32(epochs["train_cost"]),
            "val_cost": np.float32(epochs["val_cost"]),
        },
        "num_parameters": fit.program.network.num_parameters,
    }


def _fit(parts: Parts, body: Passes, batch_size: int) -> Fit:
    """Return a fit on train; all fits start from the same values."""
    rows = [parts.split.train, parts.split.val]
    preparation = Preparation.fit(parts.dataset, rows[0])
    if preparation.kind != "table":
        raise InputError(
            "Batches are compared on tables. Choose a run on a table, or the digits."
        )
    train, val = (
        (preparation.transform(parts.dataset, r), preparation.targets(parts.dataset, r))
        for r in rows
    )
    classes = parts.dataset.task.num_classes
    training = spec.Training(
        model=_layers(preparation, body.hidden),
        cost=spec.CrossEntropy() if classes > 1 else spec.SquaredError(),
        optimizer=spec.SGD(body.learning_rate),
        regularizers=(),
        schedule=spec.Constant(),
        # a batch larger than train holds all of it
        batch_size=min(batch_size, len(rows[0])) or "all",
        num_epochs=body.num_epochs,
    )
    shared = TrainingData.of(train, val, num_classes=max(classes, 1))
    return shared.fit(training, seed=body.seed)


def _layers(preparation: Preparation, hidden: int) -> tuple[spec.Layer, ...]:
    embedded = (spec.EmbedColumns(),) if preparation.embedded else ()
    return (*embedded, spec.Dense(hidden), spec.Tanh())


def _iteration(parts: Parts, fit: Fit, whole: Fit) -> dict[str, Any]:
    """Return the rows of the next batch, and its gradient beside the full gradient."""
    epoch, place = divmod(fit.iteration, fit.iterations_per_epoch)
    size, count = fit.program.batch_size, len(parts.split.train)
    _, batches = fit.batch_source.batches_from(fit.iteration, fit.iteration + 1)
    order = np.asarray(batches.orders[epoch - int(batches.first_epoch)])
    places = order[place * size : min((place + 1) * size, count)]
    one = _flat(fit.probe()["parameter_gradients"])
    everything = whole.program.probe(
        fit.state, whole.hyperparameters, whole.batch(), np.int32(0)
    )
    full = _flat(everything["parameter_gradients"])
    length, full_length = float(np.linalg.norm(one)), float(np.linalg.norm(full))
    along = float(one @ full) / max(length * full_length, 1e-30)
    return {
        "epoch": epoch,
        "batch": place,
        "examples": parts.split.train[places].tolist(),
        "length": length,
        "full_length": full_length,
        "angle_degrees": math.degrees(math.acos(min(max(along, -1.0), 1.0))),
        "full_cost": float(everything["cost"]),
    }


def _flat(gradients: Any) -> np.ndarray:
    """Return all derivatives as one vector in float64."""
    return np.concatenate(
        [
            np.asarray(array, np.float64).ravel()
            for layer in gradients.values()
            for array in layer.values()
        ]
    )

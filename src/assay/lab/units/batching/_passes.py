"""Compares batch gradients with the full gradient over a few epochs."""

import math
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from assay import spec
from assay._errors import InputError
from assay.data import Preparation
from assay.lab.units._registry import handles
from assay.lab.units.batching._split import Parts, Rows, parts_of
from assay.training import Fit, TrainingData

__all__ = ["Angles", "Passes", "angles", "passes"]

# The iteration number has no effect, because the fits use no random numbers.
_FIRST: Any = np.int32(0)
_MOST_ITERATIONS = 700  # sufficient for two epochs of all digits in batches of 4


class Passes(Rows):
    """Request to train a small network for a few epochs.

    Args:
        batch_size: number of examples in a batch; 0 for all.
        num_epochs: number of passes over the training set.
        learning_rate: learning rate of plain gradient descent.
        hidden: number of hidden units.
    """

    batch_size: Annotated[int, Field(ge=0)] = 4
    num_epochs: Annotated[int, Field(ge=1, le=20)] = 2
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.1
    hidden: Annotated[int, Field(ge=1, le=128)] = 16


@handles("batches", "passes")
def passes(body: Passes) -> dict[str, Any]:
    """Train for a few epochs and compare batch gradients with the full gradient."""
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
    """Return a new fit on train. All fits have the same initial parameters."""
    rows = [parts.split.train, parts.split.val]
    preparation = Preparation.fit(parts.dataset, rows[0])
    if preparation.kind not in ("table", "image"):
        raise InputError(
            "Batches can be compared only on tables and images. Choose a run with such "
            "data, or the digits."
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
        # A batch cannot be larger than the training set.
        batch_size=min(batch_size, len(rows[0])) or "all",
        num_epochs=body.num_epochs,
    )
    shared = TrainingData.of(train, val, num_classes=max(classes, 1))
    return shared.fit(training, seed=body.seed)


def _layers(preparation: Preparation, hidden: int) -> tuple[spec.Layer, ...]:
    first: tuple[spec.Layer, ...] = ()
    if preparation.kind == "image":
        first = (spec.Flatten(),)
    elif preparation.embedded:
        first = (spec.EmbedColumns(),)
    return (*first, spec.Dense(hidden), spec.Tanh())


def _iteration(parts: Parts, fit: Fit, whole: Fit) -> dict[str, Any]:
    """Return the next batch's rows and compare its gradient with the full gradient."""
    epoch, place = divmod(fit.iteration, fit.iterations_per_epoch)
    size, count = fit.program.batch_size, len(parts.split.train)
    _, batches = fit.batch_source.batches_from(fit.iteration, fit.iteration + 1)
    order = np.asarray(batches.orders[epoch - int(batches.first_epoch)])
    chosen = order[place * size : min((place + 1) * size, count)]
    one = _flat(fit.probe()["parameter_gradients"])
    everything = whole.program.probe(
        fit.state, whole.hyperparameters, whole.batch(), _FIRST
    )
    full = _flat(everything["parameter_gradients"])
    return {
        "epoch": epoch,
        "batch": place,
        "examples": parts.split.train[chosen].tolist(),
        "length": float(np.linalg.norm(one)),
        "full_length": float(np.linalg.norm(full)),
        "angle_degrees": _angle(one, full),
        "full_cost": float(everything["cost"]),
    }


class Angles(Passes):
    """Request for the gradients of batches of all sizes at the initial parameters."""


@handles("batches", "angles")
def angles(body: Angles) -> dict[str, Any]:
    """Return the angles between batch gradients and the full gradient, by batch size.

    The gradient of a batch is the mean of the gradients of its examples.
    """
    parts = parts_of(body)
    fit = _fit(parts, body, 1)
    count = len(parts.split.train)
    train: Any = fit.train  # these training data are never streamed
    order = fit.program.orders(body.seed, 0, train)[0][:count]
    each = np.stack([_gradient_of(fit, int(row)) for row in order])
    full = each.mean(axis=0)
    sizes = [2**power for power in range(count.bit_length())] + [count]
    turned = [_turned(each, full, size) for size in sorted(set(sizes))]
    return {"num_train": count, "sizes": turned}


def _gradient_of(fit: Fit, row: int) -> np.ndarray:
    """Return the gradient of a training example."""
    train: Any = fit.train
    batch = fit.batch()._replace(
        inputs=train.inputs[row : row + 1], targets=train.targets[row : row + 1]
    )
    probed = fit.program.probe(fit.state, fit.hyperparameters, batch, _FIRST)
    return _flat(probed["parameter_gradients"])


def _turned(each: np.ndarray, full: np.ndarray, size: int) -> dict[str, float]:
    """Return the mean, minimum and maximum angle for one batch size."""
    starts = range(0, len(each), size)
    batches = [each[start : start + size].mean(axis=0) for start in starts]
    degrees = [_angle(batch, full) for batch in batches]
    return {
        "batch_size": size,
        "mean": float(np.mean(degrees)),
        "smallest": min(degrees),
        "largest": max(degrees),
    }


def _angle(one: np.ndarray, other: np.ndarray) -> float:
    """Return the angle between two vectors in degrees."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    cosine = float(one @ other) / max(lengths, 1e-30)
    return math.degrees(math.acos(min(max(cosine, -1.0), 1.0)))


def _flat(gradients: Any) -> np.ndarray:
    """Return all derivatives as one float64 vector."""
    return np.concatenate(
        [
            np.asarray(array, np.float64).ravel()
            for layer in gradients.values()
            for array in layer.values()
        ]
    )

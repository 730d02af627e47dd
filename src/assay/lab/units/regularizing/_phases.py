"""A small fit that overfits, and how penalties and early stopping affect it."""

import math
from functools import lru_cache
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, Field

from assay import regularize, spec
from assay.lab.units._registry import answers
from assay.lab.units.networks._digits import digits
from assay.training import Fit, TrainingData

__all__ = ["UNITS", "Dropped", "Phases", "phases", "small_fit"]

_NUM_TRAIN = 80  # few enough that a network of 40 units can fit their noise
_NUM_VAL = 400
UNITS = 40
"""Number of hidden units."""

_NUM_BINS = 41
_SNAPSHOTS = 12  # number of weight histograms per fit
_TINY = 1e-3  # weights with a smaller absolute value count as 0

Strength = Annotated[float, Field(ge=0, le=10)]
Dropped = Annotated[float, Field(ge=0, lt=1)]


class Phases(BaseModel):
    """The regularization of a small network on few examples.

    Args:
        l1: strength of the L1 penalty.
        l2: strength of the L2 penalty.
        dropout: fraction of the hidden units that are dropped.
        label_smoothing: fraction of every target that is spread over all classes.
        wrong: fraction of the targets in train that are wrong on purpose.
        num_epochs: number of passes over train.
        patience_epochs: number of epochs without improvement before stopping.
        seed: seed of the initial values, the order of the rows and the masks.
    """

    l1: Strength = 0.0
    l2: Strength = 0.0
    dropout: Dropped = 0.0
    label_smoothing: Dropped = 0.0
    wrong: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    num_epochs: Annotated[int, Field(ge=2, le=400)] = 120
    patience_epochs: Annotated[int, Field(ge=1, le=200)] = 15
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


@lru_cache(maxsize=8)
def _training_data(wrong: float) -> TrainingData:
    """Return few digits for train and many for val, with pixel values from -1 to 1.

    Args:
        wrong: fraction of the targets in train that are replaced by the next digit.
    """
    images, targets = digits()
    inputs = images.reshape(len(images), -1) / 8 - 1
    train, val = slice(0, _NUM_TRAIN), slice(_NUM_TRAIN, _NUM_TRAIN + _NUM_VAL)
    order = np.random.default_rng(0).permutation(_NUM_TRAIN)
    replaced = order[: round(wrong * _NUM_TRAIN)]
    learned = targets[train].copy()
    learned[replaced] = (learned[replaced] + 1) % 10
    return TrainingData.of(
        (inputs[train], learned), (inputs[val], targets[val]), num_classes=10
    )


def small_fit(body: Phases) -> Fit:
    """Return a fit that has not started; a strength of 0 turns a regularizer off.

    Every fit has all regularizers, so that one compiled program serves them all.
    """
    training = spec.Training(
        model=(spec.Dense(UNITS), spec.ReLU(), spec.Dropout(body.dropout)),
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(0.01),
        schedule=spec.Constant(),
        regularizers=(
            spec.L1(body.l1),
            spec.L2(body.l2),
            spec.LabelSmoothing(body.label_smoothing),
        ),
        batch_size=16,
        num_epochs=body.num_epochs,
    )
    data = _training_data(body.wrong)
    return data.fit(training, seed=body.seed, measure_layers=False)


@answers("regularization", "phases")
def phases(body: Phases) -> dict[str, Any]:
    """Train a network, and return its costs by epoch and snapshots of its weights."""
    fit = small_fit(body)
    stops = np.unique(np.linspace(0, body.num_epochs, _SNAPSHOTS).astype(int))
    weights = {}
    for stop in stops:
        while fit.epoch < stop and not fit.done:
            fit.advance(epochs=int(stop) - fit.epoch)
        weights[int(stop)] = _weights(fit)
    epochs = fit.history.epochs
    most = max(float(np.abs(w).max()) for w in weights.values())
    reach = math.ceil(2 * most) / 2  # rarely changes, so histograms are comparable
    edges = np.linspace(-reach, reach, _NUM_BINS + 1)
    return {
        "num_train": _NUM_TRAIN,
        "num_val": _NUM_VAL,
        "num_parameters": fit.program.network.num_parameters,
        "epochs": {name: np.float32(column) for name, column in epochs.items()},
        "early_stopping": _early_stopping(epochs["val_cost"], body.patience_epochs),
        "edges": np.float32(edges),
        "weights": [
            {"epoch": epoch, **_statistics(values, edges)}
            for epoch, values in weights.items()
        ],
        "penalty": _penalties(fit, body),
    }


def _weights(fit: Fit) -> np.ndarray:
    """Return the weights of all kernels as one vector."""
    leaves = jax.tree_util.tree_leaves_with_path(fit.last().parameters)
    kernels = [np.asarray(leaf) for path, leaf in leaves if regularize.is_kernel(path)]
    return np.concatenate([kernel.ravel() for kernel in kernels])


def _statistics(values: np.ndarray, edges: np.ndarray) -> dict[str, Any]:
    return {
        "counts": np.histogram(values, edges)[0].tolist(),
        "share_of_zeros": float((np.abs(values) < _TINY).mean()),
        "mean_size": float(np.abs(values).mean()),
        "largest": float(np.abs(values).max()),
    }


def _early_stopping(costs: np.ndarray, patience_epochs: int) -> dict[str, Any]:
    """Return the best epoch and the stopping epoch, both counted from 1."""
    best, stale, best_epoch = jnp.float32(jnp.inf), jnp.int32(0), 0
    for place, cost in enumerate(costs):
        improved, stale, stop = regularize.patience(
            jnp.float32(cost),
            best,
            stale,
            patience_epochs=jnp.int32(patience_epochs),
            min_improvement=jnp.float32(0),
        )
        if improved:
            best, best_epoch = jnp.float32(cost), place + 1
        if stop:
            return {"best_epoch": best_epoch, "stop_epoch": place + 1}
    return {"best_epoch": best_epoch, "stop_epoch": None}


def _penalties(fit: Fit, body: Phases) -> dict[str, float]:
    parameters = fit.last().parameters
    strengths = {"l1": body.l1, "l2": body.l2}
    return {
        kind: float(regularize.penalty(parameters, {kind: {"strength": strength}}))
        for kind, strength in strengths.items()
    }

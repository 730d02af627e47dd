"""A small fit that overfits, with and without penalties and early stopping."""

import math
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import regularize, spec
from assay.lab.units._registry import Body, handles
from assay.lab.units.regularizing._few_rows import few_rows, with_dropout
from assay.training import Fit

__all__ = ["Dropped", "Phases", "phases", "small_fit"]

_NUM_BINS = 41
_SNAPSHOTS = 12  # number of weight histograms per fit
_TINY = 1e-3  # smaller weights are counted as 0

Strength = Annotated[float, Field(ge=0, le=10)]
Dropped = Annotated[float, Field(ge=0, lt=1)]


class Phases(Body):
    """Request to train a small network on a few examples with regularization.

    Args:
        run: name of a finished run whose data and network are used; "" for a network of
            40 units on the digits.
        l1: strength of the L1 penalty.
        l2: strength of the L2 penalty.
        dropout: fraction of the hidden units to drop.
        label_smoothing: fraction of each target that is spread over all classes.
        wrong: fraction of the training targets to replace with wrong ones.
        num_epochs: number of passes over the training set.
        patience_epochs: number of epochs without improvement after which early
            stopping would stop training.
        seed: seed for the initial values, the row order and the dropout masks.
    """

    run: str = ""
    l1: Strength = 0.0
    l2: Strength = 0.0
    dropout: Dropped = 0.0
    label_smoothing: Dropped = 0.0
    wrong: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    num_epochs: Annotated[int, Field(ge=2, le=400)] = 120
    patience_epochs: Annotated[int, Field(ge=1, le=200)] = 15
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


def small_fit(body: Phases) -> Fit:
    """Return a new fit. A strength of 0 turns a regularizer off.

    Every fit includes all regularizers, so all fits can use the same compiled program.
    """
    rows = few_rows(body.run, body.wrong)
    regularizers: list[spec.Regularizer] = [spec.L1(body.l1), spec.L2(body.l2)]
    if rows.data.num_classes > 1:
        regularizers.append(spec.LabelSmoothing(body.label_smoothing))
    changes = {
        "model": with_dropout(rows.training.model, body.dropout),
        "regularizers": tuple(regularizers),
        "num_epochs": body.num_epochs,
    }
    training = rows.training.model_copy(update=changes)
    return rows.data.fit(training, seed=body.seed, measure_layers=False)


@handles("regularization", "phases")
def phases(body: Phases) -> dict[str, Any]:
    """Train a network and return its costs by epoch and snapshots of its weights."""
    rows, fit = few_rows(body.run, body.wrong), small_fit(body)
    stops = np.unique(np.linspace(0, body.num_epochs, _SNAPSHOTS).astype(int))
    weights = {}
    for stop in stops:
        while fit.epoch < stop and not fit.done:
            fit.advance(epochs=int(stop) - fit.epoch)
        weights[int(stop)] = _weights(fit)
    epochs = fit.history.epochs
    most = max(float(np.abs(w).max()) for w in weights.values())
    reach = math.ceil(2 * most) / 2  # rounded to make histograms comparable
    edges = np.linspace(-reach, reach, _NUM_BINS + 1)
    return {
        "num_train": rows.num_train,
        "num_val": rows.num_val,
        "is_classification": rows.data.num_classes > 1,
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
    """Return the best epoch and the epoch at which training stops, counted from 1."""
    best, stale, best_epoch = jnp.float32(jnp.inf), jnp.int32(0), 0
    for index, cost in enumerate(costs):
        improved, stale, stop = regularize.patience(
            jnp.float32(cost),
            best,
            stale,
            patience_epochs=jnp.int32(patience_epochs),
            min_improvement=jnp.float32(0),
        )
        if improved:
            best, best_epoch = jnp.float32(cost), index + 1
        if stop:
            return {"best_epoch": best_epoch, "stop_epoch": index + 1}
    return {"best_epoch": best_epoch, "stop_epoch": None}


def _penalties(fit: Fit, body: Phases) -> dict[str, float]:
    parameters = fit.last().parameters
    strengths = {"l1": body.l1, "l2": body.l2}
    return {
        kind: float(regularize.penalty(parameters, {kind: {"strength": strength}}))
        for kind, strength in strengths.items()
    }

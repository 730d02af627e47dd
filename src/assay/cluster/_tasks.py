"""Tasks that run on the nodes of a cluster.

A task leaves nothing on its node except a copy of the data, so it can be repeated on
another node if its node fails.
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from assay import spec
from assay.training import (
    Fit,
    History,
    Hyperparameters,
    State,
    TrainingData,
    Workers,
)

__all__ = ["Model", "Piece", "Reached", "advance", "call", "copied"]

_NUM_KEPT = 3  # the data of the search, the data of the refit, and the custom network

Work = Callable[[TrainingData, spec.Training, Any], Any]

_on_node: dict[str, Any] = {}  # objects from the store, keyed by reference key


class Model(NamedTuple):
    """A training spec whose custom network, if any, is in the object store.

    Programs are compiled once per network object, so each node loads a network only
    once.
    """

    training: spec.Training
    network: list[Any]  # at most one reference, in a list so Ray does not resolve it


class Piece(NamedTuple):
    """The current state of a fit as plain data."""

    model: Model
    options: dict[str, Any]
    hyperparameters: Hyperparameters
    state: State
    iteration: int


class Reached(NamedTuple):
    """The state of a fit after a task, and the new measurements."""

    state: State
    iteration: int
    history: History


def copied(tree: Any) -> Any:
    """Copy a tree into this process's memory as NumPy arrays."""
    return jax.tree.map(np.array, jax.device_get(tree))


def advance(
    data: list[Any],
    pieces: Sequence[Piece],
    iteration: int,
    size: int | None,
) -> tuple[list[Reached], float]:
    """Advance fits, and return their new states and the duration in seconds.

    Args:
        data: reference to the training data.
        pieces: state of a single fit, or states of the fits in a stack.
        iteration: iteration at which to stop.
        size: number of fits for which the stacked program is compiled; None for a
            single fit.
    """
    training_data = _training_data(data)
    fits = [_fit(training_data, piece) for piece in pieces]
    workers, seconds = Workers(), 0.0
    if size is None:
        workers.prepare(fits[0])  # compilation is not included in the duration
    while live := [f for f in fits if not f.done and f.iteration < iteration]:
        seconds += workers.advance(live, iteration, size=size)
    return [
        Reached(jax.device_get(fit.state), fit.iteration, fit.history) for fit in fits
    ], seconds


def call(data: list[Any], model: Model, function: Work, item: Any) -> Any:
    """Return the result of a function; see `Workers.map`."""
    return function(_training_data(data), _training(model), item)


def _fit(training_data: TrainingData, piece: Piece) -> Fit:
    fit = training_data.fit(_training(piece.model), **piece.options)
    fit.hyperparameters = piece.hyperparameters
    fit.state, fit.iteration = piece.state, piece.iteration
    return fit


def _training(model: Model) -> spec.Training:
    if not model.network:
        return model.training
    network = _loaded(model.network[0])
    return model.training.model_copy(update={"model": (network,)})


def _training_data(data: list[Any]) -> TrainingData:
    return _loaded(data[0])


def _loaded(reference: Any) -> Any:
    """Return an object from the store. Recently used objects are cached on the node."""
    key = reference.hex()
    found = _on_node.pop(key, None)
    if found is None:
        found = importlib.import_module("ray").get(reference)
        if isinstance(found, TrainingData):
            found = found.on_device()
    _on_node[key] = found  # moves the object to the end so it is removed last
    while len(_on_node) > _NUM_KEPT:
        del _on_node[next(iter(_on_node))]
    return found

"""The history of a fit, with measurements per iteration, per epoch and per layer."""

from itertools import islice
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from assay.training.layer_monitors._monitor import MONITOR_FIELDS
from assay.training.program._epoch_end import EPOCH_FIELDS
from assay.training.program.iteration._iteration import ITERATION_FIELDS

__all__ = ["History", "Measurement"]


class Measurement(NamedTuple):
    """A measurement of all layers.

    Args:
        iteration: number of completed iterations.
        epoch: number of completed epochs.
        table: a row of `MONITOR_FIELDS` per layer.
    """

    iteration: int
    epoch: int
    table: Float[np.ndarray, "layers 9"]


class History:
    """The measurements of a fit per iteration, per epoch and per layer.

    Example:
        >>> history = History()
        >>> history.add(np.array([[0.7, 1.2, 0.1], [0.6, 1.1, 0.1]]), np.zeros((0, 4)))
        >>> history.iterations["cost"].tolist()
        [0.7, 0.6]
    """

    def __init__(self) -> None:
        self._iterations: list[np.ndarray] = []
        self._epochs: list[np.ndarray] = []
        self._monitors: dict[int, Measurement] = {}

    def add(
        self,
        iterations: Float[np.ndarray, "iterations 3"],
        epochs: Float[np.ndarray, "epochs 4"],
    ) -> None:
        """Append rows with `ITERATION_FIELDS` and rows with `EPOCH_FIELDS`."""
        self._iterations.append(iterations)
        self._epochs.append(epochs)

    def add_monitors(self, measurement: Measurement) -> None:
        """Add a measurement of all layers."""
        self._monitors[measurement.iteration] = measurement

    def extend(self, later: "History") -> None:
        """Append the rows and measurements of a later part of the same fit."""
        self._iterations += later._iterations
        self._epochs += later._epochs
        self._monitors |= later._monitors

    @property
    def iterations(self) -> dict[str, np.ndarray]:
        """The columns cost, gradient_norm and learning_rate for each iteration."""
        return _columns(self._iterations, ITERATION_FIELDS)

    @property
    def epochs(self) -> dict[str, np.ndarray]:
        """The costs and scores on train and val after each epoch."""
        return _columns(self._epochs, EPOCH_FIELDS)

    @property
    def monitors(self) -> dict[str, np.ndarray]:
        """The measurements of the layers.

        "iteration" and "epoch" (points,) contain the numbers of completed iterations
        and epochs. The other columns (points, layers) contain the `MONITOR_FIELDS`.
        """
        points = list(self._monitors.values())
        empty = np.zeros((0, 0, len(MONITOR_FIELDS)), np.float32)
        tables = np.stack([point.table for point in points]) if points else empty
        columns = {name: tables[:, :, i] for i, name in enumerate(MONITOR_FIELDS)}
        iterations = np.array([point.iteration for point in points], np.int64)
        epochs = np.array([point.epoch for point in points], np.int64)
        return {"iteration": iterations, "epoch": epochs} | columns

    def is_monitored(self, iteration: int) -> bool:
        """Return whether the layers were measured after an iteration."""
        return iteration in self._monitors

    def latest_rows(
        self, num_iterations: int, num_epochs: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the latest rows of the iteration table and of the epoch table."""
        return _last(self._iterations, num_iterations), _last(self._epochs, num_epochs)

    def latest_monitors(self, first: int) -> list[Measurement]:
        """Return the measurements of layers, starting at index `first`."""
        return [*islice(self._monitors.values(), first, None)]


def _last(blocks: list[np.ndarray], count: int) -> np.ndarray:
    """Return the last rows of a list of tables, without concatenating all of them."""
    tail: list[np.ndarray] = []
    for block in reversed(blocks):
        if count <= 0:
            break
        tail.append(block[-count:])
        count -= len(block)
    return np.concatenate(tail[::-1]) if tail else np.zeros((0, 0), np.float32)


def _columns(rows: list[np.ndarray], names: tuple[str, ...]) -> dict[str, np.ndarray]:
    table = np.concatenate([np.zeros((0, len(names)), np.float32), *rows])
    return {name: table[:, place] for place, name in enumerate(names)}

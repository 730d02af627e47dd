"""A fit that the doctor may repeat with changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assay import spec
from assay.training import Fit, InitialValues, TrainingData, inputs_and_lengths

__all__ = ["Patient"]

Start = Callable[[spec.Training, TrainingData, int], InitialValues]


@dataclass(frozen=True, eq=False)
class Patient:
    """The settings and data of a fit, which can be run with any seed.

    Args:
        training: training spec without search spaces.
        data: training and validation sets.
        start: function that maps the seed of a fit to its initial values; None to use
            the initial values in `data`, or new ones.
        target_scale: standard deviation by which a remedy divided the prepared targets;
            regression errors are multiplied by it.
        settings_only: whether remedies may change only the settings, not the data or
            given initial values.
        row_numbers: original row numbers of at least the first training rows; None to
            use their positions in the training set.
    """

    training: spec.Training
    data: TrainingData
    start: Start | None = None
    target_scale: float = 1.0
    settings_only: bool = False
    row_numbers: np.ndarray | None = None

    def fit(self, seed: int) -> Fit:
        """Return a fit that has not started yet."""
        data = self.data
        if self.start is not None:
            values = self.start(self.training, data, seed)
            data = replace(data, initial_values=values)
        return data.fit(self.training, seed=seed)

    def with_training(self, **fields: Any) -> "Patient":
        """Return a copy with different settings."""
        values = {name: getattr(self.training, name) for name in _FIELDS} | fields
        return replace(self, training=spec.Training(**values))

    @property
    def inputs(self) -> np.ndarray:
        """Inputs (n, *input_shape) of the first training rows, at most 10,000."""
        inputs = inputs_and_lengths(self.data.train.leading.inputs)[0]
        return np.asarray(inputs[: min(self._num_leading, _MOST_ROWS)])

    @property
    def val(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (n, *input_shape) and targets (n,) of validation rows in memory."""
        part = self.data.val
        rows = min(int(part.count), part.leading.capacity, _MOST_ROWS)
        inputs = inputs_and_lengths(part.leading.inputs)[0]
        return np.asarray(inputs[:rows]), np.asarray(part.leading.targets)[:rows]

    @property
    def targets(self) -> np.ndarray:
        """Training targets (n,), or only the first ones if rows are streamed."""
        return np.asarray(self.data.train.leading.targets)[: self._num_leading]

    @property
    def _num_leading(self) -> int:
        """Number of training rows that are in memory and have known row numbers."""
        rows = min(int(self.data.train.count), self.data.train.leading.capacity)
        return rows if self.row_numbers is None else min(rows, len(self.row_numbers))


_MOST_ROWS = 10_000  # enough to estimate means, because rows are in random order
_FIELDS = tuple(spec.Training.model_fields)

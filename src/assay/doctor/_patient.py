"""A training that the doctor may run again."""

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
    """The settings and the data of a training, which can be run with any seed.

    Args:
        training: training spec without search spaces.
        data: train and val.
        start: function that returns the initial values of a fit with a seed; None for
            those of `data`, or fresh ones.
        target_scale: standard deviation that the targets were divided by on top of the
            preparation; scores of regression are in units before that.
        settings_only: whether remedies may change the settings, but not the data or
            given initial values.
    """

    training: spec.Training
    data: TrainingData
    start: Start | None = None
    target_scale: float = 1.0
    settings_only: bool = False

    def fit(self, seed: int) -> Fit:
        """Return a fit that has not started yet."""
        data = self.data
        if self.start is not None:
            values = self.start(self.training, data, seed)
            data = replace(data, initial_values=values)
        return data.fit(self.training, seed=seed)

    def with_training(self, **fields: Any) -> "Patient":
        """Return a patient with other settings."""
        values = {name: getattr(self.training, name) for name in _FIELDS} | fields
        return replace(self, training=spec.Training(**values))

    @property
    def inputs(self) -> np.ndarray:
        """Inputs of train, (n, *input_shape); for streamed data, only the first."""
        return self._leading(0)

    @property
    def targets(self) -> np.ndarray:
        """Targets of train, (n,); for streamed data, only the first."""
        return self._leading(1)

    def _leading(self, place: int) -> np.ndarray:
        part = self.data.train.leading
        count = min(int(self.data.train.count), part.capacity)
        array = inputs_and_lengths(part.inputs)[0] if place == 0 else part.targets
        return np.asarray(array)[:count]


_FIELDS = tuple(spec.Training.model_fields)

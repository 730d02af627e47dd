"""Forward passes that process the rows of several requests together."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from assay.data import Inputs
from assay.experiment import Model

__all__ = ["Passes"]

_SIZES = (8, 32, 128, 512)
_MOST_NUMBERS = 4_000_000  # maximum number of input values in one pass


class Passes:
    """Makes predictions with programs that are compiled once for each of a few sizes.

    Each pass is padded to one of these sizes, so requests never wait for compilation.

    Args:
        model: the trained model.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        width = math.prod(model.preparation.input_shape)
        fitting = [n for n in _SIZES if n * width <= _MOST_NUMBERS]
        self.sizes = tuple(fitting) or _SIZES[:1]

    @property
    def most_rows(self) -> int:
        """Number of rows in the largest pass."""
        return self.sizes[-1]

    def compile(self) -> None:
        """Compile the program for each size."""
        preparation = self.model.preparation
        sole = preparation.sole_encoder
        empty: Inputs = np.zeros((0, *preparation.input_shape), np.float32)
        if sole is not None:
            empty = sole.no_rows()
        for size in self.sizes:
            self.model.predict_inputs(_padded(empty, size))

    def predict(self, requests: Sequence[Inputs]) -> list[np.ndarray]:
        """Return the predictions for the inputs of each request."""
        together = _change(requests, np.concatenate)
        counts = [_num_rows(inputs) for inputs in requests]
        total, most = sum(counts), self.most_rows
        parts = [
            self._pass(_change([together], lambda a, s=start: a[0][s : s + most]))
            for start in range(0, total, most)
        ]
        predictions = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return np.split(predictions, np.cumsum(counts)[:-1])

    def _pass(self, inputs: Inputs) -> np.ndarray:
        num_rows = _num_rows(inputs)
        size = next(size for size in self.sizes if size >= num_rows)
        return self.model.predict_inputs(_padded(inputs, size))[:num_rows]


def _num_rows(inputs: Inputs) -> int:
    return len(inputs["values"] if isinstance(inputs, dict) else inputs)


def _padded(inputs: Inputs, size: int) -> Inputs:
    """Pad inputs with rows of zeros to a given number of rows."""
    missing = size - _num_rows(inputs)

    def pad(arrays: Sequence[np.ndarray]) -> np.ndarray:
        widths = [(0, missing)] + [(0, 0)] * (arrays[0].ndim - 1)
        return np.pad(arrays[0], widths)

    return _change([inputs], pad) if missing else inputs


def _change(
    several: Sequence[Inputs], change: Callable[[Sequence[np.ndarray]], np.ndarray]
) -> Inputs:
    """Apply a function to corresponding arrays of several network inputs."""
    first = several[0]
    if not isinstance(first, dict):
        return change([one for one in several if not isinstance(one, dict)])
    dicts = [one for one in several if isinstance(one, dict)]
    return {name: change([one[name] for one in dicts]) for name in first}

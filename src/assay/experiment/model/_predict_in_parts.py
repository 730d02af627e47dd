"""Predicts in parts to limit memory use and the number of compiled programs."""

from collections.abc import Callable

import numpy as np

from assay.data import Inputs
from assay.training import capacity_for

__all__ = ["predict_in_parts"]

_MOST_ROWS = 4096  # maximum per program call, because larger blocks are not faster
_MOST_NUMBERS = 4_000_000  # maximum number of inputs per program call


def predict_in_parts(
    predict: Callable[[Inputs], np.ndarray], inputs: Inputs, width: int
) -> np.ndarray:
    """Return the predictions for any number of rows.

    Args:
        predict: function that maps inputs (rows, …) to predictions (rows, …), and is
            compiled for each number of rows.
        inputs: prepared inputs (n, …).
        width: number of inputs in each row.
    """
    size = min(max(_MOST_NUMBERS // width, 1), _MOST_ROWS)
    parts = [
        _predict_padded(predict, _rows(inputs, start, start + size))
        for start in range(0, max(_num_rows(inputs), 1), size)
    ]
    return np.concatenate(parts)


def _predict_padded(
    predict: Callable[[Inputs], np.ndarray], inputs: Inputs
) -> np.ndarray:
    """Return predictions for rows, padded to a few sizes to limit recompilation."""
    num_rows = _num_rows(inputs)
    missing = capacity_for(num_rows) - num_rows

    def pad(array: np.ndarray) -> np.ndarray:
        return np.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1))

    return predict(_change(inputs, pad))[:num_rows]


def _num_rows(inputs: Inputs) -> int:
    return len(inputs["values"] if isinstance(inputs, dict) else inputs)


def _rows(inputs: Inputs, start: int, stop: int) -> Inputs:
    return _change(inputs, lambda array: array[start:stop])


def _change(inputs: Inputs, change: Callable[[np.ndarray], np.ndarray]) -> Inputs:
    """Apply a function to each array in the inputs."""
    if isinstance(inputs, dict):
        return {name: change(array) for name, array in inputs.items()}
    return change(inputs)

"""Measures the outputs of a layer on several examples."""

import math
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from assay.training._arrays import Array

__all__ = ["OUTPUT_FIELDS", "LayerOutputs", "measure_outputs"]

OUTPUT_FIELDS = ("dead_share", "saturated_share", "mean", "std", "min", "max")

_DEAD = 1e-3  # maximum slope of a dead unit; a leaky ReLU has higher slopes
_FLAT = 0.05  # relative to the steepest slope; for tanh, outputs beyond ±0.975


class LayerOutputs(NamedTuple):
    """The outputs of a layer for several examples.

    Args:
        values: (n, ..., units).
        slopes: slope of the activation at each value; None if the layer is not an
            activation.
        lengths: (n,), number of steps of each example; None if no step is padding.
    """

    values: Array
    slopes: Array | None
    lengths: Array | None


def measure_outputs(
    outputs: LayerOutputs, num_examples: int, *, saturates: bool
) -> Float[np.ndarray, " fields"]:
    """Return a row of `OUTPUT_FIELDS`.

    A unit is dead if its slope is almost 0 for all examples, so it learns nothing. In
    layers with several positions, such as convolutions, a unit is a channel.

    Args:
        outputs: outputs of a layer.
        num_examples: number of leading rows that contain examples.
        saturates: whether the activation saturates on both sides.
    """
    values = np.asarray(outputs.values, np.float32)[:num_examples]
    slopes = None if outputs.slopes is None else np.asarray(outputs.slopes)
    lengths = None if outputs.lengths is None else np.asarray(outputs.lengths)
    real: Any = slice(None)
    if lengths is not None and values.ndim > 2:
        real = _real_steps(int(values.shape[1]), lengths[:num_examples])
    values = values[real]  # (n, ..., units), or (real steps, ..., units)
    dead = saturated = math.nan
    if slopes is not None:
        slopes = slopes[:num_examples][real]
        flat = slopes.reshape(-1, slopes.shape[-1]) < _DEAD
        dead = flat.all(axis=0).mean()
        saturated = (slopes < _FLAT).mean() if saturates else math.nan
    numbers = values.reshape(-1)
    mean = numbers.mean()
    centered = numbers - mean
    std = math.sqrt(np.dot(centered, centered) / numbers.size)  # faster than `std`
    row = [dead, saturated, mean, std, numbers.min(), numbers.max()]
    return np.array(row, np.float32)


def _real_steps(num_steps: int, lengths: np.ndarray) -> np.ndarray:
    """Return a mask of the steps that are not padding, (n, num_steps)."""
    return np.arange(num_steps, dtype=np.int64) < lengths[:, np.newaxis]

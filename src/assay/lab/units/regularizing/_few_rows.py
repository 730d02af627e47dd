"""A few examples from the digits or a run, and a network that can fit their noise."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from assay import spec
from assay.lab.units.fitting._sources import Part, Source, source_of
from assay.lab.units.networks._digits import digits
from assay.training import TrainingData

__all__ = ["UNITS", "FewRows", "few_rows", "with_dropout"]

_NUM_TRAIN = 80  # few enough examples for a network of 40 units to fit their noise
_NUM_VAL = 400
UNITS = 40
"""Number of hidden units in the network trained on the digits."""


@dataclass(frozen=True, eq=False)
class FewRows:
    """A few training examples, more validation examples, and the settings for a fit.

    Args:
        data: the training and validation examples, on the device.
        num_train: number of examples in train.
        num_val: number of examples in val.
        training: settings of the fit.
        source: the run from which the examples are taken; None for the digits.
    """

    data: TrainingData
    num_train: int
    num_val: int
    training: spec.Training
    source: Source | None


def few_rows(run: str, wrong: float) -> FewRows:
    """Return a few examples, some of them with intentionally wrong targets.

    Args:
        run: name of a finished run; empty for the digits.
        wrong: fraction of the training targets to replace.
    """
    return _of_run(source_of(run), wrong) if run else _of_digits(wrong)


@lru_cache(maxsize=8)
def _of_digits(wrong: float) -> FewRows:
    images, targets = digits()
    inputs = images.reshape(len(images), -1) / 8 - 1
    train, val = slice(0, _NUM_TRAIN), slice(_NUM_TRAIN, _NUM_TRAIN + _NUM_VAL)
    learned = inputs[train], _replaced(targets[train], wrong, num_classes=10)
    training = spec.Training(
        model=(spec.Dense(UNITS), spec.ReLU()),
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(0.01),
        schedule=spec.Constant(),
        batch_size=16,
    )
    data = TrainingData.of(learned, (inputs[val], targets[val]), num_classes=10)
    return FewRows(data, _NUM_TRAIN, _NUM_VAL, training, None)


@lru_cache(maxsize=8)
def _of_run(source: Source, wrong: float) -> FewRows:
    train, val = _some(source.train, _NUM_TRAIN), _some(source.val, _NUM_VAL)
    classes = source.num_classes
    learned = train[0], _replaced(train[1], wrong, num_classes=classes)
    training = source.settings(augment=(), schedule=spec.Constant(), batch_size=16)
    data = TrainingData.of(learned, val, num_classes=classes)
    return FewRows(data, len(train[1]), len(val[1]), training, source)


def _some(part: Part, count: int) -> Part:
    """Return random examples, because the first ones may all have the same class."""
    inputs, targets = part
    rows = np.random.default_rng(0).permutation(len(targets))[:count]
    if isinstance(inputs, dict):
        chosen: Any = {name: values[rows] for name, values in inputs.items()}
    else:
        chosen = inputs[rows]
    return chosen, targets[rows]


def _replaced(targets: np.ndarray, wrong: float, *, num_classes: int) -> np.ndarray:
    """Replace some targets with the next class or, for regression, another target."""
    order = np.random.default_rng(0).permutation(len(targets))
    rows = order[: round(wrong * len(targets))]
    learned = targets.copy()
    if num_classes > 1:
        learned[rows] = (targets[rows] + 1) % num_classes
    else:
        learned[rows] = targets[np.roll(rows, 1)]
    return learned


def with_dropout(layers: tuple[spec.Layer, ...], rate: float) -> tuple[spec.Layer, ...]:
    """Set the rate of all dropout layers, or append a layer if there are none."""
    if not any(isinstance(layer, spec.Dropout) for layer in layers):
        return (*layers, spec.Dropout(rate))
    return tuple(
        spec.Dropout(rate) if isinstance(layer, spec.Dropout) else layer
        for layer in layers
    )

"""The traced hyperparameters of a training, as the tree the program takes."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from assay import spec
from assay.nn import layer_paths
from assay.training._arrays import Array, Count, Scalar, Tree, host_array

__all__ = ["MEASURED_ROWS", "Hyperparameters", "hyperparameters", "resolved_number"]

MEASURED_ROWS = 4096
"""Rows of a part that are measured after an epoch, at most; of train often fewer."""

_NUMBERED = re.compile(r"\w+\[\d+\](\.layers\[\d+\])*")  # as in model[2].layers[0]

Values = Mapping[str, Scalar]
ClassWeights = Float[Array, " classes"]


class Hyperparameters(NamedTuple):
    """The inputs of the compiled program that steer it.

    Other values of the same structure run in the same program.

    Args:
        model: of layers, nested by layer and name.
        optimizer: by name, the learning rate among them.
        schedule: by name.
        cost: by name.
        regularizers: by kind and name.
        augment: of augmentations, by kind and name.
        clip_norm: greatest norm of a gradient; None if gradients are not clipped.
        learning_rate_of: factors of the learning rate, by pattern of layers.
        class_weights: weight of each class in the cost; a single 1 for regression.
        score_weights: weight of each class in the score.
        total_iterations: the length that schedules refer to.
        measured_rows: number of rows of a part that are measured after each epoch.
    """

    model: Tree
    optimizer: Values
    schedule: Values
    cost: Values
    regularizers: Mapping[str, Values]
    augment: Mapping[str, Values]
    clip_norm: Scalar | None
    learning_rate_of: Values
    class_weights: ClassWeights
    score_weights: ClassWeights
    total_iterations: Scalar
    measured_rows: Count

    def with_learning_rate(self, rate: float) -> "Hyperparameters":
        """Return a copy with another learning rate."""
        changed = {**self.optimizer, "learning_rate": host_array(np.float32(rate))}
        return self._replace(optimizer=changed)

    def with_schedule(self, **values: float) -> "Hyperparameters":
        """Return a copy in which some values of the schedule are others."""
        changed = {name: host_array(np.float32(v)) for name, v in values.items()}
        return self._replace(schedule={**self.schedule, **changed})

    def with_measured_rows(self, num_rows: int) -> "Hyperparameters":
        """Return a copy that measures so many rows of a part after each epoch."""
        return self._replace(measured_rows=host_array(np.int32(num_rows)))


def hyperparameters(
    training: spec.Training,
    *,
    num_classes: int,
    total_iterations: int,
    class_weights: np.ndarray | None = None,
    score_weights: np.ndarray | None = None,
    measured_rows: int = MEASURED_ROWS,
) -> Hyperparameters:
    """Return the traced hyperparameters of a training.

    Args:
        training: resolved; it holds no space, and no word in place of a value.
        num_classes: 1 for regression.
        total_iterations: the length that schedules refer to.
        class_weights: (num_classes,), weight of each class in the cost.
        score_weights: (num_classes,), weight of each class in the score; the inverse
            shares of the classes turn accuracy into balanced accuracy.
        measured_rows: number of rows of a part that are measured after each epoch.

    Example:
        >>> training = spec.Training(model=["relu", "elu"], regularizers=["l2"])
        >>> tree = hyperparameters(training, num_classes=3, total_iterations=100)
        >>> float(tree.model["elu1"]["alpha"])
        1.0
        >>> list(tree.optimizer)
        ['learning_rate', 'beta1', 'beta2', 'epsilon']
    """
    ones = np.ones(num_classes, np.float32)
    weights = ones if class_weights is None else np.float32(class_weights)
    counted = ones if score_weights is None else np.float32(score_weights)
    factors = training.learning_rate_of.items()
    return Hyperparameters(
        **_by_field(training),
        learning_rate_of={
            pattern: host_array(np.float32(resolved_number(factor)))
            for pattern, factor in factors
        },
        class_weights=host_array(weights),
        score_weights=host_array(counted),
        total_iterations=host_array(np.float32(total_iterations)),
        measured_rows=host_array(np.int32(measured_rows)),
    )


def resolved_number(value: object) -> float:
    """Return a number of a resolved spec.

    Fields of a spec may also hold words and spaces; a resolved one holds none.

    Raises:
        TypeError: the spec is not resolved.

    Example:
        >>> resolved_number(spec.Adam(0.1).learning_rate)
        0.1
    """
    if not isinstance(value, int | float):
        raise TypeError(f"A resolved training holds numbers, but here is {value!r}.")
    return value


def _by_field(training: spec.Training) -> dict[str, Any]:
    """Return the traced values of a spec by its fields, nested further by their path.

    Each stands under the kind, or the name of the layer, that it belongs to, in place
    of its number in a list.
    """
    names = _names(training)
    fields: dict[str, Any] = {
        "model": {},
        "optimizer": {},
        "schedule": {},
        "cost": {},
        "regularizers": {},
        "augment": {},
        "clip_norm": None,
    }
    for path, value in training.traced().items():
        *parents, last = _NUMBERED.sub(lambda m: names[m[0]], path).split(".")
        # Others act outside of the program, such as num_epochs, or are looked up by
        # pattern (learning_rate_of).
        if [*parents, last][0] not in fields:
            continue
        place = fields
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = np.float32(value)
    return fields


def _names(training: spec.Training) -> dict[str, str]:
    """Map "model[2]" to "model.dropout1" and "regularizers[0]" to "regularizers.l2"."""
    layers = layer_paths(training.model)
    names = {f"model{path}": f"model.{name}" for path, name in layers}
    for field in ("regularizers", "augment"):
        for i, member in enumerate(getattr(training, field)):
            names[f"{field}[{i}]"] = f"{field}.{member.kind}"
    return names

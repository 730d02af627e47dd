"""The traced hyperparameters of a fit: a tree of inputs to the program."""

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
"""Maximum number of rows to measure per part after each epoch."""

_NUMBERED = re.compile(r"\w+\[\d+\](\.layers\[\d+\])*")  # such as model[2].layers[0]

_DROPOUT = "rate"  # only dropout layers have a hyperparameter with this name

Values = Mapping[str, Scalar]
ClassWeights = Float[Array, " classes"]


class Hyperparameters(NamedTuple):
    """The hyperparameters that are inputs to the compiled program.

    Changing their values does not require recompilation.

    Args:
        model: layer hyperparameters, nested by layer and name.
        optimizer: optimizer hyperparameters and the learning rate, keyed by name.
        schedule: schedule hyperparameters, keyed by name.
        dropout_schedule: hyperparameters of the dropout schedule, keyed by name.
        cost: cost hyperparameters, keyed by name.
        regularizers: regularizer hyperparameters, keyed by kind and name.
        augment: augmentation hyperparameters, keyed by kind and name.
        clip_norm: maximum gradient norm; None if gradients are not clipped.
        learning_rate_of: learning-rate multipliers, keyed by layer pattern.
        class_weights: weight of each class in the cost; a single 1 for regression.
        score_weights: weight of each class in the score.
        total_iterations: number of iterations assumed by schedules.
        measured_rows: number of rows to measure per part after each epoch.
    """

    model: Tree
    optimizer: Values
    schedule: Values
    dropout_schedule: Values
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
        """Return a copy with a different learning rate."""
        changed = {**self.optimizer, "learning_rate": host_array(np.float32(rate))}
        return self._replace(optimizer=changed)

    def with_dropout(self, factor: Scalar) -> "Hyperparameters":
        """Return a copy with the rates of all dropout layers multiplied by a factor."""
        return self._replace(model=_with_dropout(self.model, factor))

    def with_schedule(self, **values: float) -> "Hyperparameters":
        """Return a copy with some values of the schedule replaced."""
        changed = {name: host_array(np.float32(v)) for name, v in values.items()}
        return self._replace(schedule={**self.schedule, **changed})

    def with_measured_rows(self, num_rows: int) -> "Hyperparameters":
        """Return a copy with a different number of rows to measure after each epoch."""
        return self._replace(measured_rows=host_array(np.int32(num_rows)))

    def for_measurement(self) -> "Hyperparameters":
        """Return a copy without the values that are used only in training."""
        empty = dict[str, Any]()
        return self._replace(
            optimizer=empty,
            schedule=empty,
            dropout_schedule=empty,
            regularizers=empty,
            augment=empty,
            clip_norm=None,
            learning_rate_of=empty,
        )


def hyperparameters(
    training: spec.Training,
    *,
    num_classes: int,
    total_iterations: int,
    class_weights: np.ndarray | None = None,
    score_weights: np.ndarray | None = None,
    measured_rows: int = MEASURED_ROWS,
) -> Hyperparameters:
    """Return the traced hyperparameters of a training spec.

    Args:
        training: resolved training spec, without search spaces or words such as "auto".
        num_classes: number of classes; 1 for regression.
        total_iterations: number of iterations assumed by schedules.
        class_weights: (num_classes,), weight of each class in the cost.
        score_weights: (num_classes,), weight of each class in the score; inverse class
            proportions turn accuracy into balanced accuracy.
        measured_rows: number of rows to measure per part after each epoch.

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
    """Return a field of a resolved spec as a number.

    Fields of an unresolved spec may also contain words, such as "auto", and search
    spaces.

    Raises:
        TypeError: the spec is not resolved.

    Example:
        >>> resolved_number(spec.Adam(0.1).learning_rate)
        0.1
    """
    if not isinstance(value, int | float):
        raise TypeError(f"A resolved field must be a number, but got {value!r}.")
    return value


def _by_field(training: spec.Training) -> dict[str, Any]:
    """Return the traced values of a spec, nested by field and path.

    Layer names and member kinds replace the list indices in paths.
    """
    names = _names(training)
    fields: dict[str, Any] = {
        "model": {},
        "optimizer": {},
        "schedule": {},
        "dropout_schedule": {},
        "cost": {},
        "regularizers": {},
        "augment": {},
        "clip_norm": None,
    }
    for path, value in training.traced().items():
        *parents, last = _NUMBERED.sub(lambda m: names[m[0]], path).split(".")
        # Other fields take effect outside the program (num_epochs), or are looked up by
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


def _with_dropout(layers: Tree, factor: Scalar) -> Tree:
    """Multiply every dropout rate in the layer hyperparameters by a factor."""
    return {
        name: _with_dropout(value, factor)
        if isinstance(value, Mapping)
        else (value * factor if name == _DROPOUT else value)
        for name, value in layers.items()
    }

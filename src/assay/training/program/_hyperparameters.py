"""The traced hyper-parameters of a training, as the tree the program takes."""

import re
from typing import Any

import numpy as np

from assay import spec
from assay.nn import layer_paths

__all__ = ["MEASURED_ROWS", "hyperparameters"]

MEASURED_ROWS = 4096
"""Rows of a part that are measured after an epoch, at most; of train often fewer."""

_NUMBERED = re.compile(r"\w+\[\d+\](\.layers\[\d+\])*")  # as in model[2].layers[0]


def hyperparameters(
    training: spec.Training,
    *,
    num_classes: int,
    total_iterations: int,
    class_weights: np.ndarray | None = None,
    score_weights: np.ndarray | None = None,
    measured_rows: int = MEASURED_ROWS,
) -> dict[str, Any]:
    """Return the inputs of the compiled program that steer it.

    Args:
        training: resolved; it holds no space and no word in place of a value.
        num_classes: 1 for regression.
        total_iterations: the length that schedules refer to.
        class_weights: (num_classes,), weight of each class in the cost.
        score_weights: (num_classes,), weight of each class in the score; the inverse
            shares of the classes turn accuracy into balanced accuracy.
        measured_rows: how many rows of a part are measured after each epoch.

    Returns:
        Values by the kind, or the name of the layer, that they belong to.

    Example:
        >>> asked = spec.Training(model=["relu", "elu"], regularizers=["l2"])
        >>> tree = hyperparameters(asked, num_classes=3, total_iterations=100)
        >>> float(tree["model"]["elu1"]["alpha"])
        1.0
        >>> list(tree["optimizer"])
        ['learning_rate', 'beta1', 'beta2', 'epsilon']
    """
    ones = np.ones(num_classes, np.float32)
    tree: dict[str, Any] = {
        "class_weights": ones if class_weights is None else np.float32(class_weights),
        "score_weights": ones if score_weights is None else np.float32(score_weights),
        "total_iterations": np.float32(total_iterations),
        "measured_rows": np.int32(measured_rows),
        "model": {},
        "optimizer": {},
        "schedule": {},
        "cost": {},
        "regularizers": {},
        "augment": {},
    }
    if training.learning_rate_of:
        rates = training.learning_rate_of.items()
        tree["learning_rate_of"] = {p: np.float32(factor) for p, factor in rates}  # type: ignore[arg-type]
    names = _names(training)
    for path, value in training.traced().items():
        if path.startswith("learning_rate_of."):  # by pattern, which may hold a dot
            continue
        *parents, last = _NUMBERED.sub(lambda m: names[m[0]], path).split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = np.float32(value)
    return tree


def _names(training: spec.Training) -> dict[str, str]:
    """Map "model[2]" to "model.dropout1" and "regularizers[0]" to "regularizers.l2"."""
    layers = layer_paths(training.model)  # type: ignore[arg-type]
    names = {f"model{path}": f"model.{name}" for path, name in layers}
    for field in ("regularizers", "augment"):
        for i, member in enumerate(getattr(training, field)):
            names[f"{field}[{i}]"] = f"{field}.{member.kind}"
    return names

"""Computes all metrics for a set of predictions."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay._calls import explains_arguments
from assay._errors import InputError, fault
from assay._parallel_map import map_parallel
from assay.evaluate._measurement import Measurement, measure
from assay.evaluate._task_like import TaskLike
from assay.metrics import (
    ClassScore,
    Metric,
    confusion_matrix,
    for_task,
    get,
    imbalance,
    per_class,
    primary,
)

__all__ = ["MOST_CONFUSED", "Evaluation", "evaluate"]

MOST_CONFUSED = 200
"""Maximum number of classes for which records contain the confusion matrix.

A matrix for 1,000 classes would take 11 MB and slow down everything that reads it.
"""


@dataclass(frozen=True)
class Evaluation:
    """All measurements of a set of predictions.

    Args:
        metric: the name of the metric used for selection.
        metrics: all metrics of the task with their intervals, keyed by name.
        classes: the names of the classes; empty for regression.
        per_class: precision, recall and F1 of each class; empty for regression.
        confusion: confusion matrix, with true classes as rows and predicted classes as
            columns; empty for regression.
        notes: caveats about the metrics.
    """

    metric: str
    metrics: Mapping[str, Measurement]
    classes: tuple[Any, ...] = ()
    per_class: tuple[ClassScore, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def primary(self) -> Measurement:
        """The measurement of the metric used for selection."""
        return self.metrics[self.metric]

    def to_json(self) -> dict[str, Any]:
        """Return all measurements as plain values.

        With more than MOST_CONFUSED classes, the confusion matrix is left out.
        """
        scores = zip(self.classes, self.per_class, strict=True)
        return {
            "metric": self.metric,
            "level": self.primary.level,
            "num_examples": self.primary.num_examples,
            "metrics": {name: value.to_json() for name, value in self.metrics.items()},
            "per_class": [
                {
                    "class": name,
                    "support": score.support,
                    "precision": score.precision,
                    "recall": score.recall,
                    "f1": score.f1,
                }
                for name, score in scores
            ],
            "confusion": [list(row) for row in self.confusion]
            if len(self.confusion) <= MOST_CONFUSED
            else [],
            "notes": list(self.notes),
        }


@explains_arguments("assay.evaluate.evaluate(task, y, predictions, seed=0)")
def evaluate(
    task: TaskLike,
    targets: np.ndarray,
    predictions: np.ndarray,
    *,
    seed: int,
    level: float = 0.95,
    metric: str | None = None,
) -> Evaluation:
    """Evaluate predictions with all metrics of their task.

    Args:
        task: the kind of task and its classes.
        targets: (n,) class indices, or numbers in the units of the target.
        predictions: (n,) probability of class 1 (binary), (n, num_classes)
            probabilities (multiclass), or (n,) numbers (regression).
        seed: seed for the bootstraps.
        level: the confidence level of the intervals.
        metric: the metric used for selection; None to choose one based on the class
            balance of `targets`. If training rows are available, pass the metric chosen
            for them.

    Raises:
        InputError: the arrays do not match the task.

    Example:
        >>> from types import SimpleNamespace
        >>> task = SimpleNamespace(kind="binary", classes=("no", "yes"))
        >>> targets = np.array([0, 1] * 18)
        >>> evaluation = evaluate(task, targets, targets * 0.8 + 0.1, seed=0)
        >>> evaluation.metric, evaluation.primary.value
        ('accuracy', 1.0)
        >>> evaluation.confusion
        ((18, 0), (0, 18))
    """
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    check_classes(task, predictions)
    measurements = _measured(task, targets, predictions, seed=seed, level=level)
    balance = 1.0
    if task.kind != "regression":
        balance = imbalance(targets, len(task.classes))
    chosen = metric or primary(task.kind, balance)
    if chosen not in measurements:
        get(chosen)  # for an unknown metric, raises an error with the closest name
        raise InputError(
            f"The metric {chosen!r} is not defined for {task.kind} tasks. Use one of "
            f"{', '.join(measurements)}."
        )
    notes = tuple(value.note for value in measurements.values() if value.note)
    if task.kind == "regression":
        return Evaluation(chosen, measurements, notes=notes)
    counts = confusion_matrix(targets, predictions).tolist()
    return Evaluation(
        metric=chosen,
        metrics=measurements,
        classes=tuple(task.classes),
        per_class=per_class(targets, predictions),
        confusion=tuple(tuple(row) for row in counts),
        notes=notes,
    )


def _measured(
    task: TaskLike,
    targets: np.ndarray,
    predictions: np.ndarray,
    *,
    seed: int,
    level: float,
) -> dict[str, Measurement]:
    """Measure all metrics of the task in parallel and return them, keyed by name."""

    def measured(metric: Metric) -> Measurement:
        return measure(metric, targets, predictions, seed=seed, level=level)

    metrics = for_task(task.kind)
    # NumPy releases the interpreter lock during the slow operations.
    values = map_parallel(measured, metrics, os.cpu_count())
    return {m.name: value for m, value in zip(metrics, values, strict=True)}


def check_classes(task: TaskLike, predictions: np.ndarray) -> None:
    """Raise an InputError unless the predictions have the right shape for the task."""
    columns = (len(task.classes),) if task.kind == "multiclass" else ()
    if predictions.shape[1:] != columns:
        shape = f"(n, {columns[0]})" if columns else "(n,)"
        fix = f"Pass predictions for a {task.kind} task."
        rule = f"predictions.shape == {shape}"
        message = fault(rule, "shape", predictions.shape, fix)
        raise InputError(message)

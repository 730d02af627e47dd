"""What a network has to beat: the majority or the mean, and a linear model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay._errors import Faults, fault
from assay.evaluate._linear import LinearModel, log_probabilities, logistic, ridge
from assay.evaluate._measured import Measured, measure
from assay.evaluate._task import TaskLike
from assay.metrics import for_task

__all__ = ["LINEAR", "Baseline", "baselines"]

LINEAR = "linear model"
"""The name of the baseline that is no trivial one."""

Part = tuple[np.ndarray, np.ndarray]
"""Inputs (n, ...) and targets (n,)."""

Blocks = Callable[[], Iterable[np.ndarray]]
"""Gives inputs (n, ...) a block after the other."""


@dataclass(frozen=True)
class Baseline:
    """A simple model, fitted on the training rows and measured on the test rows.

    Args:
        name: "majority" or "mean", and "linear model".
        predictions: on the test rows, as a network's.
        train_predictions: on the training rows.
        metrics: every metric on the test rows.
        penalty: the L2 penalty chosen, for the linear model.
        note: what to know of it; mostly empty.
    """

    name: str
    predictions: np.ndarray
    train_predictions: np.ndarray
    metrics: Mapping[str, Measured]
    penalty: float | None = None
    note: str = ""

    def to_json(self, metric: str) -> dict[str, Any]:
        """Return the name, and value and interval of a metric, as plain values."""
        return {"name": self.name, **self.metrics[metric].to_json()}


def baselines(
    task: TaskLike,
    train: Part,
    test: tuple[np.ndarray | Blocks, np.ndarray],
    *,
    seed: int,
    level: float = 0.95,
    weights: np.ndarray | None = None,
    embedded: Sequence[tuple[int, int]] = (),
) -> list[Baseline]:
    """Fit what a network has to beat on the training rows, measure it on the test rows.

    The trivial one gives every row the shares of the classes (so it decides for the
    majority), or the mean. The linear one is logistic or ridge regression on
    standardized inputs; its penalty is chosen within the training rows.

    Args:
        task: its kind and classes.
        train: inputs (n, ...), flattened for each row, and targets (n,): class
            indices, or numbers in the target's own unit.
        test: likewise; the inputs may also come in blocks, for as many as memory holds.
        seed: of the folds and the bootstraps.
        level: how often the intervals hold the truth.
        weights: (n,) of the training rows, if the network had such, as for classes
            of different frequency; for the logistic regression.
        embedded: (column, number of codes) of the columns that hold codes of a
            category; they become one column a code.

    Returns:
        The trivial one, then the linear one.

    Raises:
        InputError: inputs and targets do not fit each other, or are not finite.

    Example:
        >>> from types import SimpleNamespace
        >>> task = SimpleNamespace(kind="regression", classes=())
        >>> X = np.arange(40.0)[:, None]
        >>> found = baselines(task, (X, X[:, 0]), (X, X[:, 0]), seed=0)
        >>> [(b.name, round(b.metrics["r2"].value, 2)) for b in found]
        [('mean', 0.0), ('linear model', 1.0)]
    """
    given = test[0]
    if not callable(given):
        check_parts(train, (given, test[1]))
    inputs, targets = design(train[0], embedded), np.asarray(train[1])

    def baseline(name: str, outputs: Sequence[np.ndarray], **more: Any) -> Baseline:
        metrics = {
            metric.name: measure(metric, test[1], outputs[1], seed=seed, level=level)
            for metric in for_task(task.kind)
        }
        return Baseline(name, outputs[1], outputs[0], metrics, **more)

    name, same = trivial(task, targets)
    model = linear(task, inputs, targets, seed=seed, weights=weights)
    note = ""
    if model.num_rows < len(targets):
        note = f"fitted on {model.num_rows} of {len(targets)} training rows, for time"

    def predicted(rows: np.ndarray) -> np.ndarray:
        return to_predictions(task, model.outputs(rows))

    blocks = given() if callable(given) else [given]
    on_test = [predicted(design(block, embedded)) for block in blocks]
    return [
        baseline(name, [np.repeat(same, len(y), axis=0) for y in (targets, test[1])]),
        baseline(
            LINEAR,
            [predicted(inputs), np.concatenate(on_test)],
            penalty=model.penalty,
            note=note,
        ),
    ]


def trivial(task: TaskLike, targets: np.ndarray) -> tuple[str, np.ndarray]:
    """Return the name and the one prediction (1, ...) of the trivial baseline."""
    if task.kind == "regression":
        return "mean", np.asarray(targets, np.float64).mean(keepdims=True)
    counts = np.bincount(targets.astype(np.int64), minlength=len(task.classes))
    shares = counts / counts.sum()
    return "majority", shares[1:] if task.kind == "binary" else shares[None, :]


def linear(
    task: TaskLike,
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    seed: int,
    weights: np.ndarray | None = None,
) -> LinearModel:
    """Fit the linear baseline of a task on inputs (n, d)."""
    if task.kind == "regression":
        return ridge(inputs, targets, seed=seed)
    k = len(task.classes)
    return logistic(inputs, targets, num_classes=k, seed=seed, weights=weights)


def to_predictions(task: TaskLike, outputs: np.ndarray) -> np.ndarray:
    """Return the predictions that outputs (n, k) of a linear model stand for."""
    if task.kind == "regression":
        return outputs[:, 0]
    probabilities = np.exp(log_probabilities(outputs))
    return probabilities[:, 1] if task.kind == "binary" else probabilities


def design(inputs: np.ndarray, embedded: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return inputs (n, ...) as a float64 matrix, one column a code of a category."""
    inputs = np.asarray(inputs, np.float64).reshape(len(inputs), -1)
    coded = [column for column, _ in embedded]
    plain = np.delete(inputs, coded, axis=1)
    codes = [
        (inputs[:, column, None] == np.arange(num)).astype(np.float64)
        for column, num in embedded
    ]
    return np.hstack([plain, *codes])


def check_parts(train: Part, test: Part) -> None:
    """Raise an InputError that tells everything wrong with inputs and targets."""
    faults = Faults()
    for name, (inputs, targets) in (("train", train), ("test", test)):
        if len(inputs) != len(targets) or not len(inputs):
            lengths, fix = (len(inputs), len(targets)), "Hand over one target per row."
            faults.add(fault("inputs, targets are (n, ...), (n,)", name, lengths, fix))
        elif not np.isfinite(inputs).all():
            fix = "Fill in what is missing first."
            faults.add(fault("inputs are finite", name, "nan or inf", fix))
    if np.shape(train[0])[1:] != np.shape(test[0])[1:]:
        shapes = (np.shape(train[0]), np.shape(test[0]))
        fix = "Prepare both in the same way."
        faults.add(fault("train and test have the same columns", "shapes", shapes, fix))
    faults.raise_if_any()

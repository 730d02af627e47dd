"""Baselines for comparison: the majority class or mean, and a linear model."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from assay._calls import explains_arguments
from assay._errors import Faults, fault
from assay.evaluate._linear_model import LinearModel, fit_logistic, fit_ridge
from assay.evaluate._measurement import Measurement, measure
from assay.evaluate._task_like import TaskLike
from assay.metrics import for_task

__all__ = ["LINEAR", "Baseline", "baselines"]

LINEAR = "linear model"
"""The name of the linear baseline."""

Part = tuple[np.ndarray, np.ndarray]
"""Inputs (n, ...) and targets (n,)."""

Blocks = Callable[[], Iterable[np.ndarray]]
"""A function that yields inputs (n, ...) in consecutive blocks of rows."""


@dataclass(frozen=True)
class Baseline:
    """A simple model fitted on the training rows and evaluated on the test rows.

    Args:
        name: "majority", "mean" or "linear model".
        predictions: predictions on the test rows, in the same format as the network's
            predictions.
        train_predictions: predictions on the training rows.
        metrics: all metrics of the task on the test rows. Each one is measured when it
            is first accessed.
        penalty: the L2 penalty of the linear model; None for other baselines.
        note: a note on how the model was fitted; usually empty.
    """

    name: str
    predictions: np.ndarray
    train_predictions: np.ndarray
    metrics: Mapping[str, Measurement]
    penalty: float | None = None
    note: str = ""

    def to_json(self, metric: str) -> dict[str, Any]:
        """Return the baseline's name and its value of a metric as plain values."""
        return {"name": self.name, **self.metrics[metric].to_json()}


class _Measurements(Mapping[str, Measurement]):
    """Measurements, keyed by metric name, that are computed on first access.

    Usually, only the metric used for selection is accessed. For a large test set,
    computing the intervals for the other metrics would take seconds.
    """

    def __init__(
        self, names: Sequence[str], measure_one: Callable[[str], Measurement]
    ) -> None:
        self._names = tuple(names)
        self._measure = measure_one
        self._known: dict[str, Measurement] = {}

    def __getitem__(self, name: str) -> Measurement:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = self._measure(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@explains_arguments("assay.evaluate.baselines(task, (X, y), (X_test, y_test), seed=0)")
def baselines(
    task: TaskLike,
    train: Part,
    test: tuple[np.ndarray | Blocks, np.ndarray],
    *,
    seed: int,
    level: float = 0.95,
    weights: np.ndarray | None = None,
    embedded: Sequence[tuple[int, int]] = (),
    keep_inputs: bool = True,
) -> list[Baseline]:
    """Fit the baselines on the training rows and evaluate them on the test rows.

    The constant baseline makes the same prediction for every row. For classification,
    it predicts the class frequencies, and therefore the majority class; for regression,
    it predicts the mean. The linear baseline is logistic or ridge regression on
    standardized inputs, with an L2 penalty chosen by cross-validation on the training
    rows.

    Args:
        task: the kind of task and its classes.
        train: inputs (n, ...), which are flattened to one vector per row, and targets
            (n,), which are class indices or numbers in the units of the target.
        test: inputs and targets of the test rows. Inputs that do not fit in memory may
            be passed as a function that yields them in blocks.
        seed: seed for the folds and the bootstraps.
        level: the confidence level of the intervals.
        weights: (n,) weights of the training rows for logistic regression, for example
            to balance the classes; None if the network was trained without weights.
        embedded: (column, number of codes) for each column of category codes; these
            columns are one-hot encoded.
        keep_inputs: whether to keep the training inputs. If False, they may be freed to
            save memory, and may have no rows afterward.

    Returns:
        The constant baseline, then the linear baseline.

    Raises:
        InputError: inputs and targets differ in length, train and test have different
            columns, or an input is not finite.

    Example:
        >>> from types import SimpleNamespace
        >>> task = SimpleNamespace(kind="regression", classes=())
        >>> X = np.arange(40.0)[:, None]
        >>> mean, linear = baselines(task, (X, X[:, 0]), (X, X[:, 0]), seed=0)
        >>> [(b.name, round(b.metrics["r2"].value, 2)) for b in (mean, linear)]
        [('mean', 0.0), ('linear model', 1.0)]
    """
    test_inputs, test_targets = test
    if not callable(test_inputs):
        check_parts(train, (test_inputs, test_targets))
    inputs, targets = encode_categories(train[0], embedded), np.asarray(train[1])

    def measured(name: str, on_train: np.ndarray, on_test: np.ndarray) -> Baseline:
        measure_one = partial(
            measure, targets=test_targets, predictions=on_test, seed=seed, level=level
        )
        names = [metric.name for metric in for_task(task.kind)]
        return Baseline(name, on_test, on_train, _Measurements(names, measure_one))

    name, constant = constant_prediction(task, targets)
    trivial = measured(
        name, *(np.repeat(constant, len(y), axis=0) for y in (targets, test_targets))
    )
    model = fit_linear(
        task, inputs, targets, seed=seed, weights=weights, keep_inputs=keep_inputs
    )

    def predicted(block: np.ndarray) -> np.ndarray:
        return predict(task, model, encode_categories(block, embedded))

    on_train = predict(task, model, inputs, known=model.on_train)
    blocks = test_inputs() if callable(test_inputs) else [test_inputs]
    # unlike a loop, this keeps no reference to a block while the next one is read
    linear = measured(LINEAR, on_train, np.concatenate([*map(predicted, blocks)]))
    note = ""
    if model.num_rows < len(targets):
        note = (
            f"fitted on {model.num_rows} of {len(targets)} training rows to save time"
        )
    return [trivial, replace(linear, penalty=model.penalty, note=note)]


def constant_prediction(task: TaskLike, targets: np.ndarray) -> tuple[str, np.ndarray]:
    """Return the name of the constant baseline and its prediction (1, ...)."""
    if task.kind == "regression":
        return "mean", np.asarray(targets, np.float64).mean(keepdims=True)
    counts = np.bincount(targets.astype(np.int64), minlength=len(task.classes))
    frequencies = counts / counts.sum()
    one_row = frequencies[1:] if task.kind == "binary" else frequencies[None, :]
    return "majority", one_row


def fit_linear(
    task: TaskLike,
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    seed: int,
    weights: np.ndarray | None = None,
    keep_inputs: bool = True,
) -> LinearModel:
    """Fit the linear baseline for a task to inputs (n, d), which may then be freed."""
    if task.kind == "regression":
        return fit_ridge(inputs, targets, seed=seed)
    num_classes = len(task.classes)
    return fit_logistic(
        inputs,
        targets,
        num_classes=num_classes,
        seed=seed,
        weights=weights,
        keep_inputs=keep_inputs,
    )


def predict(
    task: TaskLike,
    model: LinearModel,
    inputs: np.ndarray,
    known: np.ndarray | None = None,
) -> np.ndarray:
    """Return a linear model's predictions in the same format as those of a network.

    Args:
        task: the kind of task and its classes.
        model: the linear model.
        inputs: inputs (n, d).
        known: predictions of the model for the inputs; None if they must be computed.
    """
    predictions = model.predict(inputs) if known is None else known
    return predictions[:, 1] if task.kind == "binary" else predictions


def encode_categories(
    inputs: np.ndarray, embedded: Sequence[tuple[int, int]]
) -> np.ndarray:
    """Return inputs (n, ...) as a matrix with categories one-hot encoded."""
    inputs = np.asarray(inputs)
    if inputs.ndim != 2:
        inputs = inputs.reshape(len(inputs), -1)
    if not embedded:
        return inputs
    columns = [column for column, _ in embedded]
    numbers = np.delete(inputs, columns, axis=1)
    one_hot = [
        (inputs[:, column, None] == np.arange(num_codes)).astype(inputs.dtype)
        for column, num_codes in embedded
    ]
    return np.hstack([numbers, *one_hot])


def check_parts(train: Part, test: Part) -> None:
    """Raise an InputError that lists all errors in the inputs and targets."""
    faults = Faults()
    for name, (inputs, targets) in (("train", train), ("test", test)):
        if len(inputs) != len(targets) or not len(inputs):
            lengths, fix = (len(inputs), len(targets)), "Pass one target per row."
            rule = "len(inputs) == len(targets) >= 1"
            faults.add(fault(rule, name, lengths, fix))
        elif not np.isfinite(inputs).all():
            faults.add(
                f"The inputs in {name} must be finite, but they contain NaN or "
                "infinity. Fill in missing values first."
            )
    if np.shape(train[0])[1:] != np.shape(test[0])[1:]:
        shapes = (np.shape(train[0]), np.shape(test[0]))
        fix = "Prepare both parts in the same way."
        rule = "train.shape[1:] == test.shape[1:]"
        faults.add(fault(rule, "shapes", shapes, fix))
    faults.raise_if_any()

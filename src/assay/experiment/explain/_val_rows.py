"""The validation rows of a finished run, with the model's predictions."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from assay import metrics
from assay.data import Dataset, Inputs
from assay.experiment._run import Run
from assay.experiment.explain._run_data import run_data

__all__ = ["ValRows", "losses", "val_rows"]


@dataclass(frozen=True, eq=False)
class ValRows:
    """The validation rows, with the inputs and predictions of a model.

    The final model has also been trained on these rows. Therefore, they show which
    inputs the model relies on and which examples are difficult, but not how good the
    model is.

    Args:
        dataset: the data of the run.
        rows: (n,) row numbers.
        inputs: prepared inputs (n, …).
        targets: (n,) class indices, or numbers in the target's unit.
        predictions: (n,), or (n, num_classes) probabilities for multiclass tasks.
        losses: (n,) log loss of each row, or absolute error for regression.
    """

    dataset: Dataset
    rows: np.ndarray
    inputs: Inputs
    targets: np.ndarray
    predictions: np.ndarray
    losses: np.ndarray


def val_rows(run: Run, *, most: int = 2000, source: Any = None) -> ValRows:
    """Return the validation rows with their predictions.

    Args:
        run: finished run.
        most: maximum number of rows; if there are more, evenly spaced rows are used.
        source: the data, if they were passed to the run in Python.

    Raises:
        InputError: the data are missing, or have changed since the run.

    Example:
        >>> import assay
        >>> run = assay.train("iris", model="linear", trials=1, runs=None)
        >>> len(val_rows(run).losses)
        23
    """
    rows = run.folder.read_npz("split.npz", "val")["val"]
    if len(rows) > most:
        rows = rows[np.linspace(0, len(rows) - 1, most).astype(int)]
    model = run.model  # raise an error early if the run has no model
    dataset = run_data(run.folder, source)
    inputs = model.preparation.transform(dataset, rows)
    predictions = model.predict_inputs(inputs)
    targets = dataset.target[rows]
    lost = losses(model.preparation.task.kind, targets, predictions)
    return ValRows(dataset, rows, inputs, targets, predictions, lost)


def losses(task: str, targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return the log loss of each row, or its absolute error for regression."""
    terms = metrics.get("mae" if task == "regression" else "log_loss").terms
    assert terms is not None  # both metrics are means over rows
    return np.asarray(terms(targets, predictions), np.float64)

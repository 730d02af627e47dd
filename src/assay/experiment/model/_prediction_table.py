"""The table of predictions that is shown to users."""

from typing import Any

import numpy as np
import polars as pl

from assay.data import Task

__all__ = ["prediction_table"]


def prediction_table(task: Task, predictions: np.ndarray) -> pl.DataFrame:
    """Return predictions and, for classification, the probability of each class.

    Args:
        task: the task of the model.
        predictions: predictions (n, …), as returned by `Model.predict`.

    Example:
        >>> task = Task("binary", "ill", ("no", "yes"))
        >>> prediction_table(task, np.array([0.25])).to_dicts()
        [{'prediction': 'no', 'probability_no': 0.75, 'probability_yes': 0.25}]
    """
    if task.kind == "regression":
        return pl.DataFrame({"prediction": predictions})
    if task.kind == "binary":
        predictions = np.stack([1 - predictions, predictions], axis=1)
    classes: list[Any] = [task.classes[place] for place in predictions.argmax(axis=1)]
    columns = {
        f"probability_{name}": predictions[:, place]
        for place, name in enumerate(task.classes)
    }
    return pl.DataFrame({"prediction": classes, **columns})

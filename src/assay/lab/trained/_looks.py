"""Shows examples from a run's data and the model's predictions for val rows."""

from functools import lru_cache
from typing import Any

import numpy as np

from assay._errors import InputError
from assay.experiment import Run, ValRows, importance, load, val_rows
from assay.lab.runs._folder import open_run
from assay.lab.trained._examples import pixel_grid, shown

__all__ = ["example_rows", "important_inputs", "model_of", "named", "worst_examples"]

_NUM_WORST = 12
_NUM_ROWS = 24  # maximum number of rows shown at once


@lru_cache(maxsize=4)
def _opened(path: str, changed: int) -> tuple[Run, ValRows]:
    run = load(path)
    return run, val_rows(run)


def _open(name: str) -> tuple[Run, ValRows]:
    """Return a run and its val rows, which are cached until the run changes."""
    return _opened(*_version(name))


def _version(name: str) -> tuple[str, int]:
    """Return the path and the modification time of a finished run."""
    folder = open_run(name).folder
    return str(folder.path), folder.path_of("run.json").stat().st_mtime_ns


def model_of(name: str) -> Run:
    """Return a finished run and keep its model in memory for later requests."""
    return _open(name)[0]


def worst_examples(name: str) -> dict[str, Any]:
    """Return the val rows with the largest losses.

    The test rows stay sealed, because seeing them would influence the choice of the
    next model.
    """
    run, rows = _open(name)
    order = np.argsort(-rows.losses, kind="stable")[:_NUM_WORST].tolist()
    task = run.model.preparation.task
    examples = [
        {
            "row": int(rows.rows[index]),
            "loss": rows.losses[index],
            "target": named(task, rows.targets[index]),
            **_predicted(task, rows.predictions[index]),
            "example": shown(rows.dataset, int(rows.rows[index])),
        }
        for index in order
    ]
    loss = "absolute error" if task.kind == "regression" else "log loss"
    return {"loss": loss, "num_rows": len(rows.rows), "examples": examples}


def named(task: Any, target: Any) -> Any:
    """Return the class name of a target or, for regression, the target itself."""
    return float(target) if task.kind == "regression" else task.classes[int(target)]


def _predicted(task: Any, prediction: Any) -> dict[str, Any]:
    if task.kind == "regression":
        return {"prediction": float(prediction)}
    if task.kind == "binary":
        prediction = np.array([1 - prediction, prediction])
    index = int(np.argmax(prediction))
    return {"prediction": task.classes[index], "confidence": float(prediction[index])}


@lru_cache(maxsize=8)
def _importance(path: str, changed: int) -> dict[str, Any]:
    run, rows = _opened(path, changed)
    found = importance(run, rows)
    names = [column.name for column in rows.dataset.columns if not column.ignored]
    kind = run.model.preparation.kind
    regression = run.model.preparation.task.kind == "regression"
    return {
        "loss": "absolute error" if regression else "log loss",
        "inputs": [vars(one) for one in found],
        "grid": pixel_grid(names),
        "kind": kind,
        "num_rows": len(rows.rows),
    }


def important_inputs(name: str) -> dict[str, Any]:
    """Return the increase in val loss that results from shuffling each input."""
    return _importance(*_version(name))


def example_rows(name: str, part: str) -> dict[str, Any]:
    """Return the first train or val rows.

    Raises:
        InputError: the part is neither train nor val. The test rows stay sealed.
    """
    if part not in ("train", "val"):
        raise InputError(
            "The test rows are not shown, because seeing them would influence the "
            "choice of the next model. Only the test result is shown."
        )
    run, seen = _open(name)
    rows, dataset = run.folder.read_npz("split.npz", part)[part], seen.dataset
    chosen = np.sort(rows)[:_NUM_ROWS].tolist()
    task = dataset.task
    examples = [
        {
            "row": row,
            "target": named(task, dataset.target[row]),
            "example": shown(dataset, row),
        }
        for row in chosen
    ]
    return {"part": part, "num_rows": len(rows), "examples": examples}

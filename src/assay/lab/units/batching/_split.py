"""The split of a data set and the statistics learned by its preparation."""

import base64
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from assay import data, experiment
from assay._errors import InputError, fault
from assay.data import Dataset, Preparation
from assay.lab.runs._folder import open_run
from assay.lab.units._registry import Body, handles

__all__ = ["Parts", "Rows", "parts_of", "split"]

_MOST_COLUMNS = 6  # maximum number of columns whose preparation is shown
_FEWEST = 20  # with fewer examples, a part could be empty


class Rows(Body):
    """Request for a split of examples.

    Args:
        data: name of a built-in data set.
        run: name of a finished run whose data and split are used; empty for the
            built-in data.
        num_examples: number of examples to use, balanced over the classes if possible;
            0 for all.
        train: fraction of the examples in train.
        val: fraction of the examples in val; the rest are in test.
        seed: seed for the random row order.
    """

    data: Literal["digits", "iris", "wine", "breast_cancer", "diabetes"] = "digits"
    run: str = ""
    num_examples: Annotated[int, Field(ge=0)] = 100
    train: Annotated[float, Field(gt=0, lt=1)] = 0.7
    val: Annotated[float, Field(gt=0, lt=1)] = 0.15
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


@dataclass(frozen=True, eq=False)
class Parts:
    """Examples and their split into train, val and test.

    Args:
        dataset: the examples.
        rows: row number of each example in the source, (n,).
        split: indices of the examples in train, val and test.
    """

    dataset: Dataset
    rows: np.ndarray
    split: data.Split


def parts_of(body: Rows) -> Parts:
    return _split_rows(
        body.data, body.run, body.num_examples, body.train, body.val, body.seed
    )


@lru_cache(maxsize=16)
def _split_rows(*request: Any) -> Parts:
    source, run, num_examples, train, val, seed = request
    if run:
        return _of_run(run)
    dataset = data.load(source)
    count = dataset.num_examples if num_examples == 0 else num_examples
    if not _FEWEST <= count <= dataset.num_examples:
        rule = f"{_FEWEST} <= num_examples <= {dataset.num_examples}"
        fix = "Use 0 for all examples."
        raise InputError(fault(rule, "num_examples", num_examples, fix))
    if train + val >= 1:
        rule, fix = "train + val < 1", "Leave 0.15 for the test set."
        raise InputError(fault(rule, "train + val", round(train + val, 6), fix))
    rows = _chosen(dataset, count)
    dataset = replace(dataset, frame=dataset.frame[rows], target=dataset.target[rows])
    fractions = (train, val, 1 - train - val)
    return Parts(dataset, rows, data.split(dataset, seed=seed, fractions=fractions))


def _chosen(dataset: Dataset, count: int) -> np.ndarray:
    """Select rows with balanced classes or, for regression, evenly spaced rows."""
    if dataset.task.kind == "regression":
        return np.linspace(0, dataset.num_examples - 1, count).astype(int)
    # For each row, the number of earlier rows with the same class.
    turn = np.zeros(dataset.num_examples, int)
    for number in range(dataset.task.num_classes):
        rows = np.flatnonzero(dataset.target == number)
        turn[rows] = np.arange(len(rows))
    return np.sort(np.lexsort((dataset.target, turn))[:count])


def _of_run(name: str) -> Parts:
    folder = open_run(name).folder
    dataset = experiment.run_data(folder)
    if dataset.stream is not None:
        raise InputError(
            f"The rows of {name!r} are read from disk during training, so they cannot "
            "be shown here. Choose a run with data that fit in memory."
        )
    arrays = folder.read_npz("split.npz", *data.PARTS)
    train, val, test = (arrays[part] for part in data.PARTS)
    rows = np.arange(dataset.num_examples)
    by = str(folder.summary()["split"]["by"])
    return Parts(dataset, rows, data.Split(train, val, test, by=by, hash=""))


@handles("batches", "split")
def split(body: Rows) -> dict[str, Any]:
    """Return each example's part and the statistics learned from train."""
    parts = parts_of(body)
    dataset, task = parts.dataset, parts.dataset.task
    part_of = np.zeros(dataset.num_examples, int)
    for number, rows in enumerate(parts.split.parts.values()):
        part_of[rows] = number
    classes = list(map(str, task.classes))
    class_of = dataset.target if classes else np.zeros(dataset.num_examples, int)
    counts = np.zeros((len(classes) or 1, len(data.PARTS)), int)
    np.add.at(counts, (class_of, part_of), 1)
    sizes = {name: len(rows) for name, rows in parts.split.parts.items()}
    return {
        "name": dataset.name,
        "target": task.target,
        "task": task.kind,
        "rows": parts.rows.tolist(),
        "parts": part_of.tolist(),
        "class_of": class_of.tolist(),
        "classes": classes,
        "counts": counts.tolist(),
        "sizes": sizes,
        "by": parts.split.by,
        "notes": list(parts.split.notes),
        "images": _images(dataset),
        "preparation": _preparation(parts),
    }


def _images(dataset: Dataset) -> str | None:
    """Return digits as base64, 64 bytes per digit; None for other data."""
    if dataset.name != "digits" or dataset.num_features != 64:
        return None
    pixels = dataset.frame.select([c.name for c in dataset.columns]).to_numpy()
    return base64.b64encode(pixels.astype(np.uint8).tobytes()).decode()


def _preparation(parts: Parts) -> list[dict[str, Any]]:
    """Return the scaling of a few columns, once computed from train, once from all."""
    dataset, train = parts.dataset, parts.split.train
    fitted = Preparation.fit(dataset, train)
    leaking = Preparation.fit(dataset, np.arange(dataset.num_examples))
    if fitted.kind != "table":
        return []
    example = int(parts.split.test[0])
    prepared: Any = fitted.transform(dataset, np.array([example]))
    names = [feature.name for feature in fitted.features]
    scales, others = _scales(fitted), _scales(leaking)
    numbers = [name for name in scales if name in names and name in others]
    numbers.sort(key=lambda name: -scales[name][1])
    return [
        {
            "column": name,
            "train": scales[name],
            "all": others[name],
            "row": int(parts.rows[example]),
            "value": float(dataset.values(name)[example]),
            "prepared": float(prepared[0, names.index(name)]),
        }
        for name in numbers[:_MOST_COLUMNS]
    ]


def _scales(preparation: Preparation) -> dict[str, list[float]]:
    """Return the median, mean and standard deviation of each column that varies."""
    scales = {e.column: e.to_json().get("scale") for e in preparation.encoders}
    return {name: scale for name, scale in scales.items() if scale and scale[-1]}

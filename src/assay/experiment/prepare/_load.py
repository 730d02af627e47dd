"""The data of an experiment: read, split and looked at, without the engine."""

from dataclasses import replace
from typing import Any

import numpy as np

from assay import data, spec
from assay.records import to_plain

__all__ = ["load_asked", "look_at", "split_asked"]


def load_asked(asked: spec.Experiment) -> data.Dataset:
    """Return the data set an experiment asks for."""
    dataset = data.load(
        asked.data,
        target=asked.target,
        task=None if asked.task == "auto" else asked.task,
        ignore=asked.ignore,
        kinds=asked.kinds,
        test_data=asked.test_data,
        stream=asked.stream,
        image_size=asked.image_size,
        image_mode=asked.image_mode,
        series_column=asked.series_column,
        time_column=asked.time_column,
    )
    if asked.split.by != "group":
        return dataset
    columns = (  # a group is no feature
        replace(column, ignored=True) if column.name == asked.split.column else column
        for column in dataset.columns
    )
    return replace(dataset, columns=tuple(columns))


def split_asked(dataset: data.Dataset, asked: spec.Experiment) -> data.Split:
    """Return the split an experiment asks for."""
    how = asked.split
    fractions = (how.train, how.val, how.test)
    return data.split(
        dataset, seed=asked.seed, by=how.by, column=how.column, fractions=fractions
    )


def look_at(asked: spec.Experiment) -> dict[str, Any]:
    """Return what the data of an experiment are and what to know of them.

    Args:
        asked: of which the data, the task, the split and the seed count.

    Returns:
        Plain values: source, fingerprint, sizes, task, balance of the classes or range
        of the target, columns, split, notes, findings.

    Raises:
        InputError: the data cannot be read, or cannot be split as asked.

    Example:
        >>> looked = look_at(spec.Experiment(data="iris"))
        >>> looked["num_examples"], looked["balance"]["setosa"]
        (150, 50)
    """
    dataset = load_asked(asked)
    split = split_asked(dataset, asked)
    return to_plain(
        {
            "source": dataset.source,
            "fingerprint": dataset.fingerprint,
            "num_examples": dataset.num_examples,
            "num_features": dataset.num_features,
            "task": dataset.task.to_json(),
            **_target(dataset),
            "columns": [{**vars(c), "used": c.used} for c in dataset.columns],
            "split": {
                **{name: len(rows) for name, rows in split.parts.items()},
                "by": split.by,
                "hash": split.hash,
                "notes": split.notes,
            },
            "notes": dataset.notes,
            "findings": data.look(dataset, split),
        }
    )


def _target(dataset: data.Dataset) -> dict[str, Any]:
    """Return how many examples each class has, or where the target's numbers lie."""
    values = dataset.target
    if dataset.task.kind == "regression":
        lies = {"min": values.min(), "mean": values.mean(), "max": values.max()}
        return {"balance": None, "target": lies}
    counts = np.bincount(values, minlength=dataset.task.num_classes)
    named = zip(map(str, dataset.task.classes), counts, strict=True)
    return {"balance": dict(named), "target": None}

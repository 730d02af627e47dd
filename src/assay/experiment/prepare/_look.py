"""Reads, splits and describes the data of an experiment without importing JAX."""

import re
from dataclasses import replace
from typing import Any

import numpy as np

from assay import data, spec
from assay._errors import InputError
from assay.records import to_plain

__all__ = ["load_data", "look_at", "split_data"]


def load_data(experiment: spec.Experiment) -> data.Dataset:
    """Return the data set of an experiment."""
    dataset = data.load(
        experiment.data,
        target=experiment.target,
        task=None if experiment.task == "auto" else experiment.task,
        ignore=experiment.ignore,
        kinds=experiment.kinds,
        test_data=experiment.test_data,
        stream=experiment.stream,
        image_size=experiment.image_size,
        image_mode=experiment.image_mode,
        series_column=experiment.series_column,
        time_column=experiment.time_column,
    )
    if experiment.split.by != "group":
        return dataset
    group = experiment.split.column
    columns = (  # the group column is used only for splitting, and is not a feature
        replace(column, ignored=True) if column.name == group else column
        for column in dataset.columns
    )
    return replace(dataset, columns=tuple(columns))


def split_data(dataset: data.Dataset, experiment: spec.Experiment) -> data.Split:
    """Return the rows of train, val and test."""
    wanted = experiment.split
    try:
        return data.split(
            dataset,
            seed=experiment.seed,
            by=wanted.by,
            column=wanted.column,
            fractions=(wanted.train, wanted.val, wanted.test),
        )
    except InputError as error:
        raise InputError([_with_table(fault) for fault in error.faults]) from None


def _with_table(fault: str) -> str:
    """Return a message whose fix for `split` is written as an experiment field."""

    def rewrite(match: re.Match[str]) -> str:
        column = f", 'column': {match[2]}" if match[2] else ""
        return f"Write split={{'by': {match[1]}{column}}}."

    return re.sub(r"Write by=('\w+')(?:, column=(.+))?\.$", rewrite, fault)


def look_at(experiment: spec.Experiment) -> dict[str, Any]:
    """Describe the data of an experiment, including findings.

    Args:
        experiment: experiment that defines the data, task, split and seed.

    Returns:
        A dict of plain values: source, fingerprint, sizes, task, class balance or
        target range, columns, split, notes and findings.

    Raises:
        InputError: the data cannot be read, or cannot be split as requested.

    Example:
        >>> description = look_at(spec.Experiment(data="iris"))
        >>> description["num_examples"], description["balance"]["setosa"]
        (150, 50)
    """
    dataset = load_data(experiment)
    split = split_data(dataset, experiment)
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
    """Return the number of examples in each class, or the range of the target."""
    values = dataset.target
    if dataset.task.kind == "regression":
        extent = {"min": values.min(), "mean": values.mean(), "max": values.max()}
        return {"balance": None, "target": extent}
    counts = np.bincount(values, minlength=dataset.task.num_classes)
    named = zip(map(str, dataset.task.classes), counts, strict=True)
    return {"balance": dict(named), "target": None}

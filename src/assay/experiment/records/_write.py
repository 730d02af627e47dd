"""Writes the experiment, data, fits and predictions of a run."""

import importlib.metadata
import platform
from collections.abc import Sequence
from typing import Any, cast

import jax
import numpy as np
import tomli_w

from assay import spec
from assay._urls import is_url, without_secrets
from assay.experiment._final_test import FinalTest
from assay.experiment._refit import Refitted
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._split import SplitData
from assay.experiment.records._paths import absolute_paths
from assay.experiment.transfer._source_run import SourceRun
from assay.metrics import confidence, decide
from assay.records import RunFolder
from assay.training import Fit, History, num_devices

__all__ = [
    "IN_MEMORY",
    "plain_experiment",
    "recorded_source",
    "write_experiment",
    "write_prepared",
    "write_refitted",
    "write_tested",
]

IN_MEMORY = "(given in Python)"
"""Placeholder in `experiment.toml` for data that were passed in Python."""

_PACKAGES = ("assay", "jax", "jaxlib", "flax", "optax", "numpy", "polars", "optuna")


def write_experiment(
    folder: RunFolder, experiment: spec.Experiment, name: str = "experiment.toml"
) -> None:
    """Write the fields set by the user to an experiment file."""
    data = plain_experiment(experiment)
    fields = {n: _without_none(v) for n, v in data.items() if _is_set(experiment, n)}
    text = tomli_w.dumps({"data": data["data"], **fields})
    folder.write_text(name, text)


def plain_experiment(experiment: spec.Experiment) -> dict[str, Any]:
    """Return an experiment as plain data, with a placeholder for data in memory."""
    return _with_source(experiment, recorded_source(experiment) or IN_MEMORY)


def recorded_source(experiment: spec.Experiment) -> str | None:
    """Return the name, file or address of the data, or None for data from Python."""
    data = cast(object, experiment.data)
    return without_secrets(data) if isinstance(data, str) else None


def _with_source(experiment: spec.Experiment, source: str) -> dict[str, Any]:
    """Return an experiment as plain data, without secrets."""
    changed = {"data": source}
    if is_url(experiment.test_data):
        changed["test_data"] = without_secrets(experiment.test_data)
    return experiment.model_copy(update=changed).to_data()


def _without_none(value: Any) -> Any:
    """Remove None values, which TOML does not support."""
    if isinstance(value, dict):
        fields = cast(dict[str, Any], value)
        return {n: _without_none(v) for n, v in fields.items() if v is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in cast(list[Any], value)]
    return value


def _is_set(experiment: spec.Experiment, name: str) -> bool:
    is_set = name in experiment.model_fields_set
    return is_set and getattr(experiment, name) is not None


def write_prepared(folder: RunFolder, prepared: PreparedData) -> None:
    """Write the records that are complete before the search."""
    data = prepared.data
    _write_data(folder, data)
    _write_resolved(folder, data.experiment, data.dataset.source)
    if prepared.range_tests:
        tests = {name: test.to_json() for name, test in prepared.range_tests.items()}
        folder.write_json("range_test.json", tests)
    if data.start is not None:
        _write_source_run(folder, data.start.source_run)


def _write_data(folder: RunFolder, data: SplitData) -> None:
    """Write a description of the data and the rows of each part."""
    dataset, split = data.dataset, data.split
    folder.write_json(
        "data.json",
        {
            "name": dataset.name,
            "source": dataset.source,
            "fingerprint": dataset.fingerprint,
            "task": dataset.task.to_json(),
            "metric": data.metric,
            "num_examples": dataset.num_examples,
            "num_features": dataset.num_features,
            "columns": [vars(column) for column in dataset.columns],
            "notes": [*dataset.notes, *split.notes],
            "split": {"by": split.by, "column": split.column, "hash": split.hash},
        },
    )
    folder.write_npz(
        "split.npz", **{n: rows.astype(np.int64) for n, rows in split.parts.items()}
    )


def _write_resolved(
    folder: RunFolder, experiment: spec.Experiment, source: str
) -> None:
    """Write all values used by the run, and a description of the system."""
    used = experiment.model_copy(update={"devices": num_devices(experiment.devices)})
    folder.write_json(
        "resolved.json",
        {
            "experiment": _with_source(used, source),
            "paths": absolute_paths(experiment),
            "seed": experiment.seed,
            "versions": _versions(),
            "device": str(cast(Any, jax).devices()[0]),
            "platform": platform.platform(),
        },
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        versions[package] = importlib.metadata.version(package)
    return versions


def _write_source_run(folder: RunFolder, source_run: SourceRun) -> None:
    """Write the name, path and hash of the source run, and its training rows."""
    named = {
        "run": source_run.name,
        "path": source_run.path,
        "sha256": source_run.sha256,
    }
    folder.write_json("start.json", named)
    source_run.write_seen(folder)


def write_refitted(folder: RunFolder, refitted: Refitted) -> None:
    """Write the iteration and epoch records of all trials and the refit.

    Layer measurements are written only for the best trial and the refit.
    """
    selection, fit = refitted.selection, refitted.fit
    histories = [*selection.histories.items(), (-1, fit.history)]
    for part in ("iterations", "epochs"):
        folder.write_parquet(f"{part}.parquet", _table(histories, part))
    best = selection.best.number
    kept = [(n, history) for n, history in histories if n in (best, -1)]
    tables = [_monitors(number, history, fit) for number, history in kept]
    columns = {name: np.concatenate([t[name] for t in tables]) for name in tables[0]}
    folder.write_parquet("monitors.parquet", columns)


def _monitors(trial: int, history: History, fit: Fit) -> dict[str, np.ndarray]:
    """Return the measurements of all layers, with one row per layer and point in time.

    The names of the layers are taken from `fit`, which trains the same kind of network.
    """
    columns, layers = history.monitors, fit.program.network.layer_paths
    points = {name: columns.pop(name) for name in ("iteration", "epoch")}
    num_points = len(points["iteration"])
    return {
        "trial": np.full(num_points * len(layers), trial, np.int32),
        **{name: np.repeat(column, len(layers)) for name, column in points.items()},
        "layer": np.tile(np.array(layers, dtype=str), num_points),
        **{name: column.reshape(-1) for name, column in columns.items()},
    }


def _table(histories: Sequence[tuple[int, History]], part: str) -> dict[str, Any]:
    """Return the columns of a table for all fits, in which the refit is trial -1."""
    columns = [getattr(history, part) for _, history in histories]
    lengths = [len(next(iter(column.values()))) for column in columns]
    numbers = [number for number, _ in histories]
    table: dict[str, Any] = {
        "trial": np.repeat(np.array(numbers, np.int32), lengths),
        part[:-1]: np.concatenate([np.arange(1, n + 1) for n in lengths]),
    }
    for name in columns[0]:
        table[name] = np.concatenate([column[name] for column in columns])
    return table


def write_tested(folder: RunFolder, tested: FinalTest) -> None:
    """Write the targets and predictions of the test rows.

    Classes are written as indices into the list of classes in `data.json`, together
    with the probability of the predicted class.
    """
    rows = tested.rows
    task = tested.refitted.selection.prepared.data.dataset.task
    is_number = task.kind == "regression"
    predictions = rows.predictions if is_number else decide(rows.predictions)
    numbers = rows.numbers.astype(np.int64)
    columns = {"row": numbers, "target": rows.targets, "prediction": predictions}
    if not is_number:
        columns["confidence"] = confidence(rows.predictions)
    folder.write_parquet("test_predictions.parquet", columns)

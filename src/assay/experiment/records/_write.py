"""What a run writes before its result: what was asked, what was used, what happened."""

import importlib.metadata
import platform
from typing import Any

import jax
import numpy as np
import tomli_w

from assay import spec
from assay._errors import InputError, fault
from assay.data import Dataset, Split
from assay.experiment.model._files import is_own
from assay.experiment.selection._selection import Selection, SelectionData
from assay.experiment.transfer._warm_start import Start
from assay.records import RunFolder
from assay.training import Fit, History

__all__ = [
    "check_same",
    "check_same_start",
    "read_asked",
    "write_asked",
    "write_fits",
    "write_ground",
]

_PACKAGES = ("assay", "jax", "jaxlib", "flax", "optax", "numpy", "polars", "optuna")
_IN_MEMORY = "(given in Python)"


def write_asked(folder: RunFolder, asked: spec.Experiment) -> None:
    """Write the experiment as it was asked for, in a form that can be run again."""
    source = asked.data if isinstance(asked.data, str) else _IN_MEMORY
    data = asked.model_copy(update={"data": source}).to_data()
    given = {n: _without_none(v) for n, v in data.items() if _said(asked, n)}
    folder.write_text("experiment.toml", tomli_w.dumps({"data": source, **given}))


def _without_none(value: Any) -> Any:
    """Leave out what is None, for which TOML has no word."""
    if isinstance(value, dict):
        return {n: _without_none(v) for n, v in value.items() if v is not None}
    return [_without_none(v) for v in value] if isinstance(value, list) else value


def _said(asked: spec.Experiment, name: str) -> bool:
    return name in asked.model_fields_set and getattr(asked, name) is not None


def read_asked(folder: RunFolder, asked: spec.Experiment) -> spec.Experiment:
    """Return the experiment of a run that is gone on with.

    Raises:
        InputError: it was run on data given in Python, which must be given again.
    """
    data = spec.read_data(folder.path_of("experiment.toml"))
    if data["data"] == _IN_MEMORY:
        if isinstance(asked.data, str):
            raise InputError(
                f"{folder.path} was run on data given in Python. Go on with "
                "assay.Experiment(data=..., ...).run(out=..., resume=True)."
            )
        data["data"] = asked.data
    if is_own(data):
        known = data["model"][0]["factory"]
        if asked.own is None or asked.own.name != known:
            raise InputError(
                f"{folder.path} trains the network {known}, written in Python. Go on "
                "with assay.Experiment(..., model=...).run(out=..., resume=True)."
            )
        data["model"] = asked.model
    return type(asked)(**data)


def check_same(folder: RunFolder, dataset: Dataset) -> None:
    """Raise unless a run that is gone on with was begun on these data.

    Raises:
        InputError: they are others; trials on both could not be compared.
    """
    if not folder.exists("data.json"):
        return
    begun, given = folder.read_json("data.json")["fingerprint"], dataset.fingerprint
    if begun != given:
        fix = f"{folder.path} was begun on other data. Give those, or start a new run."
        raise InputError(fault("the data are the same", "fingerprint", given, fix))


def check_same_start(folder: RunFolder, start: Start | None) -> None:
    """Raise unless a run that is gone on with still starts from the same model.

    Raises:
        InputError: the run it starts from was trained anew.
    """
    if start is None or not folder.exists("start.json"):
        return
    begun, given = folder.read_json("start.json")["sha256"], start.source.sha256
    if begun != given:
        fix = f"{start.source.path} holds another model by now. Start a new run."
        raise InputError(fault("the model is the same", "start_from", given, fix))


def write_ground(folder: RunFolder, ground: SelectionData) -> None:
    """Write all that is settled before the search."""
    _write_data(folder, ground.dataset, ground.split)
    _write_resolved(folder, ground)
    if ground.range_tests:
        tests = {name: test.to_json() for name, test in ground.range_tests.items()}
        folder.write_json("range_test.json", tests)
    if ground.start is not None:
        _write_start(folder, ground.start)


def _write_start(folder: RunFolder, start: Start) -> None:
    """Write which model a run starts from, and which rows that one knew."""
    source = start.source
    named = {"run": source.name, "path": source.path, "sha256": source.sha256}
    folder.write_json("start.json", named)
    source.write_seen(folder)


def _write_data(folder: RunFolder, dataset: Dataset, split: Split) -> None:
    """Write what the data are, and which rows train."""
    columns = [vars(column) for column in dataset.columns]
    folder.write_json(
        "data.json",
        {
            "name": dataset.name,
            "source": dataset.source,
            "fingerprint": dataset.fingerprint,
            "task": dataset.task.to_json(),
            "num_examples": dataset.num_examples,
            "num_features": dataset.num_features,
            "columns": columns,
            "notes": [*dataset.notes, *split.notes],
            "split": {"by": split.by, "column": split.column, "hash": split.hash},
        },
    )
    folder.write_npz("split.npz", **split.parts)


def _write_resolved(folder: RunFolder, ground: SelectionData) -> None:
    """Write every value used."""
    source = {"data": ground.dataset.source}
    folder.write_json(
        "resolved.json",
        {
            "experiment": ground.resolved.model_copy(update=source).to_data(),
            "seed": ground.resolved.seed,
            "versions": _versions(),
            "device": str(jax.devices()[0]),
            "platform": platform.platform(),
        },
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        versions[package] = importlib.metadata.version(package)
    return versions


def write_fits(folder: RunFolder, search: Selection, fit: Fit) -> None:
    """Write the records of every trial and of the refit: iterations and epochs."""
    histories = [*search.histories.items(), (-1, fit.history)]
    folder.write_parquet("iterations.parquet", _table(histories, "iterations"))
    folder.write_parquet("epochs.parquet", _table(histories, "epochs"))


def _table(histories: list[tuple[int, History]], part: str) -> dict[str, Any]:
    """Return the columns of all trainings in one table; the refit is trial -1."""
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

"""Reads the records for a report, skipping files that are missing or damaged."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from assay._errors import RunError
from assay.records import RunFolder, Summary, read_lines

__all__ = ["RunRecords", "Table", "read_records"]

Record = TypeVar("Record")
Table = dict[str, np.ndarray]
"""Columns of equal length by name."""

_EPOCHS = ("trial", "epoch", "train_cost", "val_cost")
_PREDICTIONS = ("row", "target", "prediction")


@dataclass(frozen=True)
class RunRecords:
    """The records of a finished run; unreadable records are None or empty.

    Args:
        path: path of the run's folder.
        summary: content of `run.json`.
        trials: events of the search, one per trial, in order.
        epochs: measurements after each epoch; the refit is trial -1.
        predictions: row number, target and prediction of each test row.
        resolved: all values that were used, and a description of the system.
        date: date on which the test part was opened (UTC), such as "2026-11-28".
        damaged: names of existing files that cannot be read.
    """

    path: Path
    summary: Summary
    trials: tuple[dict[str, Any], ...] = ()
    epochs: Table | None = None
    predictions: Table | None = None
    resolved: dict[str, Any] | None = None
    date: str | None = None
    damaged: tuple[str, ...] = ()


def read_records(folder: RunFolder) -> RunRecords:
    """Read the records for a report.

    Raises:
        RunError: the folder has no valid `run.json`.
    """
    damaged: list[str] = []

    def read(name: str, reader: Callable[[RunFolder, str], Record]) -> Record | None:
        if not folder.exists(name):
            return None
        try:
            return reader(folder, name)
        except (RunError, ValueError, TypeError):
            damaged.append(name)
            return None

    return RunRecords(
        path=folder.path,
        summary=folder.summary(),
        trials=_trials(folder),
        epochs=read("epochs.parquet", _epochs),
        predictions=read("test_predictions.parquet", _predictions),
        resolved=read("resolved.json", RunFolder.read_object),
        date=_date(folder),
        damaged=tuple(damaged),
    )


def _trials(folder: RunFolder) -> tuple[dict[str, Any], ...]:
    """Return the events of the trials without duplicates, which resumed runs write."""
    latest = {event.get("trial"): event for event in folder.events("trial")}
    sound = [event for number, event in latest.items() if isinstance(number, int)]
    return tuple(sorted(sound, key=lambda event: event["trial"]))


def _epochs(folder: RunFolder, name: str) -> Table:
    return _columns(folder.read_parquet(name), _EPOCHS)


def _predictions(folder: RunFolder, name: str) -> Table:
    return _columns(folder.read_parquet(name), _PREDICTIONS)


def _columns(table: Table, names: tuple[str, ...]) -> Table:
    missing = [name for name in names if name not in table]
    if missing:
        raise ValueError(f"missing columns: {', '.join(missing)}")
    return {name: np.asarray(table[name], np.float64) for name in names}


def _date(folder: RunFolder) -> str | None:
    """Return the date of the last opening in the run's own ledger."""
    entries = read_lines(folder.path_of("ledger.jsonl"))
    opened = [entry.get("when_seconds") for entry in entries]
    moments = [when for when in opened if isinstance(when, int | float)]
    if not moments:
        return None
    try:
        day = datetime.datetime.fromtimestamp(moments[-1], datetime.UTC)
    except (ValueError, OverflowError, OSError):  # of a damaged ledger
        return None
    return day.date().isoformat()

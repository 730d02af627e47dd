"""All records of one run, as its page shows them."""

from typing import Any

import numpy as np

from assay._errors import AssayError
from assay.lab.runs._folder import find
from assay.lab.runs._state import state_of
from assay.lab.trained._calibration import calibration
from assay.records import RunFolder
from assay.report import compared, layers_text, metric_title

__all__ = ["curves_of", "detail"]

_MOST_POINTS = 2000  # of a curve or a scatter plot
_MISSING: dict[str, Any] = {}


def detail(name: str) -> dict[str, Any]:
    """Return the records of a run; those that cannot be read are None.

    Raises:
        InputError: no run has this name.
    """
    folder = find(name)
    answer: dict[str, Any] = {"name": name, "path": str(folder.path.resolve())}
    damaged: list[str] = []

    def read(file: str, reader: Any) -> Any:
        if not folder.exists(file):
            return None
        try:
            return reader(folder)
        except (AssayError, ValueError, TypeError, KeyError) as error:
            damaged.append(f"{file}: {error}")
            return None

    summary = read("run.json", RunFolder.summary)
    answer |= state_of(folder)
    if folder.exists("run.json") and summary is None:
        answer |= {"state": "broken", "message": "\n".join(damaged)}
    answer["data"] = read("data.json", lambda f: f.read_object("data.json"))
    answer["resolved"] = read("resolved.json", lambda f: f.read_object("resolved.json"))
    answer["split"] = read("split.npz", _split)
    answer["trials"] = read("events.jsonl", _trials)
    answer["epochs"] = read("epochs.parquet", curves_of)
    answer["monitors"] = read("monitors.parquet", _monitors)
    if summary is not None:
        answer["summary"] = summary
        answer["metric_title"] = metric_title(summary["test"]["metric"])
        answer["metric_titles"] = {n: metric_title(n) for n in summary["metrics"]}
        answer["compared"] = compared(summary)
        answer["layers"] = layers_text(summary["model"]["layers"])
        answer["predictions"] = read(
            "test_predictions.parquet", lambda f: _predictions(f, summary["task"])
        )
        answer["report"] = folder.exists("report.html")
    return answer | {"damaged": damaged}


def _split(folder: RunFolder) -> dict[str, int]:
    arrays = folder.read_npz("split.npz", "train", "val", "test")
    return {part: len(arrays[part]) for part in ("train", "val", "test")}


def _trials(folder: RunFolder) -> list[dict[str, Any]]:
    """Return the last event of each trial, because resumed runs write duplicates."""
    latest = {event["trial"]: event for event in folder.events("trial")}
    return [latest[number] for number in sorted(latest)]


def curves_of(folder: RunFolder) -> dict[str, dict[str, Any]]:
    """Return the curves of each fit by its trial number; the refit has "-1"."""
    table = folder.read_parquet("epochs.parquet")
    trials = np.asarray(table["trial"])
    names = [name for name in table if name != "trial"]
    curves = {}
    for trial in np.unique(trials).tolist():
        rows = np.flatnonzero(trials == trial)
        rows = rows[_spread(len(rows))]
        curves[str(trial)] = {name: np.asarray(table[name])[rows] for name in names}
    return curves


def _spread(size: int) -> np.ndarray:
    """Return at most `_MOST_POINTS` evenly spaced positions, including both ends."""
    return np.unique(np.linspace(0, size - 1, min(size, _MOST_POINTS)).astype(int))


def _monitors(folder: RunFolder) -> dict[str, Any]:
    """Return the monitors of each fit as matrices of layers × measurements."""
    table = folder.read_parquet("monitors.parquet")
    trials = np.asarray(table["trial"])
    fits: dict[str, Any] = {}
    for trial in np.unique(trials).tolist():
        rows = np.flatnonzero(trials == trial)
        layers = list(dict.fromkeys(np.asarray(table["layer"])[rows].tolist()))
        width = len(rows) // max(len(layers), 1)
        measured = [
            n for n in table if n not in ("trial", "iteration", "epoch", "layer")
        ]
        fits[str(trial)] = {
            "layers": layers,
            "epoch": np.asarray(table["epoch"])[rows][:: max(len(layers), 1)],
            **{
                name: np.asarray(table[name])[rows].reshape(width, len(layers)).T
                for name in measured
            },
        }
    return fits


def _predictions(folder: RunFolder, task: str) -> dict[str, Any]:
    """Return the points of a regression, or the calibration of a classifier."""
    table = folder.read_parquet("test_predictions.parquet")
    if task != "regression":
        confidence = table.get("confidence")
        if confidence is None:  # written by an older version
            return {}
        return {
            "calibration": calibration(table["target"], table["prediction"], confidence)
        }
    places = _spread(len(table["target"]))
    columns = ("target", "prediction")
    return {name: np.asarray(table[name], np.float64)[places] for name in columns}

"""Reads the records for the report and the lab, skipping missing or damaged files."""

from collections.abc import Callable
from typing import Any

import numpy as np

from assay._errors import AssayError
from assay.records import RunFolder, Summary, read_lines
from assay.report._metric_titles import metric_title, metric_titles
from assay.report._run import compared, metric_notes
from assay.report._stages import layers_text, stages
from assay.report.html._calibration import calibration

__all__ = ["curves_of", "details_of"]

Table = dict[str, np.ndarray]
"""Columns of equal length, by name."""

_CURVES = ("trial", "epoch", "train_cost", "val_cost")
_POINTS = ("row", "target", "prediction")
_MOST_POINTS = 2000  # maximum number of points in a curve or scatter plot
_MOST_BARS = 30


def details_of(folder: RunFolder) -> dict[str, Any]:
    """Return the records of a run, as plain values and arrays, with explanatory texts.

    Missing or unreadable records are None, and unreadable records are also listed under
    "damaged". The key "summary" is included only if `run.json` is valid.
    """
    damaged: list[str] = []

    def read(name: str, reader: Callable[[RunFolder], Any]) -> Any:
        if not folder.exists(name):
            return None
        try:
            return reader(folder)
        except (AssayError, ValueError, TypeError, KeyError) as error:
            damaged.append(f"{name}: {error}")
            return None

    answer: dict[str, Any] = {
        "name": folder.name,
        "path": str(folder.path),
        "data": read("data.json", lambda f: f.read_object("data.json")),
        "resolved": read("resolved.json", lambda f: f.read_object("resolved.json")),
        "split": read("split.npz", _split),
        "trials": read("events.jsonl", _trials),
        "epochs": read("epochs.parquet", curves_of),
        "monitors": read("monitors.parquet", _monitors),
        "opened_seconds": read("ledger.jsonl", _opened),
    }
    summary = read("run.json", RunFolder.summary)
    if summary is not None:
        answer |= _texts(summary)
        is_regression = summary["task"] == "regression"
        reader = _predictions if is_regression else _calibration
        answer["predictions"] = read("test_predictions.parquet", reader)
    return answer | {"damaged": damaged}


def _texts(summary: Summary) -> dict[str, Any]:
    """Return the summary with the titles and notes that explain it."""
    return {
        "summary": summary,
        "metric_title": metric_title(summary["test"]["metric"]),
        "metric_titles": metric_titles(summary),
        "compared": compared(summary),
        "layers": layers_text(summary["model"]["layers"]),
        "course": [[label, *texts] for label, *texts in stages(summary)],
        "notes": [note.removeprefix("! ") for note in metric_notes(summary)],
    }


def _split(folder: RunFolder) -> dict[str, int]:
    arrays = folder.read_npz("split.npz", "train", "val", "test")
    return {part: len(arrays[part]) for part in ("train", "val", "test")}


def _trials(folder: RunFolder) -> list[dict[str, Any]]:
    """Return the trial events without the duplicates that occur in resumed runs."""
    latest = {event.get("trial"): event for event in folder.events("trial")}
    sound = [event for number, event in latest.items() if isinstance(number, int)]
    return sorted(sound, key=lambda event: event["trial"])


def _opened(folder: RunFolder) -> float | None:
    """Return the Unix time at which the test set was last opened."""
    entries = read_lines(folder.path_of("ledger.jsonl"))
    moments = [entry.get("when_seconds") for entry in entries]
    known = [when for when in moments if isinstance(when, int | float)]
    return known[-1] if known else None


def _columns(folder: RunFolder, name: str, needed: tuple[str, ...]) -> Table:
    table = folder.read_parquet(name)
    missing = [column for column in needed if column not in table]
    if missing:
        raise ValueError(f"missing columns: {', '.join(missing)}")
    return table


def curves_of(folder: RunFolder) -> dict[str, Table]:
    """Return the curves of each fit, by trial number; "-1" is the refit."""
    table = _columns(folder, "epochs.parquet", _CURVES)
    trials = np.asarray(table["trial"])
    names = [name for name in table if name != "trial"]
    curves: dict[str, Table] = {}
    for trial in np.unique(trials).tolist():
        rows = np.flatnonzero(trials == trial)
        rows = rows[_spread(len(rows))]
        curves[str(int(trial))] = {n: np.asarray(table[n])[rows] for n in names}
    return curves


def _spread(size: int, most: int = _MOST_POINTS) -> np.ndarray:
    """Return at most `most` evenly spaced indices, including both ends."""
    return np.unique(np.linspace(0, size - 1, min(size, most)).astype(int))


def _monitors(folder: RunFolder) -> dict[str, Any]:
    """Return the monitors of each fit as matrices (layers × measurements)."""
    table = folder.read_parquet("monitors.parquet")
    trials = np.asarray(table["trial"])
    keys = ("trial", "iteration", "epoch", "layer")
    measured = [name for name in table if name not in keys]
    fits: dict[str, Any] = {}
    for trial in np.unique(trials).tolist():
        rows = np.flatnonzero(trials == trial)
        layers = list(dict.fromkeys(np.asarray(table["layer"])[rows].tolist()))
        width = len(rows) // max(len(layers), 1)
        shape = (width, len(layers))
        fits[str(int(trial))] = {
            "layers": layers,
            "epoch": np.asarray(table["epoch"])[rows][:: max(len(layers), 1)],
            **{n: np.asarray(table[n])[rows].reshape(shape).T for n in measured},
        }
    return fits


def _predictions(folder: RunFolder) -> dict[str, Any] | None:
    """Return the predictions of a regression model and a histogram of its errors."""
    table = _columns(folder, "test_predictions.parquet", _POINTS)
    points = {name: np.asarray(table[name], np.float64) for name in _POINTS}
    is_known = np.isfinite(points["target"]) & np.isfinite(points["prediction"])
    points = {name: values[is_known] for name, values in points.items()}
    size = len(points["row"])
    if not size:
        return None
    errors = points["prediction"] - points["target"]
    shown = _spread(size)
    return {
        **{name: values[shown] for name, values in points.items()},
        "num_rows": size,
        "errors": _histogram(errors),
    }


def _calibration(folder: RunFolder) -> dict[str, Any]:
    """Return the calibration of a classifier; empty if no confidence was recorded."""
    table = _columns(folder, "test_predictions.parquet", ("target", "prediction"))
    if "confidence" not in table:  # files from older versions have no such column
        return {}
    names = ("target", "prediction", "confidence")
    return {"calibration": calibration(*(np.asarray(table[n]) for n in names))}


def _histogram(errors: np.ndarray) -> dict[str, Any]:
    """Return a histogram of the errors, with all outliers in the outermost bars.

    Otherwise, a few huge errors could squeeze all other errors into a single bar.
    """
    low, median, high = np.quantile(errors, [0.05, 0.5, 0.95]).tolist()
    clipped = np.clip(errors, *np.quantile(errors, [0.005, 0.995]))
    bars = int(np.clip(np.sqrt(len(errors)) * 1.5, 5, _MOST_BARS))
    counts, edges = np.histogram(clipped, bars)
    return {
        "counts": counts,
        "edges": edges,
        "median": median,
        "middle": [low, high],
    }

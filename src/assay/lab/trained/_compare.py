"""Compares the settings, results and curves of several runs."""

from collections.abc import Mapping
from typing import Any

from assay._errors import AssayError, InputError
from assay.lab.runs._folder import find
from assay.records import RunFolder
from assay.report import compare_warnings, metric_title, read_curves

__all__ = ["compare"]

_MOST_RUNS = 40


def compare(names: list[str]) -> dict[str, Any]:
    """Return how finished runs differ in their settings, with their results and curves.

    Runs that differ only in their seed are grouped. The page draws each group as a mean
    curve with a band.
    """
    if not 2 <= len(names) <= _MOST_RUNS:
        raise InputError(f"Choose 2 to {_MOST_RUNS} finished runs to compare.")
    folders = [find(name) for name in dict.fromkeys(names)]
    summaries = [folder.summary() for folder in folders]
    settings = [_settings(f, s) for f, s in zip(folders, summaries, strict=True)]
    paths = list(dict.fromkeys(path for setting in settings for path in setting))
    differing = [p for p in paths if len({str(s.get(p)) for s in settings}) > 1]
    asked = [_asked(folder) for folder in folders]
    groups = list(dict.fromkeys(asked))
    runs = zip(folders, summaries, settings, asked, strict=True)
    return {
        "metric": metric_title(summaries[0]["test"]["metric"]),
        "warnings": compare_warnings(summaries),
        "differing": [
            {"name": path, "values": [s.get(path) for s in settings]}
            for path in differing
        ],
        "num_same": len(paths) - len(differing),
        "runs": [
            {
                "group": groups.index(key),
                "seed": setting.get("seed"),
                **_result(folder, summary),
            }
            for folder, summary, setting, key in runs
        ],
    }


def _result(folder: RunFolder, summary: Any) -> dict[str, Any]:
    return {
        "name": folder.name,
        "test": summary["test"],
        "train": summary["train"],
        "best_val": (summary["tune"] or {}).get("best_val"),
        "verdict": summary["verdict"],
        "num_parameters": summary["model"]["num_parameters"],
        "total_seconds": summary["timings"].get("total_seconds"),
        "curve": _curve(folder, summary),
    }


def _settings(folder: RunFolder, summary: Any) -> dict[str, Any]:
    """Return the user's settings and the selected hyperparameters, by path."""
    resolved = _resolved(folder)
    return {
        "data": summary["data"]["source"],
        "target": summary["data"].get("target"),
        "seed": resolved.get("seed"),
        "split": summary["split"]["hash"][:12],
        **summary["hyperparameters"],
        "trials": (summary["tune"] or {}).get("num_trials", 1),
        "members": summary["model"].get("members", 1),
        "assay": summary["assay"],
    }


def _asked(folder: RunFolder) -> str:
    """Return the experiment without its seed, as text."""
    experiment = dict(_resolved(folder).get("experiment") or {"run": folder.name})
    experiment.pop("seed", None)
    return repr(sorted(experiment.items(), key=lambda item: item[0]))


def _resolved(folder: RunFolder) -> Mapping[str, Any]:
    try:
        return folder.read_object("resolved.json")
    except AssayError:
        return {}


def _curve(folder: RunFolder, summary: Any) -> dict[str, Any] | None:
    """Return the costs of the best trial, because the refit has no validation set."""
    try:
        curves = read_curves(folder)
    except (AssayError, KeyError, ValueError):
        return None
    best = str((summary["tune"] or {}).get("best_trial", 0))
    return curves.get(best) or curves.get("-1")

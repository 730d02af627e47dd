"""Lists all runs, reading one small file per run."""

import json
import time
from pathlib import Path
from typing import Any

from assay._errors import AssayError
from assay.lab.runs import _processes
from assay.lab.runs._folder import root
from assay.lab.runs._state import state_of
from assay.records import RunFolder, run_folders
from assay.report import metric_title

__all__ = ["list_runs"]

_DAMAGE = (AssayError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""Errors that a damaged or edited `run.json` can cause."""

_read: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = {}
"""The modification time, size and contents of each `run.json`, by path."""


def list_runs() -> dict[str, Any]:
    """Return all runs, newest first."""
    runs = [_entry(folder) for folder in run_folders(root())]
    now = time.time()
    runs += [
        {
            "name": folder.name,
            "changed_seconds": now,
            "source": None,
            **state_of(folder),
        }
        for folder in _processes.without_records()
    ]
    runs.sort(key=lambda run: run["changed_seconds"], reverse=True)
    return {"root": str(root()), "runs": runs}


def _entry(folder: RunFolder) -> dict[str, Any]:
    summary = folder.path_of("run.json")
    try:
        found = summary.stat()
    except OSError:
        return {"name": folder.name, **_unfinished(folder)}
    key = (found.st_mtime_ns, found.st_size)
    known = _read.get(summary)
    if known is None or known[0] != key:
        known = _read[summary] = (key, _finished(folder))
    return {"name": folder.name, "changed_seconds": found.st_mtime, **known[1]}


def _finished(folder: RunFolder) -> dict[str, Any]:
    try:
        return _result(json.loads(folder.read_bytes("run.json")))
    except _DAMAGE:
        pass
    try:  # Validation is slow, so it is used only to explain why a run is broken.
        folder.summary()
    except AssayError as error:
        return {"state": "broken", "message": str(error)}
    return {"state": "broken", "message": "run.json cannot be read."}


def _result(summary: Any) -> dict[str, Any]:
    test, model, tune = summary["test"], summary["model"], summary["tune"]
    return {
        "state": "finished",
        "source": summary["data"]["source"],
        "task": summary["task"],
        "metric": metric_title(test["metric"]),
        "value": test["value"],
        "interval": test["interval"],
        "verdict": summary["verdict"],
        "num_parameters": model["num_parameters"],
        "num_trials": tune["num_trials"] if tune else 1,
        "total_seconds": summary["timings"].get("total_seconds"),
    }


def _unfinished(folder: RunFolder) -> dict[str, Any]:
    changed = max((path.stat().st_mtime for path in _files(folder)), default=0.0)
    source = None
    try:
        source = folder.read_object("data.json").get("source")
    except (AssayError, OSError):
        pass
    return {"changed_seconds": changed, "source": source, **state_of(folder)}


def _files(folder: RunFolder) -> list[Path]:
    names = ("events.jsonl", "experiment.toml", "live.jsonl")
    return [path for name in names if (path := folder.path_of(name)).is_file()]

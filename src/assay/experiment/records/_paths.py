"""Resolves the paths in an experiment from any working directory."""

from pathlib import Path
from typing import Any, cast

from assay import spec
from assay._urls import is_url
from assay.data import BUILTINS
from assay.records import RunFolder

__all__ = ["absolute_paths", "with_absolute_paths"]

_RUNS = "runs"  # this folder may be omitted from the name of a source run


def absolute_paths(experiment: spec.Experiment) -> dict[str, str]:
    """Return the paths of the data and the source run, keyed by field."""
    values = {
        "data": experiment.data,
        "test_data": experiment.test_data,
        "start_from": experiment.start_from,
    }
    places = {name: _places(name, cast(object, v)) for name, v in values.items()}
    existing = {n: [p for p in paths if p.exists()] for n, paths in places.items()}
    return {name: str(paths[0].resolve()) for name, paths in existing.items() if paths}


def with_absolute_paths(folder: RunFolder, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a run's experiment, with paths made absolute if needed.

    A path is kept as the user wrote it if it still refers to the same file, or if the
    recorded file no longer exists, for example because the run's folder was copied to
    another machine.
    """
    if not folder.exists("resolved.json"):
        return fields
    changes: dict[str, str] = {}
    for name, path in _recorded(folder).items():
        here = [place.resolve() for place in _places(name, fields.get(name))]
        if here and Path(path) not in here and Path(path).exists():
            changes[name] = path
    return fields | changes


def _recorded(folder: RunFolder) -> dict[str, str]:
    """Return the paths recorded by a run. Earlier versions did not record them."""
    paths = folder.read_object("resolved.json").get("paths", {})
    if not isinstance(paths, dict):
        return {}
    items = cast(dict[object, object], paths).items()
    return {k: v for k, v in items if isinstance(k, str) and isinstance(v, str)}


def _places(name: str, value: object) -> list[Path]:
    """Return the possible paths for the value of a field."""
    if not isinstance(value, str) or not value or is_url(value):
        return []
    if name == "start_from":
        return [Path(value), Path(_RUNS, value)]
    return [] if value in BUILTINS else [Path(value)]

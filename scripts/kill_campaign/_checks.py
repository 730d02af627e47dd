"""Checks the files of killed runs and compares resumed and uninterrupted runs."""

import json
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # JAX is imported only in the processes that run the checks
    from assay.records import RunFolder

__all__ = ["differences", "unreadable"]

_SAME_BYTES = ("experiment.toml", "data.json", "resolved.json", "split.npz")
_SAME_BYTES += ("iterations.parquet", "epochs.parquet", "monitors.parquet")
_SAME_BYTES += ("test_predictions.parquet", "model/parameters.safetensors")
_SAME_BYTES += ("model/model.json",)
_LEFT_OVER = (".*.tmp", "*.part", "live.jsonl", "control.jsonl", "checkpoints")


def unreadable(runs: Path) -> list[str]:
    """Return the files in a folder of runs that cannot be read after a kill."""
    from assay.lab.runs._folder import set_root
    from assay.lab.runs._list import list_runs
    from assay.records import RunFolder, read_lines, read_live, run_folders

    faults: list[str] = []
    if not runs.is_dir():
        return faults
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        set_root(runs)
        faults += [str(run) for run in list_runs()["runs"] if run["state"] == "broken"]
        read_lines(runs / "ledger.jsonl")
        for folder in run_folders(runs):
            folder.events()
            read_live(folder)
            read_lines(folder.path_of("ledger.jsonl"))
            for path in folder.path.rglob("[!.]*"):
                faults += _faults_of(RunFolder(folder.path), path)
    return faults


def _faults_of(folder: "RunFolder", path: Path) -> list[str]:
    name = str(path.relative_to(folder.path))
    try:
        match path.suffix:
            case ".json":
                folder.read_json(name)
            case ".npz":
                folder.read_npz(name)
            case ".parquet":
                folder.read_parquet(name)
            case ".toml":
                tomllib.loads(path.read_text())
    except Exception as error:
        return [f"{name}: {type(error).__name__}: {error}"]
    return []


def differences(whole: Path, resumed: Path) -> list[str]:
    """Return the differences between a resumed run and an uninterrupted run.

    Args:
        whole: folder of the uninterrupted run.
        resumed: folder of the resumed run.
    """
    from assay.records import RunFolder, without_times

    one, other = RunFolder(whole), RunFolder(resumed)
    faults = [
        f"{name} differs"
        for name in _SAME_BYTES
        if one.read_bytes(name) != other.read_bytes(name)
    ]
    if without_times(one.summary()) != without_times(other.summary()):
        faults.append("run.json differs")
    if _trials(one) != _trials(other):
        faults.append("the trials in events.jsonl differ")
    for ledger in (other.path / "ledger.jsonl", other.path.parent / "ledger.jsonl"):
        openings = ledger.read_text().splitlines()
        if len(openings) != 1 or json.loads(openings[0])["run"] != other.name:
            faults.append(f"{ledger} contains {openings}, not one opening")
    if not other.path_of("report.html").is_file():
        faults.append("report.html is missing")
    left = [path for pattern in _LEFT_OVER for path in other.path.rglob(pattern)]
    faults += [f"{path.name} was left over" for path in left]
    return faults


def _trials(folder: "RunFolder") -> dict[int, object]:
    """Return the trials in the events; repeated trials must be identical."""
    from assay.records import without_times

    return {event["trial"]: without_times(event) for event in folder.events("trial")}

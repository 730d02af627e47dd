"""Finding the runs a user names."""

import shlex
from pathlib import Path

from assay._errors import InputError, did_you_mean, fault
from assay.records import RunFolder, run_folders

__all__ = ["find_run", "find_runs", "resume_line"]

_ROOT = Path("runs")
_FIRST_FILES = ("experiment.toml", "events.jsonl", "run.json")


def find_run(name: str) -> RunFolder:
    """Return the run in a folder, or of a name under `runs`.

    Raises:
        InputError: there is none; names the nearest.
    """
    for path in (Path(name), _ROOT / name):
        if _is_run(path):
            return RunFolder(path)
    root = Path(name) if Path(name).is_dir() else _ROOT
    known = [str(folder.path) for folder in run_folders(root)]
    near = did_you_mean(name, known) or did_you_mean(str(_ROOT / name), known)
    fix = "Name the folder of a run, such as runs/digits-1." if not near else ""
    if Path(name).is_dir() and known:
        fix, near = f"It holds runs: {', '.join(known[:5])}.", ""
    raise InputError(fault("RUN is the folder of a run", "RUN", name, fix) + near)


def _is_run(path: Path) -> bool:
    """Tell a run from a folder of runs, which holds a ledger of its own."""
    return any((path / name).is_file() for name in _FIRST_FILES)


def find_runs(names: list[str]) -> list[RunFolder]:
    """Return the runs of these names; a folder of runs stands for its finished ones.

    Raises:
        InputError: a name stands for no run.
    """
    found = []
    for name in names:
        inside = [] if _is_run(Path(name)) else run_folders(name)
        finished = [folder for folder in inside if folder.exists("run.json")]
        found += finished or [find_run(name)]
    return found


def resume_line(folder: RunFolder) -> str:
    """Return the line that goes on with a run."""
    return f"assay train --resume --out {shlex.quote(str(folder.path))}"

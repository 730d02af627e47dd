"""Finding the runs a user names."""

import shlex
from pathlib import Path

from assay._errors import InputError, did_you_mean, fault
from assay.records import RunFolder, run_folders

__all__ = ["find_run", "find_runs", "resume_line"]

_ROOT = Path("runs")


def find_run(name: str) -> RunFolder:
    """Return the run in a folder, or of a name under `runs`.

    Raises:
        InputError: there is none; names the nearest.
    """
    for folder in (RunFolder(name), RunFolder(_ROOT / name)):
        if folder.is_run:
            return folder
    root = Path(name) if Path(name).is_dir() else _ROOT
    known = [str(folder.path) for folder in run_folders(root)]
    near = did_you_mean(name, known) or did_you_mean(str(_ROOT / name), known)
    fix = "Name the folder of a run, such as runs/digits-1." if not near else ""
    if Path(name).is_dir() and known:
        fix, near = f"It holds runs: {', '.join(known[:5])}.", ""
    raise InputError(fault("RUN is the folder of a run", "RUN", name, fix) + near)


def find_runs(names: list[str]) -> list[RunFolder]:
    """Return the runs of these names; a folder of runs stands for its finished ones.

    Raises:
        InputError: a name stands for no run.
    """
    found = []
    for name in names:
        inside = [] if RunFolder(name).is_run else run_folders(name)
        finished = [folder for folder in inside if folder.exists("run.json")]
        found += finished or [find_run(name)]
    return found


def resume_line(folder: RunFolder) -> str:
    """Return the line that goes on with a run."""
    return f"assay train --resume --out {shlex.quote(str(folder.path))}"

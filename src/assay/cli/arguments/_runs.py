"""Finds the run folders given on the command line."""

import shlex
from pathlib import Path

from assay._errors import InputError, did_you_mean
from assay.records import RunFolder, run_folders

__all__ = ["find_run", "find_runs", "resume_line"]

_ROOT = Path("runs")


def find_run(name: str) -> RunFolder:
    """Return the run in a folder, or the run with the given name under `runs`.

    Raises:
        InputError: the run does not exist; the message suggests a similar name.
    """
    for folder in (RunFolder(name), RunFolder(_ROOT / name)):
        if folder.is_run:
            return folder
    root = Path(name) if Path(name).is_dir() else _ROOT
    known = [str(folder.path) for folder in run_folders(root)]
    if Path(name).is_dir() and known:
        raise InputError(
            f"{name!r} is a folder of runs. Use one of the runs in it: "
            f"{', '.join(known[:5])}."
        )
    near = did_you_mean(name, known) or did_you_mean(str(_ROOT / name), known)
    near = near or " Use the folder of a run, such as runs/digits-1."
    raise InputError(f"No run found in {name!r}.{near}")


def find_runs(names: list[str]) -> list[RunFolder]:
    """Return the named runs; a folder of runs selects all finished runs in it.

    Raises:
        InputError: a name does not refer to a run.
    """
    folders = []
    for name in names:
        inside = [] if RunFolder(name).is_run else run_folders(name)
        finished = [folder for folder in inside if folder.exists("run.json")]
        folders += finished or [find_run(name)]
    return folders


def resume_line(folder: RunFolder) -> str:
    """Return the command that resumes a run."""
    return f"assay train --resume --out {shlex.quote(str(folder.path))}"

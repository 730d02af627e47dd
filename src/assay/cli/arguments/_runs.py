"""Finds the runs given on the command line."""

import re
import shlex
from glob import glob
from pathlib import Path

from assay._errors import InputError, did_you_mean
from assay.records import RunFolder, named_run, run_folders, run_of

__all__ = ["find_run", "find_runs", "resume_line"]

_ROOT = Path("runs")
_SHOWN = 5  # maximum number of runs listed in a message


def find_run(name: str) -> RunFolder:
    """Return the run in a folder, or the run with the given name under `runs`.

    The name may also refer to a file in the run's folder, or be a pattern, such as
    `runs/digits-*`, that matches a single run.

    Raises:
        InputError: the run does not exist; the message suggests a similar name.
    """
    if folder := named_run(name):
        return folder
    matching = _matching(name)
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise InputError(
            f"{len(matching)} runs match {name!r}. Use one of them: "
            f"{_listed(matching)}."
        )
    root = Path(name) if Path(name).is_dir() else _ROOT
    known = run_folders(root)
    if Path(name).is_dir() and known:
        raise InputError(
            f"{name!r} is a folder of runs. Use one of the runs in it: "
            f"{_listed(known)}."
        )
    raise InputError(f"No run found in {name!r}.{_suggestion(name, known)}")


def _matching(pattern: str) -> list[RunFolder]:
    """Return the runs that match a pattern that the shell has not expanded."""
    if not re.search(r"[*?\[]", pattern):
        return []
    paths = sorted({*glob(pattern), *glob(str(_ROOT / pattern))})
    found = (run_of(path) for path in paths)
    by_path = {str(folder.path): folder for folder in found if folder is not None}
    return list(by_path.values())


def _suggestion(name: str, known: list[RunFolder]) -> str:
    numbered = [folder for folder in known if folder.name.endswith(f"-{name}")]
    if name.isdecimal() and numbered:
        return f" Use the name of the run: {_listed(numbered)}."
    names = [str(folder.path) for folder in known]
    near = did_you_mean(name, names) or did_you_mean(str(_ROOT / name), names)
    return near or " Use the folder of a run, such as runs/digits-1."


def _listed(folders: list[RunFolder]) -> str:
    return ", ".join(str(folder.path) for folder in folders[:_SHOWN])


def find_runs(names: list[str]) -> list[RunFolder]:
    """Return the given runs; a folder of runs selects all finished runs in it.

    Raises:
        InputError: a name does not refer to a run.
    """
    folders = []
    for name in names:
        inside = [] if run_of(name) else run_folders(name)
        several = inside or _matching(name)
        finished = [folder for folder in several if folder.exists("run.json")]
        folders += finished or [find_run(name)]
    return folders


def resume_line(folder: RunFolder) -> str:
    """Return the command that resumes a run."""
    return f"assay train --resume --out {shlex.quote(str(folder.path))}"

"""Finds runs by name in the runs folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from assay._errors import InputError, did_you_mean
from assay.records import RunFolder, run_folders

if TYPE_CHECKING:
    from assay.experiment import Run

__all__ = ["find", "open_run", "root", "set_root"]

_root = Path("runs")


def set_root(path: Path) -> None:
    """Set the runs folder for this process."""
    global _root
    _root = path


def root() -> Path:
    """Return the folder that contains all runs."""
    return _root


def find(name: str) -> RunFolder:
    """Return the folder of a run.

    Names that lead outside the runs folder, such as names with ".." or the names of
    symbolic links, are rejected.

    Raises:
        InputError: no run has this name.
    """
    inside = root().resolve()
    path = inside / name
    is_name = name not in ("", ".", "..") and Path(name).name == name
    try:
        if is_name and path.is_dir() and path.resolve().parent == inside:
            return RunFolder(path)
    except OSError:  # raised if the name is too long
        pass
    near = did_you_mean(name, [folder.name for folder in run_folders(root())])
    raise InputError(f"No run in {root()} is named {name!r}.{near}")


def open_run(name: str) -> "Run":
    """Return a finished run.

    Raises:
        InputError: no run has this name, or it has not finished.
    """
    folder = find(name)
    if not folder.exists("run.json"):
        raise InputError(f"The run {name} has not finished, so it has no model yet.")
    from assay.experiment import load

    return load(folder.path)

"""The run folder, which contains the events and the summary of the run."""

import os
from pathlib import Path
from typing import Any, cast

from assay._errors import InputError, RunError
from assay.records._atomic_files import (
    append_lines,
    is_leftover,
    leftovers,
    read_lines,
    remove_leftovers,
    writable,
)
from assay.records._event_check import is_event
from assay.records._events import RECORDS_VERSION, Event
from assay.records._json import to_canonical_json, to_plain
from assay.records._summary import Summary, summary_faults
from assay.records.run_folder._run_files import FILES, RunFiles, invalid_file
from assay.records.run_folder._run_lock import LOCK, RunLock
from assay.records.run_folder._run_names import by_number, make_next

__all__ = ["RunFolder", "named_run", "run_folders", "run_of"]

_DEPTH = 2  # the files of a run are in its folder or in subfolders, such as `model`


class RunFolder(RunFiles):
    """The folder of a run, with methods to create, open, lock, read and write it.

    Each call to `append` writes all of its events at once, so readers never see an
    incomplete event.

    Args:
        path: path of the folder; see `create`, `create_next` and `open`.
    """

    @classmethod
    def create(cls, path: str | Path, *, resume: bool = False) -> "RunFolder":
        """Create a folder for a new run, or open a run's folder to resume the run.

        Args:
            path: path of the folder; for a new run, an existing folder must be empty.
            resume: whether to resume the run in the folder.

        Raises:
            InputError: the folder is not writable.
            RunError: the folder is in use, or contains no run to continue.
        """
        folder = cls(path)
        if resume:
            if not folder.is_run:
                raise RunError(
                    f"{folder.path} does not contain a run to continue. Remove "
                    "--resume to start a new run."
                )
            return folder
        folder._check_unused()
        with writable(folder.path):
            folder.path.mkdir(parents=True, exist_ok=True)
        return folder

    def _check_unused(self) -> None:
        """Raise an error if a new run cannot use this folder."""
        path = self.path
        if path.is_symlink() and not path.exists():
            raise RunError(
                f"{path} is a link to {path.readlink()}, which does not exist. Create "
                "that folder, or choose another folder for the run."
            )
        if path.is_file():
            raise RunError(f"{path} is a file. Choose a folder for the run.")
        if self.is_run:
            raise RunError(
                f"{path} already contains a run. Choose another folder, or continue "
                "the run with --resume."
            )
        if not self.is_empty:
            raise RunError(f"{path} is not empty. Choose another folder for the run.")

    @classmethod
    def create_next(cls, root: str | Path, name: str) -> "RunFolder":
        """Create the folder `root/name-N`, where N is the highest number in use plus 1.

        Processes that call this method at the same time get different folders.

        Args:
            root: folder that contains all runs; it is created if it does not exist.
            name: base name of the run, such as the name of the data set.

        Raises:
            InputError: the folder that contains all runs is not writable.
        """
        with writable(Path(root)):
            return cls(make_next(Path(root), name))

    @classmethod
    def open(cls, path: str | Path) -> "RunFolder":
        """Open an existing run, given the path of its folder or of a file in it.

        Raises:
            InputError: the argument is not a path.
            RunError: the folder does not exist, or contains no run.
        """
        if not isinstance(path, str | os.PathLike):
            raise InputError(
                "A run must be passed as the path of its folder, but got a "
                f"{type(path).__name__}. Write assay.load('runs/NAME')."
            )
        folder = run_of(path) or cls(path)
        if not folder.path.is_dir():
            raise RunError(f"{folder.path} is not a folder. Use the folder of a run.")
        if not folder.is_run:
            raise RunError(
                f"{folder.path} does not contain a run, because it has none of "
                f"{', '.join(FILES)}. Use the folder of a run."
            )
        return folder

    @property
    def is_empty(self) -> bool:
        """Whether the folder does not exist or contains no files.

        The lock file and temporary files are ignored, because they may have been left
        by a process that was killed at startup.
        """
        if not self.path.is_dir():
            return True
        return all(p.name == LOCK or is_leftover(p) for p in self.path.iterdir())

    @property
    def has_leftovers(self) -> bool:
        """Whether killed processes left temporary files in the folder."""
        return any(leftovers(self.path))

    def lock(self, of: str = "run") -> RunLock:
        """Lock the run for writing, and delete the leftovers of killed processes.

        Args:
            of: what the folder contains, "run" or "race", for the error message.

        Raises:
            InputError: another process is writing to the folder, or the folder is not
                writable.
        """
        with writable(self.path):
            lock = RunLock(self.path, of)
            remove_leftovers(self.path)
        return lock

    @property
    def is_run(self) -> bool:
        """Whether the folder contains at least one file of a run."""
        # Ignore the ledger, because the folder that contains all runs has one, too.
        names = (name for name in FILES if name != "ledger.jsonl")
        return any((self.path / name).is_file() for name in names)

    def write_summary(self, summary: Summary) -> None:
        """Write `run.json` and add the records version if it is missing.

        Raises:
            RunError: the summary is invalid; the message lists every fault.
        """
        plain = to_plain(summary)
        if "assay" in plain and "version" not in plain:
            plain = {"assay": plain.pop("assay"), "version": RECORDS_VERSION, **plain}
        faults = summary_faults(plain)
        if faults:
            raise RunError(f"run.json cannot be written: {'; '.join(faults)}")
        self.write_json("run.json", plain)

    def append(self, *events: Event) -> None:
        """Append events to `events.jsonl` in one write."""
        lines = [to_canonical_json(event) for event in events]
        append_lines(self.path_of("events.jsonl"), lines, sync=False)

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return all events, or the events of one kind, as plain values, oldest first.

        Incomplete lines, which killed processes may leave behind, are skipped. Other
        lines that are not events are skipped with a warning.
        """
        events = read_lines(self.path_of("events.jsonl"), is_valid=is_event)
        return [e for e in events if kind is None or e["kind"] == kind]

    def summary(self) -> Summary:
        """Return the contents of `run.json`.

        Raises:
            RunError: the file does not exist, has a newer version, or is invalid; the
                message lists every fault.
        """
        value = self.read_json("run.json")
        # A newer version may have other fields, so check the version first.
        is_object = isinstance(value, dict)
        version = cast("dict[str, Any]", value).get("version") if is_object else None
        if isinstance(version, int) and version > RECORDS_VERSION:
            raise RunError(
                f"{self.path_of('run.json')} has version {version}, but this version "
                f"of Assay supports only versions up to {RECORDS_VERSION}. Install a "
                "newer version."
            )
        faults = summary_faults(value)
        if faults:
            raise invalid_file(self.path_of("run.json"), faults)
        # The folder may have been renamed or copied.
        return cast(Summary, {**value, "run": self.name})


def run_folders(root: str | Path) -> list[RunFolder]:
    """Return all run folders in a folder, sorted by name and number."""
    root = Path(root)
    paths = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    folders = [RunFolder(path) for path in by_number(paths)]
    return [folder for folder in folders if folder.is_run]


def named_run(name: str) -> RunFolder | None:
    """Return the run at a path, or the run with this name in `runs`, if one exists."""
    return run_of(name) or run_of(Path("runs") / name)


def run_of(path: str | Path) -> RunFolder | None:
    """Return the run in a folder, or the run that a file belongs to, if there is one.

    The file does not need to exist. For example, unfinished runs have no `run.json`.
    """
    path = Path(path)
    if RunFolder(path).is_run:
        return RunFolder(path)
    if path.exists() or path.name in FILES:
        folders = [RunFolder(parent) for parent in list(path.parents)[:_DEPTH]]
        return next((folder for folder in folders if folder.is_run), None)
    return None

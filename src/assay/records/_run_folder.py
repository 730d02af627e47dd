"""The folder of a run, with methods to read and write its files."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

from assay._errors import RunError
from assay.records._atomic_files import (
    append_lines,
    is_leftover,
    leftovers,
    read_lines,
    remove_leftovers,
    writable,
    write_atomically,
)
from assay.records._event_check import is_event
from assay.records._events import EVENTS, RECORDS_VERSION, Event
from assay.records._form import form_faults
from assay.records._json import parse_json, to_canonical_json, to_plain
from assay.records._run_lock import LOCK, RunLock
from assay.records._run_names import by_number, make_next
from assay.records._summary import FORMS, Summary, summary_faults

if (
    TYPE_CHECKING
):  # importing NumPy takes longer than importing the rest of this package
    import numpy as np

__all__ = ["FILES", "RunFolder", "run_folders"]

FILES = {
    "experiment.toml": "the experiment as requested",
    "resolved.json": "all values that were used",
    "data.json": "the description of the data",
    "split.npz": "the rows of train, val and test",
    "events.jsonl": "the events of the run, one per line",
    "iterations.parquet": "the measurements at each iteration",
    "epochs.parquet": "the measurements after each epoch",
    "monitors.parquet": "the measurements of each layer",
    "ledger.jsonl": "all openings of the test part",
    "test_predictions.parquet": "the target and the prediction of each test row",
    "report.html": "the report",
    "run.json": "the summary",
}
"""The files that a run writes, with descriptions of their contents."""


class RunFolder:
    """The folder of a run.

    Files are replaced atomically, and lines are appended in one write. Readers never
    see half-written files, even during a run or after the process was killed.

    Args:
        path: path of the folder; see `create`, `create_next` and `open`.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    @property
    def name(self) -> str:
        """The name of the run, which is the name of its folder."""
        return self.path.name

    @classmethod
    def create(cls, path: str | Path, *, resume: bool = False) -> "RunFolder":
        """Create the folder of a new run, or open an existing folder to continue a run.

        Args:
            path: path of the folder; an existing folder must be empty.
            resume: whether to continue the run in the folder.

        Raises:
            InputError: the folder cannot be written.
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
        if folder.path.is_symlink() and not folder.path.exists():
            raise RunError(
                f"{folder.path} is a link to {folder.path.readlink()}, which does not "
                "exist. Create that folder, or choose another folder for the run."
            )
        if folder.path.is_file():
            raise RunError(f"{folder.path} is a file. Choose a folder for the run.")
        if folder.is_run:
            raise RunError(
                f"{folder.path} already contains a run. Choose another folder, or "
                "continue the run with --resume."
            )
        if not folder.is_empty:
            raise RunError(
                f"{folder.path} is not empty. Choose another folder for the run."
            )
        with writable(folder.path):
            folder.path.mkdir(parents=True, exist_ok=True)
        return folder

    @classmethod
    def create_next(cls, root: str | Path, name: str) -> "RunFolder":
        """Create the folder `root/name-N`, with N one above the highest number in use.

        Processes that call this method at the same time get different folders.

        Args:
            root: folder of all runs, which is created if it does not exist.
            name: base name of the run, such as the name of the data set.

        Raises:
            InputError: the folder of all runs cannot be written.
        """
        with writable(Path(root)):
            return cls(make_next(Path(root), name))

    @classmethod
    def open(cls, path: str | Path) -> "RunFolder":
        """Open the folder of an existing run.

        Raises:
            RunError: the folder does not exist, or contains no run.
        """
        folder = cls(path)
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

        A lock and temporary files, which a process killed at its start may leave, do
        not count.
        """
        if not self.path.is_dir():
            return True
        return all(p.name == LOCK or is_leftover(p) for p in self.path.iterdir())

    @property
    def has_leftovers(self) -> bool:
        """Whether killed processes left temporary files in the folder."""
        return any(leftovers(self.path))

    def lock(self, of: str = "run") -> RunLock:
        """Lock the run for writing, and delete temporary files of killed processes.

        Args:
            of: "run" or "race", for the error message.

        Raises:
            InputError: another process is writing the run, or the folder cannot be
                written.
        """
        with writable(self.path):
            lock = RunLock(self.path, of)
            remove_leftovers(self.path)
        return lock

    @property
    def is_run(self) -> bool:
        """Whether the folder contains any file of a run."""
        # Ignore the ledger, because the folder of all runs contains one too.
        names = (name for name in FILES if name != "ledger.jsonl")
        return any((self.path / name).is_file() for name in names)

    def exists(self, name: str) -> bool:
        """Return whether the folder contains a file."""
        return self.path_of(name).exists()

    def path_of(self, name: str) -> Path:
        """Return the path of a file of the run, such as "model/model.json".

        Raises:
            ValueError: the path would be outside the folder.
        """
        path = Path(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"{name!r} is not a path inside the run folder")
        return self.path / path

    def write_bytes(self, name: str, data: bytes) -> None:
        """Write a file atomically."""
        path = self.path_of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)

    def write_text(self, name: str, text: str) -> None:
        """Write a file of UTF-8 text atomically."""
        self.write_bytes(name, text.encode())

    def write_json(self, name: str, value: object) -> None:
        """Write a value as indented canonical JSON atomically."""
        self.write_text(name, to_canonical_json(value, indent=2) + "\n")

    def write_npz(self, name: str, **arrays: "np.ndarray") -> None:
        """Write named arrays as a compressed NumPy archive atomically."""
        import numpy as np

        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        self.write_bytes(name, buffer.getvalue())

    def write_parquet(self, name: str, columns: "Mapping[str, np.ndarray]") -> None:
        """Write columns of equal length as a Parquet file atomically."""
        import polars

        buffer = io.BytesIO()
        polars.DataFrame(dict(columns)).write_parquet(buffer)
        self.write_bytes(name, buffer.getvalue())

    def write_summary(self, summary: Summary) -> None:
        """Write `run.json`, and add the records version if it is missing.

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

    def append_event(self, kind: str, **data: Any) -> None:
        """Append an event, given its kind and fields; see `EVENTS`.

        Raises:
            TypeError: the fields do not match the kind.
            KeyError: the kind does not exist.
        """
        self.append(EVENTS[kind](**data))

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return all events, or the events of one kind, as plain values in order.

        Incomplete lines, which a killed process may leave, are skipped. Other lines
        that are not events are skipped with a warning.
        """
        events = read_lines(self.path_of("events.jsonl"), is_valid=is_event)
        return [e for e in events if kind is None or e["kind"] == kind]

    def read_bytes(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            RunError: the file does not exist.
        """
        path = self.path_of(name)
        if not path.is_file():
            content = f" ({FILES[name]})" if name in FILES else ""
            raise RunError(
                f"{self.path} has no {name}{content}: the run stopped before writing "
                "it, or it was deleted. Continue the run with --resume."
            )
        return path.read_bytes()

    def read_text(self, name: str) -> str:
        """Return the text of a file; raise a RunError if it does not exist."""
        return self.read_bytes(name).decode()

    def read_json(self, name: str) -> Any:
        """Return the values in a JSON file.

        Raises:
            RunError: the file does not exist or is not JSON.
        """
        try:
            return parse_json(self.read_bytes(name))
        except ValueError as error:
            raise RunError(
                f"{self.path_of(name)} is not JSON: {error}. Restore the file, or run "
                "the experiment again in another folder."
            ) from None

    def read_object(self, name: str) -> dict[str, Any]:
        """Return the object in a JSON file.

        Raises:
            RunError: the file does not exist, is not JSON, or contains no object, or
                its fields have other types (see `FORMS`).
        """
        value = self.read_json(name)
        if not isinstance(value, dict):
            raise RunError(
                f"{self.path_of(name)} must contain an object, not "
                f"{type(value).__name__}. Restore the file, or run the experiment "
                "again in another folder."
            )
        faults = form_faults(FORMS[name], value) if name in FORMS else []
        if faults:
            self._refuse(name, faults)
        return cast("dict[str, Any]", value)

    def read_npz(self, name: str, *required: str) -> "dict[str, np.ndarray]":
        """Return the arrays of a NumPy archive.

        Raises:
            RunError: the file is damaged, or lacks a required array.
        """
        import numpy as np

        data = io.BytesIO(self.read_bytes(name))
        try:
            with np.load(data, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
        except Exception as error:
            raise RunError(f"{self.path_of(name)} cannot be read: {error}") from None
        missing = [key for key in required if key not in arrays]
        if missing:
            raise RunError(
                f"{self.path_of(name)} lacks the arrays {missing}. Restore the file."
            )
        return arrays

    def read_parquet(self, name: str) -> "dict[str, np.ndarray]":
        """Return the columns of a Parquet file; raise a RunError if it is damaged."""
        import polars

        data = io.BytesIO(self.read_bytes(name))
        try:
            frame = polars.read_parquet(data)
        except polars.exceptions.PolarsError as error:
            raise RunError(f"{self.path_of(name)} cannot be read: {error}") from None
        return {column: frame[column].to_numpy() for column in frame.columns}

    def summary(self) -> Summary:
        """Return the content of `run.json`.

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
                f"of Assay supports up to {RECORDS_VERSION}. Install a newer version."
            )
        faults = summary_faults(value)
        if faults:
            self._refuse("run.json", faults)
        return cast(Summary, value)

    def _refuse(self, name: str, faults: Sequence[str]) -> NoReturn:
        raise RunError(
            f"{self.path_of(name)} is not valid: {'; '.join(faults)}. Restore the "
            "file, or run the experiment again in another folder."
        )


def run_folders(root: str | Path) -> list[RunFolder]:
    """Return the folders of all runs in a folder, sorted by name and number."""
    root = Path(root)
    paths = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    folders = [RunFolder(path) for path in by_number(paths)]
    return [folder for folder in folders if folder.is_run]

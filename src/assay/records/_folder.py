"""The folder of a run: what is in it, written so that a kill never spoils it."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assay._errors import RunError
from assay.records._events import EVENTS, RECORDS_VERSION, Event
from assay.records._json import to_canonical_json, to_plain
from assay.records._naming import by_number, make_next
from assay.records._summary import Summary, summary_faults
from assay.records._writing import (
    append_lines,
    read_lines,
    remove_leftovers,
    write_atomically,
)

if TYPE_CHECKING:  # importing NumPy takes longer than all of this family
    import numpy as np

__all__ = ["FILES", "RunFolder", "run_folders"]

FILES = {
    "experiment.toml": "what was asked for",
    "resolved.json": "every value that was used",
    "data.json": "what the data are",
    "split.npz": "which rows train, validate and test",
    "events.jsonl": "what happened, one event a line",
    "iterations.parquet": "what was measured at each iteration",
    "ledger.jsonl": "each opening of the test part",
    "report.html": "the report",
    "run.json": "the summary",
}
"""The files a run writes, and what is in them."""


class RunFolder:
    """The folder of one run.

    Whole files are replaced in one step, lines are appended in one write. So a
    reader beside a running run, or after a kill, finds every file old or new.

    Args:
        path: the folder; see `create`, `create_next` and `open`.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    @property
    def name(self) -> str:
        """The name of the run: that of its folder."""
        return self.path.name

    @classmethod
    def create(cls, path: str | Path, *, resume: bool = False) -> "RunFolder":
        """Make the folder of a new run, or take one to continue.

        Args:
            path: where; may exist if it is empty.
            resume: continue the run that is there.

        Raises:
            RunError: something is there already, or there is nothing to continue.
        """
        folder = cls(path)
        if resume:
            if not folder.is_run:
                raise RunError(
                    f"{folder.path} holds no run to continue. Leave --resume out to "
                    "start one."
                )
            remove_leftovers(folder.path)
            return folder
        if folder.path.is_file():
            raise RunError(f"{folder.path} is a file. Name another folder for the run.")
        if folder.is_run:
            raise RunError(
                f"{folder.path} already holds a run. Name another folder, or continue "
                "it with --resume."
            )
        if folder.path.is_dir() and any(folder.path.iterdir()):
            raise RunError(
                f"{folder.path} is not empty. Name another folder for the run."
            )
        folder.path.mkdir(parents=True, exist_ok=True)
        return folder

    @classmethod
    def create_next(cls, root: str | Path, name: str) -> "RunFolder":
        """Make the folder `root/name-N` for the number after the highest in use.

        Two processes that ask at once get two folders.

        Args:
            root: the folder of all runs; made if absent.
            name: what the run is about, such as the data set's name.
        """
        return cls(make_next(Path(root), name))

    @classmethod
    def open(cls, path: str | Path) -> "RunFolder":
        """Take the folder of a run to read it.

        Raises:
            RunError: there is no folder, or no run in it.
        """
        folder = cls(path)
        if not folder.path.is_dir():
            raise RunError(f"{folder.path} is not a folder. Name the folder of a run.")
        if not folder.is_run:
            raise RunError(
                f"{folder.path} holds no run: none of {', '.join(FILES)} is in it."
            )
        return folder

    @property
    def is_run(self) -> bool:
        """Whether any file of a run is there."""
        # a ledger alone is that of the folder of all runs
        own = (name for name in FILES if name != "ledger.jsonl")
        return any((self.path / name).is_file() for name in own)

    def exists(self, name: str) -> bool:
        """Say whether the run has written this file."""
        return self.path_of(name).exists()

    def path_of(self, name: str) -> Path:
        """Return where a file of the run is, such as "model/parameters.safetensors".

        Raises:
            ValueError: the name leads out of the folder.
        """
        path = Path(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"{name!r} is not the name of a file in a run")
        return self.path / path

    def write_bytes(self, name: str, data: bytes) -> None:
        """Write a file in one step."""
        path = self.path_of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)

    def write_text(self, name: str, text: str) -> None:
        """Write a file of UTF-8 text in one step."""
        self.write_bytes(name, text.encode())

    def write_json(self, name: str, value: object) -> None:
        """Write a value as indented canonical JSON in one step."""
        self.write_text(name, to_canonical_json(value, indent=2) + "\n")

    def write_npz(self, name: str, **arrays: "np.ndarray") -> None:
        """Write named arrays as a compressed NumPy archive in one step."""
        import numpy as np

        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        self.write_bytes(name, buffer.getvalue())

    def write_parquet(self, name: str, columns: "Mapping[str, np.ndarray]") -> None:
        """Write columns of equal length as a Parquet file in one step."""
        import polars

        buffer = io.BytesIO()
        polars.DataFrame(dict(columns)).write_parquet(buffer)
        self.write_bytes(name, buffer.getvalue())

    def write_summary(self, summary: Summary) -> None:
        """Write `run.json`; the version of the records is added if absent.

        Raises:
            RunError: it has not the form of a Summary; tells every fault.
        """
        plain = to_plain(summary)
        if "assay" in plain and "version" not in plain:
            plain = {"assay": plain.pop("assay"), "version": RECORDS_VERSION, **plain}
        faults = summary_faults(plain)
        if faults:
            raise RunError(f"run.json cannot be written: {'; '.join(faults)}")
        self.write_json("run.json", plain)

    def append(self, *events: Event) -> None:
        """Append events to `events.jsonl`, all in one write."""
        lines = [to_canonical_json(event) for event in events]
        append_lines(self.path_of("events.jsonl"), lines, sync=False)

    def append_event(self, kind: str, **data: Any) -> None:
        """Append one event by its kind and fields; see `EVENTS`.

        Raises:
            TypeError: the fields are not those of the kind.
            KeyError: there is no such kind.
        """
        self.append(EVENTS[kind](**data))

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the events as plain values, in order; of one kind if named.

        A last line that a kill cut short is left out. `parse_event` types them.
        """
        records = read_lines(self.path_of("events.jsonl"))
        return [r for r in records if kind is None or r.get("kind") == kind]

    def read_bytes(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            RunError: the run has not written it.
        """
        path = self.path_of(name)
        if not path.is_file():
            holds = f" ({FILES[name]})" if name in FILES else ""
            raise RunError(
                f"{self.path} lacks {name}{holds}: the run stopped before writing it, "
                "or it was deleted. Continue the run with --resume."
            )
        return path.read_bytes()

    def read_text(self, name: str) -> str:
        """Return the text of a file; RunError where it is absent."""
        return self.read_bytes(name).decode()

    def read_json(self, name: str) -> Any:
        """Return the values of a JSON file.

        Raises:
            RunError: it is absent or not JSON.
        """
        try:
            return json.loads(self.read_bytes(name))
        except ValueError as error:
            raise RunError(f"{self.path_of(name)} is not JSON: {error}") from None

    def read_npz(self, name: str) -> "dict[str, np.ndarray]":
        """Return the arrays of a NumPy archive; RunError where absent or damaged."""
        import numpy as np

        data = io.BytesIO(self.read_bytes(name))
        try:
            with np.load(data, allow_pickle=False) as archive:
                return {key: archive[key] for key in archive.files}
        except Exception as error:
            raise RunError(f"{self.path_of(name)} cannot be read: {error}") from None

    def read_parquet(self, name: str) -> "dict[str, np.ndarray]":
        """Return the columns of a Parquet file; RunError where absent or damaged."""
        import polars

        data = io.BytesIO(self.read_bytes(name))
        try:
            frame = polars.read_parquet(data)
        except polars.exceptions.PolarsError as error:
            raise RunError(f"{self.path_of(name)} cannot be read: {error}") from None
        return {column: frame[column].to_numpy() for column in frame.columns}

    def summary(self) -> Summary:
        """Return `run.json`.

        Raises:
            RunError: it is absent, of a newer version, or not whole; says what.
        """
        value = self.read_json("run.json")
        version = value.get("version") if isinstance(value, dict) else None
        if isinstance(version, int) and version > RECORDS_VERSION:
            raise RunError(
                f"{self.path_of('run.json')} is of version {version}, this program "
                f"reads up to {RECORDS_VERSION}; install a newer one"
            )
        faults = summary_faults(value)
        if faults:
            raise RunError(f"{self.path_of('run.json')}: {'; '.join(faults)}")
        return cast(Summary, value)


def run_folders(root: str | Path) -> list[RunFolder]:
    """Return the runs in a folder, in the order of their names and numbers."""
    root = Path(root)
    paths = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    folders = [RunFolder(path) for path in by_number(paths)]
    return [folder for folder in folders if folder.is_run]

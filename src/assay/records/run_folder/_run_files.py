"""Reads and writes the files of a run in various formats."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assay._errors import RunError
from assay._lengths._of_parquet import check_parquet_lengths
from assay.records._atomic_files import (
    write_atomically,
)
from assay.records._form import form_faults
from assay.records._json import parse_json, to_canonical_json
from assay.records._summary import FORMS

# Importing NumPy is slower than importing the rest of this package.
if TYPE_CHECKING:
    import numpy as np

__all__ = ["FILES", "RunFiles", "invalid_file"]

FILES = {
    "experiment.toml": "the experiment as specified by the user",
    "resolved.json": "the settings and versions that were used",
    "data.json": "the description of the data",
    "split.npz": "the rows in train, val and test",
    "events.jsonl": "the events of the run, one per line",
    "iterations.parquet": "the measurements at each iteration",
    "epochs.parquet": "the measurements after each epoch",
    "monitors.parquet": "the measurements of each layer",
    "ledger.jsonl": "all openings of the test set",
    "test_predictions.parquet": "the target and the prediction for each test row",
    "report.html": "the report",
    "run.json": "the summary",
}
"""The files that a run writes, with descriptions of their contents."""


class RunFiles:
    """The files in the folder of a run.

    Files are replaced atomically, so readers never see partially written files, even if
    the process is killed.

    Args:
        path: path of the folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    @property
    def name(self) -> str:
        """The name of the run, which is also the name of its folder."""
        return self.path.name

    def exists(self, name: str) -> bool:
        """Return whether the folder contains a file with this name."""
        return self.path_of(name).exists()

    def path_of(self, name: str) -> Path:
        """Return the path of one of the run's files, such as "model/model.json".

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
        """Atomically write text as UTF-8."""
        self.write_bytes(name, text.encode())

    def write_json(self, name: str, value: object) -> None:
        """Atomically write a value as indented canonical JSON."""
        self.write_text(name, to_canonical_json(value, indent=2) + "\n")

    def write_npz(self, name: str, **arrays: "np.ndarray") -> None:
        """Atomically write named arrays to a compressed NumPy archive."""
        import numpy as np

        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        self.write_bytes(name, buffer.getvalue())

    def write_parquet(self, name: str, columns: "Mapping[str, np.ndarray]") -> None:
        """Atomically write columns of equal length to a Parquet file."""
        import polars

        buffer = io.BytesIO()
        polars.DataFrame(dict(columns)).write_parquet(buffer)
        self.write_bytes(name, buffer.getvalue())

    def read_bytes(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            RunError: the file does not exist.
        """
        path = self.path_of(name)
        if not path.is_file():
            content = f" ({FILES[name]})" if name in FILES else ""
            if self.path_of("run.json").is_file():  # the run has finished
                raise RunError(
                    f"{self.path} has no {name}{content}: the file was deleted. "
                    "Restore it, or run the experiment again in another folder."
                )
            raise RunError(
                f"{self.path} has no {name}{content}: the run stopped before writing "
                "the file, or the file was deleted. Continue the run with --resume."
            )
        return path.read_bytes()

    def read_text(self, name: str) -> str:
        """Return the text of a file, or raise a RunError if it does not exist."""
        return self.read_bytes(name).decode()

    def read_json(self, name: str) -> Any:
        """Return the value in a JSON file.

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
            RunError: the file does not exist, is not JSON or does not contain an
                object, or its fields do not have the types in `FORMS`.
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
            raise invalid_file(self.path_of(name), faults)
        return cast("dict[str, Any]", value)

    def read_npz(self, name: str, *required: str) -> "dict[str, np.ndarray]":
        """Return the arrays in a NumPy archive.

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
        """Return the columns in a Parquet file; raise a RunError if it is damaged."""
        import polars

        data = io.BytesIO(self.read_bytes(name))
        try:
            check_parquet_lengths(self.path_of(name))
            frame = polars.read_parquet(data)
        except (
            ValueError,
            polars.exceptions.PolarsError,
            polars.exceptions.PanicException,  # not a subclass of Exception
        ) as error:
            raise RunError(f"{self.path_of(name)} cannot be read: {error}") from None
        return {column: frame[column].to_numpy() for column in frame.columns}


def invalid_file(path: Path, faults: Sequence[str]) -> RunError:
    """Return an error that lists all faults in a file."""
    return RunError(
        f"{path} is not valid: {'; '.join(faults)}. Restore the file, or run the "
        "experiment again in another folder."
    )

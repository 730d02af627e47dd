"""The live log, from which other processes read a run's progress during training."""

import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from assay.records._atomic_files import append_lines, parse_line
from assay.records._json import to_canonical_json
from assay.records.run_folder._run_folder import RunFolder

__all__ = ["LIVE", "LiveLog", "new_lines", "read_live", "read_new_lines"]

LIVE = "live.jsonl"
"""Name of the log, which is removed when the run finishes."""

# Limits the memory needed to read a long log.
_MOST_BYTES = 4_000_000
_DIGITS = 6


class LiveLog:
    """Collects records in memory and appends them to the live log of a run.

    Adding a record is thread-safe and takes microseconds.

    Args:
        folder: folder of the run.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.path_of(LIVE)
        self._started = time.monotonic()
        self._waiting: deque[dict[str, Any]] = deque()
        self._writing = threading.Lock()

    @property
    def seconds(self) -> float:
        """Time since the log was opened."""
        return round(time.monotonic() - self._started, 3)

    def add(self, kind: str, **fields: Any) -> None:
        """Add a record, which the next `flush` writes."""
        self._waiting.append({"kind": kind, "seconds": self.seconds, **fields})

    def flush(self) -> None:
        """Write the collected records to the log."""
        with self._writing:
            records = [self._waiting.popleft() for _ in range(len(self._waiting))]
            lines = [_to_json(record) for record in records]
            append_lines(self._path, lines, sync=False)


def _to_json(record: dict[str, Any]) -> str:
    """Convert a record to a line of JSON, rounding numbers in lists to save space."""
    fields = {
        name: list(map(_rounded, value)) if isinstance(value, list) else value
        for name, value in record.items()
    }
    return to_canonical_json(fields)


def _rounded(value: Any) -> Any:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def read_live(
    folder: RunFolder | str | Path, cursor: int = 0
) -> tuple[list[dict[str, Any]], int]:
    """Return the new records in the live log of a run, and the next cursor.

    If the last line is incomplete, a later call returns it. The log exists only during
    training, so no records are returned before or after training.

    Args:
        folder: folder of the run.
        cursor: cursor returned by the previous call; 0 for the beginning of the log.
    """
    path = Path(folder.path if isinstance(folder, RunFolder) else folder) / LIVE
    return read_new_lines(path, cursor)


def read_new_lines(path: Path, cursor: int) -> tuple[list[dict[str, Any]], int]:
    """Return the JSON objects in a file's new lines, and the next position."""
    lines, cursor = new_lines(path, cursor)
    records = map(parse_line, lines)
    return [record for record in records if record is not None], cursor


def new_lines(path: Path, cursor: int) -> tuple[list[bytes], int]:
    """Return the complete lines that follow a byte position, and the next position.

    If the file was replaced by a shorter one, it is read from the beginning. If it does
    not exist, an empty list is returned.
    """
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            cursor = cursor if 0 <= cursor <= size else 0
            file.seek(cursor)
            data = file.read(_MOST_BYTES)
            # A single line may exceed the limit.
            if len(data) == _MOST_BYTES and b"\n" not in data:
                data += file.readline()
    except FileNotFoundError:
        return [], 0
    complete = data[: data.rfind(b"\n") + 1]
    return complete.splitlines(), cursor + len(complete)

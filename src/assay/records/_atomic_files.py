"""Writes files atomically, so that killed processes leave no incomplete files."""

import errno
import itertools
import os
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from assay._errors import InputError
from assay.records._json import parse_json

__all__ = [
    "DamagedLines",
    "append_lines",
    "is_leftover",
    "leftovers",
    "parse_line",
    "read_lines",
    "remove_leftovers",
    "writable",
    "write_atomically",
]

_LEFTOVERS = ".*.tmp"
_count = itertools.count()


_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_FOLDER = (errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)


class DamagedLines(UserWarning):
    """Warning that unreadable lines in a file of records were skipped."""


@contextmanager
def writable(folder: Path) -> Generator[None, None, None]:
    """Context manager that explains why a folder cannot be written to.

    Raises:
        InputError: the folder is not writable, or the path is not a folder.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (*_REFUSED, *_NO_FOLDER):
            raise
        more = ", or make this one writable" * (error.errno in _REFUSED)
        raise InputError(
            f"Cannot write to the folder {folder}: {error.strerror}. Use another "
            f"folder{more}."
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the contents of a file atomically.

    The bytes are written to a temporary file in the same folder and synced to disk.
    Then the temporary file is renamed atomically.
    """
    temporary, descriptor = _open_beside(path)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        if isinstance(error, OSError):  # write errors do not contain the file name
            error.filename = os.fspath(path)
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _open_beside(path: Path) -> tuple[Path, int]:
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    while True:
        name = f".{path.name}.{os.getpid()}-{next(_count)}.tmp"
        temporary = path.with_name(name)
        try:
            return temporary, os.open(temporary, flags, 0o666)
        except FileExistsError:  # left by a killed process with the same process ID
            continue


def sync_folder(folder: Path) -> None:
    """Sync a folder's entries to disk, so that new files survive a power failure."""
    if os.name != "posix":  # Windows cannot open folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_leftover(path: Path) -> bool:
    """Return whether a path is a temporary file left behind by a killed process."""
    return path.match(_LEFTOVERS)


def leftovers(folder: Path) -> Iterator[Path]:
    """Yield the temporary files that killed processes left in a folder."""
    return folder.rglob(_LEFTOVERS)


def remove_leftovers(folder: Path) -> None:
    """Delete temporary files that killed processes left in a folder."""
    for leftover in leftovers(folder):
        leftover.unlink(missing_ok=True)


def append_lines(path: Path, lines: list[str], *, sync: bool) -> None:
    """Append lines in one write, so that lines from several processes do not mix.

    If a killed process left an incomplete last line, a line break is written first, so
    the new lines are not corrupted. If another process is writing at the same time, the
    line break may add an empty line. The file must be on a local file system, because
    appends over NFS are not atomic.

    Args:
        path: path of the file, which is created if it does not exist.
        lines: lines to append, without line breaks.
        sync: whether to wait until the lines have been written to disk.

    Raises:
        OSError: the lines could not be written completely, for example because the
            disk is full.
    """
    data = "".join(line + "\n" for line in lines).encode()
    if not data:
        return
    try:
        is_new = _append(path, data, sync=sync)
    except OSError as error:  # write errors do not contain the file name
        error.filename = os.fspath(path)
        raise
    if sync and is_new:
        sync_folder(path.parent)


def _append(path: Path, data: bytes, *, sync: bool) -> bool:
    """Append complete lines in one write and return whether the file was empty."""
    with open(path, "ab+", buffering=0) as file:
        is_new = file.seek(0, os.SEEK_END) == 0
        if not is_new:
            file.seek(-1, os.SEEK_END)
            data = data if file.read(1) == b"\n" else b"\n" + data
        if file.write(data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path))
        if sync:
            os.fsync(file.fileno())
    return is_new


def read_lines(
    path: Path, *, is_valid: Callable[[dict[str, Any]], bool] | None = None
) -> list[dict[str, Any]]:
    """Return the JSON objects in a file with one object per line.

    Incomplete lines, which killed processes may leave behind, are skipped silently.
    Other unreadable lines are skipped with a warning, because several runs may share
    the file, and a damaged line from one run must not stop the other runs. If the file
    does not exist, an empty list is returned.

    Args:
        path: path of the file.
        is_valid: function that returns whether an object is a valid record; by default,
            all objects are accepted.
    """
    if not path.exists():
        return []
    records: list[dict[str, Any]] = []
    damaged: list[int] = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        record = parse_line(line)
        if record is not None and (is_valid is None or is_valid(record)):
            records.append(record)
        elif line.strip() and not _is_cut_short(line):
            damaged.append(number)
    if damaged:
        _warn_of_damage(path, damaged)
    return records


def _warn_of_damage(path: Path, lines: list[int]) -> None:
    first = ", ".join(map(str, lines[:5])) + (", …" if len(lines) > 5 else "")
    warnings.warn(
        f"{path}: skipped {len(lines)} damaged line{'s' * (len(lines) > 1)} ({first}). "
        "Repair or remove the damaged lines.",
        DamagedLines,
        stacklevel=3,
    )


def parse_line(line: bytes) -> dict[str, Any] | None:
    """Return the JSON object in a line, or None for any other line."""
    try:
        record = parse_json(line)
    except ValueError:  # an incomplete object is never valid JSON
        return None
    return cast("dict[str, Any]", record) if isinstance(record, dict) else None


def _is_cut_short(line: bytes) -> bool:
    """Return whether a line is an incomplete record left by a killed process."""
    return line.startswith(b"{") and not line.rstrip().endswith(b"}")

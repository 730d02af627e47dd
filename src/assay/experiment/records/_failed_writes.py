"""Error messages for full disks, and for folders that are read-only or were removed."""

import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from assay._errors import FULL, InputError

__all__ = ["failed_write", "removed_folder"]

_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FREE_SPACE = "Free some space."
_ALLOW_WRITING = "Make the folder writable."
_OF_SQLITE = {
    "database or disk is full": ("No space left on device", _FREE_SPACE),
    # SQLite reports this error if a limit on file sizes is reached
    "disk I/O error": ("Disk I/O error", _FREE_SPACE),
    "attempt to write a readonly database": ("Permission denied", _ALLOW_WRITING),
    "unable to open database file": ("Permission denied", _ALLOW_WRITING),
}


def failed_write(error: BaseException | None, folder: Path | None) -> str | None:
    """Return a message with a fix if an error is due to a failed write, otherwise None.

    Args:
        error: an error; its causes are also examined.
        folder: folder to which this process writes. A permission error in another
            folder may be due to reading a file, which is not a failed write.

    Example:
        >>> error = OSError(28, "No space left on device", "runs/digits-1/a.json")
        >>> failed_write(error, Path("runs"))
        'No space left on device while writing runs/digits-1/a.json. Free some space.'
    """
    for cause in _causes(error):
        if isinstance(cause, sqlite3.Error) and str(cause) in _OF_SQLITE:
            reason, fix = _OF_SQLITE[str(cause)]
            return f"{reason} while writing study.db. {fix}"
        if not isinstance(cause, OSError):
            continue
        where = "" if cause.filename is None else f" while writing {cause.filename}"
        if cause.errno in FULL:
            return f"{cause.strerror}{where}. {_FREE_SPACE}"
        is_ours = folder is not None and where and _is_in(cause.filename, folder)
        # an InputError about a folder already contains a fix
        if cause.errno in _REFUSED and is_ours and not isinstance(error, InputError):
            return f"{cause.strerror}{where}. {_ALLOW_WRITING}"
    return None


def removed_folder(error: BaseException | None, folder: Path | None) -> str | None:
    """Return a message if an error is due to the removal of a folder, otherwise None.

    Args:
        error: an error; its causes are also examined.
        folder: folder to which this process writes.

    Example:
        >>> removed_folder(FileNotFoundError(2, "No such file"), Path("runs/gone-1"))
        'The folder runs/gone-1 was removed while it was being written. Start again \
without removing it.'
    """
    if folder is None or folder.is_dir():
        return None
    if not any(isinstance(e, OSError | sqlite3.Error) for e in _causes(error)):
        return None
    return (
        f"The folder {folder} was removed while it was being written. Start again "
        "without removing it."
    )


def _is_in(path: object, folder: Path) -> bool:
    return isinstance(path, str) and Path(path).is_relative_to(folder)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__

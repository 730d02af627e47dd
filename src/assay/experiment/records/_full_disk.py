"""Error messages for full disks."""

import errno
import sqlite3
from collections.abc import Iterator

__all__ = ["full_disk"]

# Quotas and limits on file sizes stop a run in the same way as a full disk.
_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_FULL_SQLITE = {
    "database or disk is full": "No space left on device",
    "disk I/O error": "Disk I/O error",  # due to a limit on the size of files
}


def full_disk(error: BaseException | None) -> str | None:
    """Return a message if an error is due to a full disk, otherwise None.

    Example:
        >>> full_disk(OSError(28, "No space left on device", "runs/digits-1/run.json"))
        'No space left on device while writing runs/digits-1/run.json'
    """
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _FULL:
            where = "" if cause.filename is None else f" while writing {cause.filename}"
            return f"{cause.strerror}{where}"
        if isinstance(cause, sqlite3.Error) and str(cause) in _FULL_SQLITE:
            return f"{_FULL_SQLITE[str(cause)]} while writing study.db"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__

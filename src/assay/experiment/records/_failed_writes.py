"""Error messages for full disks and for folders that became read-only."""

import errno
import sqlite3
from collections.abc import Iterator

__all__ = ["failed_write"]

# Quotas and limits on file sizes stop a run in the same way as a full disk.
_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FREE_SPACE = "Free some space."
_ALLOW_WRITING = "Make the folder writable."
_FIXES = dict.fromkeys(_FULL, _FREE_SPACE) | dict.fromkeys(_REFUSED, _ALLOW_WRITING)
_OF_SQLITE = {
    "database or disk is full": ("No space left on device", _FREE_SPACE),
    # due to a limit on the size of files
    "disk I/O error": ("Disk I/O error", _FREE_SPACE),
    "attempt to write a readonly database": ("Permission denied", _ALLOW_WRITING),
    "unable to open database file": ("Permission denied", _ALLOW_WRITING),
}


def failed_write(error: BaseException | None) -> str | None:
    """Return a message with a fix if an error is due to a failed write, otherwise None.

    Example:
        >>> failed_write(OSError(28, "No space left on device", "runs/digits-1/a.json"))
        'No space left on device while writing runs/digits-1/a.json. Free some space.'
    """
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _FIXES:
            where = "" if cause.filename is None else f" while writing {cause.filename}"
            return f"{cause.strerror}{where}. {_FIXES[cause.errno]}"
        if isinstance(cause, sqlite3.Error) and str(cause) in _OF_SQLITE:
            reason, fix = _OF_SQLITE[str(cause)]
            return f"{reason} while writing study.db. {fix}"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__

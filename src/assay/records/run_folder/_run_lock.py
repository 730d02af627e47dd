"""A lock that allows only one process at a time to write to a run."""

import errno
import shlex
from pathlib import Path
from typing import Any

from assay._errors import InputError

__all__ = ["LOCK", "RunLock"]

LOCK = ".lock"
"""Name of the lock file. The file is never deleted, because two processes could then
lock different files with this name. A lock is released when its process ends."""

_NO_LOCKS = (
    errno.ENOLCK,
    errno.ENOTSUP,
)  # error codes of network file systems without locks


class RunLock:
    """The exclusive right to write to the folder of a run or race.

    Args:
        folder: existing folder of the run or race.
        of: what the folder contains, "run" or "race", for the error message.

    Raises:
        InputError: another process is writing to the folder.
    """

    def __init__(self, folder: Path, of: str = "run") -> None:
        from filelock import (
            FileLock,
            Timeout,
        )  # slow to import, and only a few commands write runs

        self._lock: Any = FileLock(folder / LOCK, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            message = f"Another process is writing to the {of} folder {folder}."
            raise InputError(f"{message} {_next_step(folder, of)}") from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise

    def release(self) -> None:
        """Release the lock, so that other processes can write to the folder."""
        self._lock.release()


def _next_step(folder: Path, of: str) -> str:
    if of == "race":
        return "Use another folder."
    return (
        "Wait for that process to finish, or stop it. If the run then has no result, "
        f"resume it with: assay train --resume --out {shlex.quote(str(folder))}"
    )

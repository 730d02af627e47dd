"""The lock of a run, which only one process at a time may write."""

import errno
import shlex
from pathlib import Path
from typing import Any

from assay._errors import InputError

__all__ = ["LOCK", "RunLock"]

LOCK = ".lock"
"""The locked file. It stays in the folder, because deleting it would allow two
processes to lock two files of the same name. The lock ends with its process."""

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP)  # some network file systems lack locks


class RunLock:
    """The exclusive right to write a run.

    Args:
        folder: existing folder of the run.

    Raises:
        InputError: another process is writing the run.
    """

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock, Timeout  # slow to import, and few commands write

        self._lock: Any = FileLock(folder / LOCK, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            command = f"assay train --resume --out {shlex.quote(str(folder))}"
            raise InputError(
                f"Another process is writing the run {folder}. Wait for that process "
                "to finish, or stop it; if the run has no result by then, resume it "
                f"with: {command}"
            ) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise

    def release(self) -> None:
        """Let another process write the run."""
        self._lock.release()

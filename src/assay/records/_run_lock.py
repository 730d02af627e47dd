"""The lock of a run: one process writes it at a time."""

import errno
import shlex
from pathlib import Path
from typing import Any

from assay._errors import InputError

__all__ = ["LOCK", "RunLock"]

LOCK = ".lock"
"""The locked file. It stays in the folder: deleting it would let two processes lock two
files of the same name. The lock itself ends with the process that has it."""

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP)  # some network file systems have none


class RunLock:
    """The right to write a run, which one process has at a time.

    Args:
        folder: of the run; it exists.

    Raises:
        InputError: another process writes the run.
    """

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock, Timeout  # takes a while, and few commands write

        self._lock: Any = FileLock(folder / LOCK, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            command = f"assay train --resume --out {shlex.quote(str(folder))}"
            raise InputError(
                f"Another process is writing the run {folder}, and a run has one "
                "writer. Wait for that process to finish or stop it; if the run has no "
                f"result by then, resume it with: {command}"
            ) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise

    def release(self) -> None:
        """Let another process write the run."""
        self._lock.release()

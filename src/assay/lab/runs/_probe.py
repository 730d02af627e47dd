"""Reads files in a separate process first, so that a damaged file cannot end the lab.

The reader of Parquet and Arrow files trusts the lengths in them. If one is damaged, it
allocates more memory than is available, and the system ends the whole process.
"""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from assay._errors import InputError

__all__ = ["check_file"]

_SUFFIXES = (".parquet", ".pq", ".arrow", ".feather", ".ipc")
_READ = """
import sys
from assay import AssayError
from assay.data import read
try:
    read(sys.argv[1])
except AssayError:  # the lab will report the fault
    pass
"""


def check_file(path: str | Path) -> None:
    """Raise an InputError if reading a file would end the process.

    Files that do not exist, or have other formats, are not read.
    """
    path = Path(path)
    if path.suffix.lower() not in _SUFFIXES:
        return
    try:
        found = path.stat()
    except OSError:  # the lab will report the fault
        return
    if not _can_be_read(path, found.st_mtime_ns, found.st_size):
        raise InputError(f"The file {path.name!r} is damaged. Write it again.")


@lru_cache(maxsize=100)
def _can_be_read(path: Path, changed: int, size: int) -> bool:
    command = [sys.executable, "-c", _READ, str(path)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode == 0

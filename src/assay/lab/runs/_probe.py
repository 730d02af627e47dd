"""Reads files in a separate process first, so a damaged file cannot crash the lab.

The reader for Parquet and Arrow files trusts the lengths stored in a file. If a length
is damaged, the reader may request more memory than is available. The operating system
then kills the process.
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
except AssayError:  # the lab will report the error
    pass
"""


def check_file(path: str | Path) -> None:
    """Raise an InputError if reading a file would crash the process.

    Nonexistent files and files in other formats are ignored.
    """
    path = Path(path)
    if path.suffix.lower() not in _SUFFIXES:
        return
    try:
        found = path.stat()
    except OSError:  # the lab will report the error
        return
    if not _can_be_read(path, found.st_mtime_ns, found.st_size):
        raise InputError(f"The file {path.name!r} is damaged. Create it again.")


@lru_cache(maxsize=100)
def _can_be_read(path: Path, changed: int, size: int) -> bool:
    command = [sys.executable, "-c", _READ, str(path)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode == 0

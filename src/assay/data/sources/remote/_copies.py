"""The download folder, which contains local copies of remote data."""

import atexit
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock
from platformdirs import user_cache_path

from assay._errors import InputError, fault

__all__ = [
    "check_disk",
    "copies_folder",
    "find_copy",
    "keep_copy",
    "keep_while_running",
]

DISK_FRACTION = 0.9
"""Maximum fraction of the free disk space that one source may fill."""

_UNUSED_SECONDS = 30 * 24 * 3600
_PART, _LOCK = ".part", ".lock"


def copies_folder() -> Path:
    """Return the download folder, which `ASSAY_DOWNLOADS` can override.

    Raises:
        InputError: the folder cannot be created.
    """
    wanted = os.environ.get("ASSAY_DOWNLOADS", "")
    # appauthor=False avoids a nested "assay/assay" folder on Windows.
    default = user_cache_path("assay", appauthor=False) / "downloads"
    folder = Path(wanted) if wanted else default
    try:
        # The data may be private, so other users must not be able to read it.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder {str(folder)!r} for downloaded data cannot be created: "
            f"{error.strerror}. Set ASSAY_DOWNLOADS to another folder."
        ) from None
    return folder


def find_copy(version: Any, name: str) -> Path | None:
    """Return the local copy of a source, or None if it has not been downloaded.

    Args:
        version: plain values that change whenever the source changes.
        name: name of the file or folder.
    """
    folder = copies_folder() / _key(version)
    if not (folder / name).exists():
        return None
    with suppress(OSError):  # a folder shared by several users may be read-only
        os.utime(folder)  # marks the copy as used
    return folder / name


def keep_copy(version: Any, name: str, download: Callable[[Path], None]) -> Path:
    """Return the local copy of a source, downloading it if necessary.

    An interrupted download leaves a folder that the next download reuses. Only one
    process at a time downloads a given version.

    Args:
        version: plain values that change whenever the source changes.
        name: name of the file or folder.
        download: function that writes the file or folder to the given path.
    """
    root, key = copies_folder(), _key(version)
    with FileLock(root / f"{key}{_LOCK}"):
        if (path := find_copy(version, name)) is not None:
            return path
        _remove_unused(root)
        part = root / f"{key}{_PART}"
        part.mkdir(mode=0o700, exist_ok=True)
        download(part / name)
        part.rename(root / key)
    return root / key / name


def keep_while_running(
    version: Any, name: str, download: Callable[[Path], None]
) -> Path:
    """Return a copy of a source that has no version, for use by this process only.

    Other processes do not use the copy, because changes to the source would go
    unnoticed.
    """
    folder = _folder_of_process() / _key(version)
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{name}{_PART}"
        download(part)
        part.rename(path)
    return path


@cache
def _folder_of_process() -> Path:
    """Return a folder that is removed when the process ends."""
    folder = tempfile.mkdtemp(prefix="process-", dir=copies_folder())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def check_disk(shown: str, num_bytes: float) -> None:
    """Raise an InputError if a source will not fit on disk."""
    folder = copies_folder()
    free = DISK_FRACTION * shutil.disk_usage(folder).free
    if num_bytes > free:
        raise InputError(
            fault(
                f"gigabytes <= {free / 1e9:.2f}",
                "gigabytes",
                round(num_bytes / 1e9, 2),
                f"{shown!r} must be copied to {str(folder)!r}. Free some disk space, "
                "or set ASSAY_DOWNLOADS to a folder on a larger disk.",
            )
        )


def _key(version: Any) -> str:
    return hashlib.sha256(json.dumps(version).encode()).hexdigest()[:32]


def _remove_unused(root: Path) -> None:
    """Remove the copies that have not been used for 30 days."""
    oldest = time.time() - _UNUSED_SECONDS
    for path in root.iterdir():
        with suppress(OSError):  # another process may have just removed it
            if path.stat().st_mtime >= oldest:
                continue
            if path.suffix == _LOCK:
                path.unlink()
            else:
                shutil.rmtree(path)

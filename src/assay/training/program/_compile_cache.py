"""Compiles each program once per process or, with a cache, once for all processes."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jax
from platformdirs import user_cache_path

from assay.training._jax import configure

__all__ = ["CacheStatus", "CompileOnce", "cache_status", "use_compile_cache"]

_LARGEST_BYTES = 500_000_000  # space for thousands of programs
_DAY_SECONDS = 86_400
_OFF = "0"


class CompileOnce:
    """Compiles a program once, on the first call, even if several threads call it."""

    def __init__(self) -> None:
        self.done = False
        self.seconds = 0.0  # compilation time; shorter if the program was in the cache
        self._compiling = threading.Lock()

    def __call__(self, compile_program: Callable[[], object]) -> None:
        """Compile the program by calling a function, unless it is already compiled."""
        with self._compiling:
            if not self.done:
                started = time.perf_counter()
                compile_program()
                self.seconds = time.perf_counter() - started
                self.done = True


@cache
def use_compile_cache() -> Path | None:
    """Keep compiled programs in the user's cache folder.

    If the folder exceeds 500 MB, the least recently used programs are deleted once a
    day. The environment variable ASSAY_CACHE selects another folder; "0" turns the
    cache off. If JAX already has a cache folder, for example from
    JAX_COMPILATION_CACHE_DIR, the settings of that cache are not changed.

    Returns:
        The folder; None if the cache is off or configured outside Assay.
    """
    wanted = os.environ.get("ASSAY_CACHE", "")
    if wanted == _OFF or _folder_of_jax() is not None:
        return None
    folder = Path(wanted) if wanted else _default_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a run must not fail because the home folder is read-only
        return None
    configure("jax_compilation_cache_dir", str(folder))
    # Keep every program, because compiling even the smallest is slower than reading it.
    configure("jax_persistent_cache_min_compile_time_secs", 0.0)
    configure("jax_persistent_cache_min_entry_size_bytes", -1)
    # JAX could limit the size, but would then list all files for each new program.
    configure("jax_compilation_cache_max_size", -1)
    _limit_size(folder)
    return folder


def _limit_size(folder: Path) -> None:
    """Delete the least recently used files.

    This is done only once a day, because listing all files takes time.
    """
    checked = folder / "checked"
    if checked.exists() and time.time() - checked.stat().st_mtime < _DAY_SECONDS:
        return
    files: list[tuple[float, int, str]] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # another process has just deleted it
                status = entry.stat()
                if entry.is_file():
                    files.append((status.st_atime, status.st_size, entry.path))
    excess = sum(size for _, size, _ in files) - _LARGEST_BYTES
    for _, size, path in sorted(files):
        if excess <= 0:
            break
        excess -= size
        with suppress(OSError):
            Path(path).unlink()
    with suppress(OSError):
        checked.touch()


class CacheStatus(NamedTuple):
    """Location and size of the program cache.

    Args:
        folder: cache folder; None if the cache is off.
        size_bytes: total size of the cached files.
        most_bytes: maximum size; -1 for no limit.
    """

    folder: Path | None
    size_bytes: int
    most_bytes: int


def cache_status() -> CacheStatus:
    """Return the location and size of the program cache.

    Example:
        >>> cache_status().size_bytes >= 0
        True
    """
    own, folder = use_compile_cache(), _folder_of_jax()
    if folder is None:
        return CacheStatus(None, 0, 0)
    most = int(getattr(jax.config, "jax_compilation_cache_max_size", -1))
    most = most if own is None else _LARGEST_BYTES
    size = 0
    for path in folder.rglob("*") if folder.is_dir() else ():
        try:
            size += path.stat().st_size if path.is_file() else 0
        except OSError:  # another process has just removed it
            continue
    return CacheStatus(folder, size, most)


def _folder_of_jax() -> Path | None:
    folder: str | None = getattr(jax.config, "jax_compilation_cache_dir", None)
    return Path(folder) if folder else None


def _default_folder() -> Path:
    # appauthor=False avoids a nested "assay/assay" folder on Windows.
    return user_cache_path("assay", appauthor=False) / "programs"

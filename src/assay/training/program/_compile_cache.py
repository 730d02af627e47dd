"""Compiled programs kept from one process to the next."""

import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jax
from platformdirs import user_cache_path

from assay.training._jax import configure

__all__ = ["CacheStatus", "cache_status", "use_compile_cache"]

_LARGEST_BYTES = 500_000_000  # some hundred programs
_OFF = "0"


@cache
def use_compile_cache() -> Path | None:
    """Keep compiled programs in the user's cache folder, at most 500 MB of them.

    The environment variable ASSAY_CACHE names another folder, or turns the cache off
    with "0". A folder that JAX is set to use, as by JAX_COMPILATION_CACHE_DIR, is left
    as it is.

    Returns:
        The folder; None if the cache is off, or not ours.
    """
    wanted = os.environ.get("ASSAY_CACHE", "")
    if wanted == _OFF or _folder_of_jax() is not None:
        return None
    folder = Path(wanted) if wanted else _default_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written costs time, not the run
        return None
    configure("jax_compilation_cache_dir", str(folder))
    # Every program is kept: even the quickest to compile takes longer than reading it.
    configure("jax_persistent_cache_min_compile_time_secs", 0.0)
    configure("jax_persistent_cache_min_entry_size_bytes", -1)
    configure("jax_compilation_cache_max_size", _LARGEST_BYTES)
    return folder


class CacheStatus(NamedTuple):
    """Where compiled programs are kept.

    Args:
        folder: None if none are kept.
        size_bytes: of the files in it.
        most_bytes: the size it may grow to; -1 for any.
    """

    folder: Path | None
    size_bytes: int
    most_bytes: int


def cache_status() -> CacheStatus:
    """Return where compiled programs are kept, and how many bytes of them.

    Example:
        >>> cache_status().size_bytes >= 0
        True
    """
    use_compile_cache()
    folder = _folder_of_jax()
    if folder is None:
        return CacheStatus(None, 0, 0)
    most = int(getattr(jax.config, "jax_compilation_cache_max_size", -1))
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
    # appauthor=False keeps Windows from nesting "assay" in a folder of that name.
    return user_cache_path("assay", appauthor=False) / "programs"

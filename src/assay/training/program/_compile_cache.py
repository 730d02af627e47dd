"""Compiled programs kept from one process to the next."""

import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jax
from platformdirs import user_cache_path

__all__ = ["CacheStatus", "cache_status", "use_compile_cache"]

_LARGEST_BYTES = 500_000_000
_OFF = "0"


@cache
def use_compile_cache() -> Path | None:
    """Keep compiled programs in the user's cache folder, at most 500 MB of them.

    A folder named in ASSAY_CACHE is taken instead, and none if that is "0". A folder
    that JAX was told of, as by JAX_COMPILATION_CACHE_DIR, is left as it is.

    Returns:
        The folder; None where nothing is kept.
    """
    asked = os.environ.get("ASSAY_CACHE", "")
    told = getattr(jax.config, "jax_compilation_cache_dir", None)
    if asked == _OFF or told:
        return None
    folder = Path(asked) if asked else _default_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written costs time, not the run
        return None
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    jax.config.update("jax_compilation_cache_max_size", _LARGEST_BYTES)
    return folder


class CacheStatus(NamedTuple):
    """Where compiled programs are kept.

    Args:
        folder: None where nothing is kept.
        size_bytes: what it holds now.
        most_bytes: what it may hold; -1 for any size.
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
    told = getattr(jax.config, "jax_compilation_cache_dir", None)
    if not told:
        return CacheStatus(None, 0, 0)
    folder = Path(told)
    most = int(getattr(jax.config, "jax_compilation_cache_max_size", -1))
    size = 0
    for path in folder.rglob("*") if folder.is_dir() else ():
        try:
            size += path.stat().st_size if path.is_file() else 0
        except OSError:  # another process has just removed it
            continue
    return CacheStatus(folder, size, most)


def _default_folder() -> Path:
    # appauthor=False keeps Windows from nesting "assay" in a folder of that name.
    return user_cache_path("assay", appauthor=False) / "programs"

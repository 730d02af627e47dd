"""Compiled programs kept from one process to the next."""

import os
import sys
from functools import cache
from pathlib import Path

import jax

__all__ = ["use_compile_cache"]

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
    folder = Path(asked) if asked else _user_cache() / "assay" / "programs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written costs time, not the run
        return None
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    jax.config.update("jax_compilation_cache_max_size", _LARGEST_BYTES)
    return folder


def _user_cache() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home()))
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")

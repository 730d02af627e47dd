"""Makes the C library keep freed memory for the next program call.

By default, glibc returns the memory of a large array to the operating system as soon as
the array is freed. The next program call then needs new pages, which the system maps
and zeroes one by one. This can take as long as the training itself for recurrent and
convolutional networks, which have large intermediate results.
"""

import ctypes
import os
import platform
from functools import cache

__all__ = ["keep_freed_memory", "return_large_arrays"]

_KEPT_BYTES = 1 << 30  # freed memory beyond this is returned to the system
_LARGE_BYTES = 1 << 22  # smaller than the arrays in a block of streamed rows

# constants from glibc's malloc.h, and the equivalent environment variables
_KEEP = (
    (-8, "MALLOC_ARENA_MAX", 1),  # all threads share the kept memory
    (-4, "MALLOC_MMAP_MAX_", 0),  # also keep the memory of large arrays
    (-1, "MALLOC_TRIM_THRESHOLD_", _KEPT_BYTES),
)
_RETURN = (
    (-4, "MALLOC_MMAP_MAX_", 1 << 16),  # glibc's default
    (-3, "MALLOC_MMAP_THRESHOLD_", _LARGE_BYTES),
    (-1, "MALLOC_TRIM_THRESHOLD_", 4 * _LARGE_BYTES),
)


@cache
def keep_freed_memory() -> bool:
    """Keep up to 1 GiB of freed memory in this process, if it uses glibc.

    Options set by environment variables are not changed.

    Returns:
        Whether glibc accepted the options.
    """
    return _set(_KEEP)


def return_large_arrays() -> bool:
    """Return freed memory to the system and stop keeping the memory of large arrays.

    This function is used when rows are streamed because they do not fit in memory.
    Reading them takes much longer than mapping and zeroing new pages, and keeping
    freed memory could push the process over its memory limit. The function is called
    again before each chunk is read, because compiling programs and fitting models also
    free many small arrays, which glibc would keep.

    Returns:
        Whether glibc accepted the options.
    """
    accepted = _set(_RETURN)
    if accepted:
        ctypes.CDLL(None).malloc_trim(0)
    return accepted


@cache
def _is_glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"


def _set(options: tuple[tuple[int, str, int], ...]) -> bool:
    """Set the glibc options that are not set by environment variables."""
    if not _is_glibc():
        return False
    set_option = ctypes.CDLL(None).mallopt
    return all(
        [
            set_option(number, value) == 1
            for number, variable, value in options
            if variable not in os.environ
        ]
    )

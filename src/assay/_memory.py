"""The free memory of the machine."""

import psutil

__all__ = ["available_bytes"]


def available_bytes() -> int | None:
    """Return the free memory in bytes, or None if the system does not report it."""
    try:
        # "available" includes caches that the system can release; "free" does not.
        return int(psutil.virtual_memory().available)
    except (OSError, RuntimeError, NotImplementedError):  # /proc may be unreadable
        return None

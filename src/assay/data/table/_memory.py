"""Sizes an input before it is read."""

import os
from pathlib import Path

from assay._errors import InputError, fault

__all__ = ["available_bytes", "check_size", "why_too_large"]

MEMORY_FRACTION = 0.5
"""Share of the free memory that one input may fill; preparing and training copy it."""


def available_bytes() -> int | None:
    """Return the bytes of memory that are free to use, or None if nobody can tell."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def why_too_large(needed_bytes: float) -> str:
    """Return why an input stays on the disk, or "" where memory holds it.

    Example:
        >>> why_too_large(1.0)
        ''
    """
    free = available_bytes()
    if free is None or needed_bytes <= MEMORY_FRACTION * free:
        return ""
    return (
        f"in memory it would take {needed_bytes / 1e9:.1f} GB, more than "
        f"{MEMORY_FRACTION:.0%} of the {free / 1e9:.1f} GB that are free"
    )


def check_size(name: str, needed_bytes: float) -> None:
    """Refuse an input that would not fit in memory once it is read.

    Raises:
        InputError: it would need more than MEMORY_FRACTION of the free memory.
    """
    free = available_bytes()
    if free is None or needed_bytes <= MEMORY_FRACTION * free:
        return
    raise InputError(
        fault(
            f"needed_gigabytes <= {MEMORY_FRACTION * free / 1e9:.2f}",
            "needed_gigabytes",
            round(needed_bytes / 1e9, 2),
            f"Reading {name!r} may fill {MEMORY_FRACTION:.0%} of the free memory. "
            "Take fewer rows or columns, or a machine with more memory.",
        )
    )

"""Checks whether an input fits in memory before it is read."""

from assay._errors import InputError, fault
from assay._memory import available_bytes

__all__ = ["check_size", "why_too_large"]

MEMORY_FRACTION = 0.5
"""Maximum fraction of free memory that an input may use. Training copies the input."""


def why_too_large(needed_bytes: float) -> str:
    """Return the reason an input does not fit in memory, or "" if it fits.

    Example:
        >>> why_too_large(1.0)
        ''
    """
    free = available_bytes()
    if free is None or needed_bytes <= MEMORY_FRACTION * free:
        return ""
    return (
        f"the data would take {needed_bytes / 1e9:.1f} GB in memory, more than "
        f"{MEMORY_FRACTION:.0%} of the {free / 1e9:.1f} GB of free memory"
    )


def check_size(name: str, needed_bytes: float) -> None:
    """Raise an InputError if an input does not fit in memory.

    Args:
        name: name of the input, as the user wrote it.
        needed_bytes: memory needed for the input.

    Raises:
        InputError: the input needs more than MEMORY_FRACTION of the free memory.
    """
    free = available_bytes()
    if free is None or needed_bytes <= MEMORY_FRACTION * free:
        return
    raise InputError(
        fault(
            f"needed_gigabytes <= {MEMORY_FRACTION * free / 1e9:.2f}",
            "needed_gigabytes",
            round(needed_bytes / 1e9, 2),
            f"Reading {name!r} must not use more than {MEMORY_FRACTION:.0%} of the "
            "free memory. Use fewer rows or columns, or a machine with more memory.",
        )
    )

"""Determines when this process started, so that its total run time is known."""

import os
import time
from pathlib import Path

__all__ = ["process_started"]

_START_FIELD = 19  # index in /proc/self/stat, counted after the program name


def process_started() -> float:
    """Return the start time of this process, in seconds on the monotonic clock.

    Starting Python and importing packages takes several seconds, which count toward a
    time limit. If the start time is not available, the current time is returned.

    Example:
        >>> process_started() <= time.monotonic()
        True
    """
    now = time.monotonic()
    try:
        # read right after the other clock, because reading the file may take a while
        since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
        # the name is in parentheses and may contain spaces
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
        return min(now - (since_boot - ticks), now)
    except (OSError, ValueError, IndexError, AttributeError):
        return now

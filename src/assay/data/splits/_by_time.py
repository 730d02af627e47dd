"""Assigns the earliest rows to train and the latest to test."""

import numpy as np

from assay.data.splits._sizes import Assigned, check_enough, note_sizes

__all__ = ["by_time"]


def by_time(moments: np.ndarray, sizes: tuple[int, int, int], column: str) -> Assigned:
    """Assign the earliest rows to train and the latest to test.

    Rows with the same time are kept in the same part, so each boundary is moved to the
    nearest change in time.

    Args:
        moments: the time of each row (n,).
        sizes: requested row counts of train, val and test.
        column: the name of the column, for messages.

    Raises:
        InputError: there are fewer than three distinct times.
    """
    distinct, position, counts = np.unique(
        moments, return_inverse=True, return_counts=True
    )
    check_enough("num_moments", len(distinct), "distinct time in", column)
    ends = np.cumsum(counts)
    first = int(np.argmin(np.abs(ends[:-2] - sizes[0])))
    rest = ends[first + 1 : -1] - (sizes[0] + sizes[1])
    second = first + 1 + int(np.argmin(np.abs(rest)))
    parts = (position > first).astype(np.int8) + (position > second)
    return parts, note_sizes(
        "rows with equal times", np.bincount(parts, minlength=3), sizes
    )

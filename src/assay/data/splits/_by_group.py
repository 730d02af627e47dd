"""Assigns whole groups of rows to the parts."""

import numpy as np

from assay.data.splits._shuffle import shuffled
from assay.data.splits._sizes import Assigned, check_enough, note_sizes

__all__ = ["by_group"]

GROUP_STEPS = 20_000
"""Maximum number of group assignments in total, to limit the run time."""

MAX_GROUP_TRIES = 100
"""Maximum number of random orders to try. More orders would hardly improve sizes."""


def by_group(
    groups: np.ndarray,
    sizes: tuple[int, int, int],
    bits: np.random.Philox,
    column: str,
) -> Assigned:
    """Assign whole groups of rows so that the parts are close to the requested sizes.

    Groups are assigned in random order, each to the part that is missing the most rows.
    Several orders are tried, and the one that comes closest to the sizes is used.

    Args:
        groups: group of each row (n,), 0 to k - 1.
        sizes: requested row counts of train, val and test.
        bits: random bit generator.
        column: the name of the column, for messages.

    Raises:
        InputError: there are fewer than three groups.
    """
    counts = np.bincount(groups)
    check_enough("num_groups", len(counts), "group in", column)
    best, smallest = None, np.inf
    for _ in range(max(1, min(MAX_GROUP_TRIES, GROUP_STEPS // len(counts)))):
        part_of_group, excess = _deal(counts, sizes, shuffled(bits, len(counts)))
        if excess < smallest:
            best, smallest = part_of_group, excess
    parts = np.asarray(best)[groups]
    return parts, note_sizes("groups", np.bincount(parts, minlength=3), sizes)


def _deal(
    counts: np.ndarray, sizes: tuple[int, int, int], order: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the part assigned to each group (k,), and the total error in the sizes."""
    lacking = [float(size) for size in sizes]
    has_group = [False] * len(lacking)
    part_of_group = np.zeros(len(counts), dtype=np.int8)
    for num_left, group in zip(range(len(order), 0, -1), order.tolist(), strict=True):
        empty = [part for part in range(len(lacking)) if not has_group[part]]
        # The last groups must go to the parts that are still empty.
        candidates = empty if num_left <= len(empty) else range(len(lacking))
        part = max(candidates, key=lacking.__getitem__)
        part_of_group[group] = part
        has_group[part] = True
        lacking[part] -= float(counts[group])
    return part_of_group, sum(abs(rows) for rows in lacking)

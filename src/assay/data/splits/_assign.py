"""Assigns rows to train (0), val (1) and test (2)."""

import numpy as np

from assay._errors import InputError, fault
from assay.data.splits._shuffle import shuffled

__all__ = ["MIN_CLASS_SIZE", "Assigned", "apportion", "by_class", "by_group", "by_time"]

MIN_CLASS_SIZE = 3
"""Minimum size of a class: one example for each of train, val and test."""

GROUP_STEPS = 20_000
"""Maximum number of group assignments in all attempts, to limit the run time."""

MAX_GROUP_TRIES = 100
"""Maximum number of random orders to try; more would hardly improve the sizes."""

Assigned = tuple[np.ndarray, list[str]]


def apportion(
    weights: np.ndarray, total: int, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Divide a total into whole numbers in proportion to weights, within bounds.

    Args:
        weights: relative weights (k,), not all 0.
        total: number to divide, between the sums of the bounds.
        lower: minimum of each number (k,).
        upper: maximum of each number (k,).

    Returns:
        Whole numbers (k,) that add up to `total`, by the largest remainder method.

    Example:
        >>> apportion(np.array([5, 3, 2]), 4, np.zeros(3), np.full(3, 4)).tolist()
        [2, 1, 1]
    """
    ideal = total * weights / weights.sum()
    counts = np.clip(np.floor(ideal + 1e-9), lower, upper).astype(np.int64)
    while counts.sum() < total:
        counts[np.argmax(np.where(counts < upper, ideal - counts, -np.inf))] += 1
    while counts.sum() > total:
        counts[np.argmin(np.where(counts > lower, ideal - counts, np.inf))] -= 1
    return counts


def by_class(
    target: np.ndarray, sizes: tuple[int, int, int], bits: np.random.Philox
) -> Assigned | None:
    """Assign rows so that class proportions are the same in every part.

    Args:
        target: class indices (n,).
        sizes: numbers of rows in train, val and test.
        bits: generator of random bits.

    Returns:
        The part of each row (n,), and notes; None if the classes with at least
        MIN_CLASS_SIZE examples are too small to fill val and test.
    """
    counts = np.bincount(target)
    splittable = counts >= MIN_CLASS_SIZE
    num_out_of_train = sizes[1] + sizes[2]
    available = np.where(splittable, counts - 1, 0)
    if available.sum() < num_out_of_train:
        return None
    one = splittable.astype(np.int64)
    # If val and test are large enough, both contain a row of every class.
    minimum = one if min(sizes[1:]) >= one.sum() else 0 * one
    out = apportion(counts * splittable, num_out_of_train, 2 * minimum, available)
    test = apportion(out, sizes[2], minimum, out - minimum)
    order = shuffled(bits, len(target))
    if len(order) < 2**31:  # to save memory if a long table is streamed
        order = order.astype(np.int32)
    # NumPy sorts numbers of at most 16 bits in linear time.
    smallest = np.min_scalar_type(len(counts))
    order = order[np.argsort(target[order].astype(smallest), kind="stable")]
    parts = np.zeros(len(target), dtype=np.int8)
    starts = np.cumsum(counts) - counts  # where each class starts in `order`
    for start, num_out, num_test in zip(starts, out, test, strict=True):
        parts[order[start : start + num_out]] = 1
        parts[order[start : start + num_test]] = 2
    return parts, _note_small(int(np.sum((counts > 0) & ~splittable)))


def _note_small(num_small: int) -> list[str]:
    if not num_small:
        return []
    subject = "1 class has" if num_small == 1 else f"{num_small} classes have"
    return [f"{subject} fewer than {MIN_CLASS_SIZE} examples, which are all in train."]


def by_group(
    groups: np.ndarray,
    sizes: tuple[int, int, int],
    bits: np.random.Philox,
    column: str,
) -> Assigned:
    """Assign whole groups of rows so that the parts are close to the requested sizes.

    Groups are assigned in random order, each to the part that lacks the most rows.
    Several orders are tried, and the one that comes closest to the sizes is used.

    Args:
        groups: group of each row (n,), 0 to k - 1.
        sizes: requested numbers of rows in train, val and test.
        bits: generator of random bits.
        column: the name of the column, for messages.

    Raises:
        InputError: there are fewer than three groups.
    """
    counts = np.bincount(groups)
    if len(counts) < len(sizes):
        raise InputError(
            fault(
                f"num_groups >= {len(sizes)}",
                "num_groups",
                len(counts),
                f"Each part needs at least one group of {column!r}. Split by another "
                "column.",
            )
        )
    best, smallest = None, np.inf
    for _ in range(max(1, min(MAX_GROUP_TRIES, GROUP_STEPS // len(counts)))):
        part_of_group, excess = _deal(counts, sizes, shuffled(bits, len(counts)))
        if excess < smallest:
            best, smallest = part_of_group, excess
    parts = np.asarray(best)[groups]
    return parts, _note_sizes("groups", np.bincount(parts, minlength=3), sizes)


def _note_sizes(
    kept_whole: str, actual: np.ndarray, requested: tuple[int, int, int]
) -> list[str]:
    if tuple(actual) == requested:
        return []
    gives = "/".join(str(int(size)) for size in actual)
    instead_of = "/".join(str(size) for size in requested)
    return [f"Keeping {kept_whole} together gives {gives} rows, not {instead_of}."]


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


def by_time(moments: np.ndarray, sizes: tuple[int, int, int], column: str) -> Assigned:
    """Assign the earliest rows to train and the latest to test.

    Rows with the same time are kept in the same part, so each boundary is moved to the
    nearest change in time.

    Args:
        moments: the time of each row (n,).
        sizes: requested numbers of rows in train, val and test.
        column: the name of the column, for messages.

    Raises:
        InputError: there are fewer than three distinct times.
    """
    distinct, position, counts = np.unique(
        moments, return_inverse=True, return_counts=True
    )
    if len(distinct) < len(sizes):
        raise InputError(
            fault(
                f"num_moments >= {len(sizes)}",
                "num_moments",
                len(distinct),
                f"Each part needs at least one distinct time in {column!r}. Split by "
                "another column.",
            )
        )
    ends = np.cumsum(counts)
    first = int(np.argmin(np.abs(ends[:-2] - sizes[0])))
    rest = ends[first + 1 : -1] - (sizes[0] + sizes[1])
    second = first + 1 + int(np.argmin(np.abs(rest)))
    parts = (position > first).astype(np.int8) + (position > second)
    return parts, _note_sizes("equal times", np.bincount(parts, minlength=3), sizes)

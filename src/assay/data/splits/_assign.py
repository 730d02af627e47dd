"""Who goes where: rows assigned to train (0), val (1) and test (2)."""

import numpy as np

from assay._errors import InputError, fault
from assay.data.splits._shuffle import shuffled

__all__ = ["MIN_CLASS_SIZE", "apportion", "by_class", "by_group", "by_time"]

MIN_CLASS_SIZE = 3
"""A class needs one example for each of train, val and test."""

GROUP_STEPS = 20_000
"""Bound on the work of looking for a split by group with the sizes asked for."""

MAX_GROUP_TRIES = 100
"""More random orders than this hardly come nearer to the sizes asked for."""

Assigned = tuple[np.ndarray, list[str]]


def apportion(
    weights: np.ndarray, total: int, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Share a total out in proportion to weights, in whole numbers within bounds.

    Args:
        weights: shares (k,), not all 0.
        total: what to share out; between the sums of the bounds.
        lower: least for each (k,).
        upper: most for each (k,).

    Returns:
        Whole numbers (k,) with the sum total; the largest remainders are rounded up.

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
    """Assign rows so that every part has each class in its share.

    Args:
        target: class positions (n,).
        sizes: rows of train, val and test.
        bits: source of randomness.

    Returns:
        Part of each row (n,) and notes; None if too few classes have 3 examples.
    """
    held = np.bincount(target)
    splittable = held >= MIN_CLASS_SIZE
    num_out = sizes[1] + sizes[2]
    room = np.where(splittable, held - 1, 0)
    if room.sum() < num_out:
        return None
    one = splittable.astype(np.int64)
    # One row of each class in val and in test, if they are large enough for that.
    least = one if min(sizes[1:]) >= one.sum() else 0 * one
    out = apportion(held * splittable, num_out, 2 * least, room)
    test = apportion(out, sizes[2], least, out - least)
    order = shuffled(bits, len(target))
    order = order[np.argsort(target[order], kind="stable")]
    starts = np.cumsum(held) - held
    rank = np.arange(len(target)) - np.repeat(starts, held)
    labels = np.zeros(len(target), dtype=np.int8)
    labels[order] = np.where(rank < np.repeat(out, held), 1, 0)
    labels[order[rank < np.repeat(test, held)]] = 2
    few = int(np.sum((held > 0) & ~splittable))
    notes = (
        [f"{few} classes have fewer than {MIN_CLASS_SIZE} examples; they are in train."]
        if few
        else []
    )
    return labels, notes


def by_group(
    groups: np.ndarray,
    sizes: tuple[int, int, int],
    bits: np.random.Philox,
    column: str,
) -> Assigned:
    """Assign rows so that no group is in two parts, with sizes as near as found.

    Groups are dealt in random order, each to the part with the most room left; of
    several orders the one nearest to the sizes is kept.

    Args:
        groups: group of each row (n,), 0 to k - 1.
        sizes: rows of train, val and test.
        bits: source of randomness.
        column: the name of the column, for messages.

    Raises:
        InputError: fewer than three groups.
    """
    held = np.bincount(groups)
    if len(held) < len(sizes):
        raise InputError(
            fault(
                f"num_groups >= {len(sizes)}",
                "num_groups",
                len(held),
                f"Each part needs a group of {column!r}; split by another column.",
            )
        )
    best, smallest = None, np.inf
    for _ in range(max(1, min(MAX_GROUP_TRIES, GROUP_STEPS // len(held)))):
        part, excess = _deal(held, sizes, shuffled(bits, len(held)))
        if excess < smallest:
            best, smallest = part, excess
    labels = np.asarray(best)[groups]
    found = np.bincount(labels, minlength=len(sizes))
    if tuple(found) == sizes:
        return labels, []
    told = "/".join(str(int(n)) for n in found)
    asked = "/".join(str(n) for n in sizes)
    return labels, [f"Keeping groups whole gives {told} rows instead of {asked}."]


def _deal(
    held: np.ndarray, sizes: tuple[int, int, int], order: np.ndarray
) -> tuple[np.ndarray, float]:
    room = [float(size) for size in sizes]
    used = [False] * len(room)
    part = np.zeros(len(held), dtype=np.int8)
    for left, group in zip(range(len(order), 0, -1), order.tolist(), strict=True):
        empty = [p for p in range(len(room)) if not used[p]]
        # The last groups must fill the parts that have none.
        open_parts = empty if left <= len(empty) else range(len(room))
        chosen = max(open_parts, key=room.__getitem__)
        part[group] = chosen
        used[chosen] = True
        room[chosen] -= float(held[group])
    return part, sum(abs(r) for r in room)


def by_time(moments: np.ndarray, sizes: tuple[int, int, int], column: str) -> Assigned:
    """Assign the earliest rows to train and the latest to test.

    Rows of the same moment stay together: a border moves to the nearest change.

    Args:
        moments: when each row happened (n,).
        sizes: rows of train, val and test.
        column: the name of the column, for messages.

    Raises:
        InputError: fewer than three different moments.
    """
    distinct, position, held = np.unique(
        moments, return_inverse=True, return_counts=True
    )
    if len(distinct) < len(sizes):
        raise InputError(
            fault(
                f"num_moments >= {len(sizes)}",
                "num_moments",
                len(distinct),
                f"Each part needs a moment of {column!r}; split by another column.",
            )
        )
    ends = np.cumsum(held)
    first = int(np.argmin(np.abs(ends[:-2] - sizes[0])))
    rest = ends[first + 1 : -1] - (sizes[0] + sizes[1])
    second = first + 1 + int(np.argmin(np.abs(rest)))
    labels = (position > first).astype(np.int8) + (position > second)
    found = (ends[first], ends[second] - ends[first], ends[-1] - ends[second])
    if tuple(found) == sizes:
        return labels, []
    told = "/".join(str(int(n)) for n in found)
    asked = "/".join(str(n) for n in sizes)
    return labels, [f"Keeping moments whole gives {told} rows instead of {asked}."]

"""Assigns rows so that class proportions are nearly the same in every part."""

import numpy as np

from assay.data.splits._shuffle import shuffled
from assay.data.splits._sizes import Assigned

__all__ = ["MIN_CLASS_SIZE", "apportion", "by_class"]

MIN_CLASS_SIZE = 3
"""Minimum size of a class: one example for each of train, val and test."""


def apportion(
    weights: np.ndarray, total: int, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Divide a total into whole numbers in proportion to weights, within bounds.

    Args:
        weights: relative weights (k,), not all 0.
        total: number to divide, which must be between the sums of the bounds.
        lower: minimum of each number (k,).
        upper: maximum of each number (k,).

    Returns:
        Whole numbers (k,) that add up to `total`, computed by the largest remainder
        method.

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
    """Assign rows so that class proportions are nearly the same in every part.

    Args:
        target: class indices (n,).
        sizes: row counts of train, val and test.
        bits: random bit generator.

    Returns:
        The part to which each row belongs, (n,), and notes; None if the classes with
        at least MIN_CLASS_SIZE examples are too small to fill val and test.
    """
    counts = np.bincount(target)
    splittable = counts >= MIN_CLASS_SIZE
    num_out_of_train = sizes[1] + sizes[2]
    available = np.where(splittable, counts - 1, 0)
    if available.sum() < num_out_of_train:
        return None
    one = splittable.astype(np.int64)
    # If val and test are large enough, each contains a row of every class to split.
    minimum = one if min(sizes[1:]) >= one.sum() else 0 * one
    out = apportion(counts * splittable, num_out_of_train, 2 * minimum, available)
    test = apportion(out, sizes[2], minimum, out - minimum)
    order = shuffled(bits, len(target))
    if len(order) < 2**31:  # saves memory if a long table is streamed
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
    if num_small == 1:
        return [f"1 class has fewer than {MIN_CLASS_SIZE} examples; all are in train."]
    fewer = f"{num_small} classes have fewer than {MIN_CLASS_SIZE} examples each"
    return [f"{fewer}; these examples are all in train."]

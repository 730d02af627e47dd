"""Computes the row counts of train, val and test."""

from collections.abc import Sequence

import numpy as np

from assay._errors import InputError, fault
from assay.data.dataset._dataset import Dataset
from assay.data.table._part_names import PARTS

__all__ = [
    "FRACTIONS",
    "Assigned",
    "Sizes",
    "check_enough",
    "note_sizes",
    "part_sizes",
    "sizes_with_given_test",
]

FRACTIONS = (0.70, 0.15, 0.15)
"""Default fractions of rows in train, val and test."""

Sizes = tuple[int, int, int]
"""Row counts of train, val and test."""

Assigned = tuple[np.ndarray, list[str]]
"""The part to which each row belongs (0 train, 1 val, 2 test), and notes."""


def part_sizes(num_examples: int, fractions: Sequence[float]) -> Sizes:
    """Return the row counts of train, val and test.

    Raises:
        InputError: the fractions are invalid, or a part would be empty.

    Example:
        >>> part_sizes(1797, (0.70, 0.15, 0.15))
        (1257, 270, 270)
    """
    _check_fractions(fractions)
    # Halves are rounded up; adding 1e-9 prevents 0.15 * 10 from being rounded down.
    val, test = (int(num_examples * f + 0.5 + 1e-9) for f in fractions[1:])
    sizes = (num_examples - val - test, val, test)
    _check_no_empty_part(
        sizes,
        f"There are only {num_examples} rows. Add rows, or increase the fraction of "
        "the empty part.",
    )
    return sizes


def _check_fractions(fractions: Sequence[float]) -> None:
    if (
        len(fractions) != len(PARTS)
        or not all(0 < fraction < 1 for fraction in fractions)
        or abs(sum(fractions) - 1) > 1e-9
    ):
        raise InputError(
            fault(
                "len(fractions) == 3 and min(fractions) > 0 and sum(fractions) == 1",
                "fractions",
                tuple(fractions),
                "Write (0.70, 0.15, 0.15).",
            )
        )


def sizes_with_given_test(dataset: Dataset, fractions: Sequence[float]) -> Sizes:
    """Return the sizes of the parts for a source that has its own test set."""
    _check_fractions(fractions)
    known = dataset.num_examples - dataset.num_test
    share = fractions[1] / (fractions[0] + fractions[1])
    num_val = int(np.floor(known * share + 0.5))
    sizes = (known - num_val, num_val, dataset.num_test)
    _check_no_empty_part(
        sizes, f"There are only {known} rows outside the test set. Add more rows."
    )
    return sizes


def _check_no_empty_part(sizes: Sizes, fix: str) -> None:
    if min(sizes) < 1:
        by_part = dict(zip(PARTS, sizes, strict=True))
        raise InputError(fault("min(sizes) >= 1", "sizes", by_part, fix))


def check_enough(name: str, count: int, what: str, column: str) -> None:
    """Raise an InputError if there are fewer groups or times than parts."""
    if count < len(PARTS):
        fix = (
            f"Each part needs at least one {what} {column!r}. Split by another column."
        )
        raise InputError(fault(f"{name} >= {len(PARTS)}", name, count, fix))


def note_sizes(kept_whole: str, actual: np.ndarray, requested: Sizes) -> list[str]:
    """Return a note if keeping rows together changed the sizes of the parts."""
    if tuple(actual) == requested:
        return []
    gives = "/".join(str(int(size)) for size in actual)
    instead_of = "/".join(str(size) for size in requested)
    return [f"Keeping {kept_whole} together gives {gives} rows, not {instead_of}."]

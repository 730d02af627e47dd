"""Successive halving: the settings that do best so far are trained further."""

import math
from collections.abc import Sequence

__all__ = ["KEPT", "SHARES", "going_on", "rungs"]

KEPT = 3
"""One in so many goes on at each rung."""

SHARES = (1 / 27, 1 / 9, 1 / 3)
"""Where the rungs are, as shares of the epochs."""


def rungs(num_epochs: int) -> list[int]:
    """Return the epochs after which a training is judged.

    Example:
        >>> rungs(300), rungs(10)
        ([11, 33, 100], [1, 1, 3])
    """
    return [max(round(num_epochs * share), 1) for share in SHARES]


def going_on(worths: Sequence[float], earlier: Sequence[float]) -> list[bool]:
    """Say which of a group go on: those in the best third of all that came so far.

    Ties go on together. A whole group is judged at once, so that the order in which
    its members finish, which is not the same in every run, decides nothing.

    Args:
        worths: of the group's members at a rung, lower being better; nan is the worst.
        earlier: of the trials told before, at the same rung.

    Example:
        >>> going_on([0.3, 0.1, 0.2], [])
        [False, True, False]
        >>> going_on([0.3, 0.1, 0.2], [0.05, 0.25, 0.4])
        [False, True, False]

    References:
        Li et al., 2020, "A system for massively parallel hyperparameter tuning".
    """
    worst_last = sorted([math.inf if w != w else w for w in [*worths, *earlier]])
    bar = worst_last[math.ceil(len(worst_last) / KEPT) - 1]
    return [worth <= bar for worth in worths]

"""Successive halving: only the best trials continue training."""

import math
from collections.abc import Sequence

__all__ = ["KEPT", "SHARES", "promoted", "rungs"]

KEPT = 3
"""One in `KEPT` trials continues beyond each rung."""

SHARES = (1 / 27, 1 / 9, 1 / 3)
"""Fractions of the epochs after which trials are compared: powers of 1 / `KEPT`."""


def rungs(num_epochs: int) -> list[int]:
    """Return the numbers of epochs after which trials are compared.

    Example:
        >>> rungs(300), rungs(10)
        ([11, 33, 100], [1, 1, 3])
    """
    return [max(round(num_epochs * share), 1) for share in SHARES]


def promoted(losses: Sequence[float], earlier: Sequence[float]) -> list[bool]:
    """Return whether each trial of a group is in the best third of all trials so far.

    Tied trials are treated alike. The whole group is compared at once, because the
    order in which its trials finish varies between runs.

    Args:
        losses: losses of the trials at a rung; lower is better, and nan is worst.
        earlier: losses of earlier trials at the same rung.

    Example:
        >>> promoted([0.3, 0.1, 0.2], [])
        [False, True, False]
        >>> promoted([0.3, 0.1, 0.2], [0.05, 0.25, 0.4])
        [False, True, False]

    References:
        Li et al., 2020, "A system for massively parallel hyperparameter tuning".
    """
    best_first = sorted([math.inf if x != x else x for x in [*losses, *earlier]])
    bar = best_first[math.ceil(len(best_first) / KEPT) - 1]
    return [loss <= bar for loss in losses]

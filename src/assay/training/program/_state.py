"""Everything that changes while a network is trained."""

from typing import NamedTuple

from assay.optim.schedules import Plateau
from assay.training._arrays import Count, Flag, KeyWords, Scalar, Tree
from assay.training.network._packing import Packed

__all__ = ["Best", "Memory", "State"]

Memory = object  # a tree of arrays whose structure only the optimizer knows


class Best(NamedTuple):
    """The parameters with the lowest val cost so far.

    Args:
        parameters: packed.
        statistics: running statistics, nested by layer and name.
        val_cost: their val cost.
        iteration: number of updates that led to them.
    """

    parameters: Packed
    statistics: Tree
    val_cost: Scalar
    iteration: Count


class State(NamedTuple):
    """The state of one fit, as a tree of arrays.

    Args:
        parameters: packed.
        statistics: running statistics of normalization layers.
        optimizer: state of the optimizer.
        key: two words from which all masks of the fit are derived.
        best: best parameters on val; None without early stopping.
        stale_epochs: epochs since the val cost last improved.
        plateau: state of the on-plateau schedule; None for other schedules.
        stopped: whether the fit ended before its last iteration.
        diverged_at: first iteration whose cost was not finite, or -1.
    """

    parameters: Packed
    statistics: Tree
    optimizer: Memory
    key: KeyWords
    best: Best | None
    stale_epochs: Count
    plateau: Plateau | None
    stopped: Flag
    diverged_at: Count

"""All that changes while a net is trained."""

from typing import NamedTuple

from assay.optim.schedules import Plateau
from assay.training._arrays import Count, Flag, KeyWords, Scalar, Tree
from assay.training.network._packing import Packed

__all__ = ["Best", "Memory", "State"]

Memory = object  # arrays in a tree of the optimizer's own, which only it looks into


class Best(NamedTuple):
    """The parameters with the lowest val cost so far.

    Args:
        parameters: packed.
        statistics: running statistics, nested by layer and name.
        val_cost: their cost on val.
        iteration: number of updates that led to them.
    """

    parameters: Packed
    statistics: Tree
    val_cost: Scalar
    iteration: Count


class State(NamedTuple):
    """State of one training, a tree of arrays.

    Args:
        parameters: packed.
        statistics: running statistics of normalization layers.
        optimizer: what the optimizer remembers.
        key: two words from which every mask of the training is derived.
        best: the best on val; None if nothing stops the training early.
        stale_epochs: epochs since the val cost last improved.
        plateau: memory of the on-plateau schedule; None for other schedules.
        stopped: whether the training has ended before its last iteration.
        diverged_at: the first iteration whose cost was not finite, or -1.
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

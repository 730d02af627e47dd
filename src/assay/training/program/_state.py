"""The parts of a fit that change during training."""

from typing import NamedTuple

from assay.optim.schedules import Plateau
from assay.training._arrays import Count, Flag, KeyWords, Scalar, Tree
from assay.training.network._packing import Packed

__all__ = ["Best", "Memory", "State"]

Memory = object  # a tree of arrays; its structure depends on the optimizer


class Best(NamedTuple):
    """The parameters with the lowest val cost so far.

    Args:
        parameters: packed parameters.
        statistics: running statistics, nested by layer and name.
        val_cost: val cost of these parameters.
        iteration: number of updates that produced these parameters.
    """

    parameters: Packed
    statistics: Tree
    val_cost: Scalar
    iteration: Count


class State(NamedTuple):
    """The state of a fit as a tree of arrays.

    Args:
        parameters: packed parameters.
        statistics: running statistics of normalization layers.
        optimizer: state of the optimizer.
        key: random key (two words) for all masks of the fit.
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

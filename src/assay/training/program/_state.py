"""All that changes while a net is trained."""

from typing import Any, NamedTuple

from assay.optim.schedules import Plateau

__all__ = ["Best", "State"]


class Best(NamedTuple):
    """The parameters with the lowest val cost so far, and when they were reached."""

    parameters: Any
    statistics: Any
    val_cost: Any
    iteration: Any


class State(NamedTuple):
    """State of one training, a tree of arrays.

    Args:
        parameters: packed as the program keeps them.
        statistics: running statistics of normalization layers.
        optimizer: what the optimizer remembers.
        key: two words from which every mask of the training is derived.
        best: the best on val; None where nothing stops early.
        stale_epochs: epochs since the val cost last improved.
        plateau: memory of the on-plateau schedule; None for other schedules.
        stopped: whether early stopping ended the training.
        diverged_at: iteration whose cost first was not finite, or -1.
    """

    parameters: Any
    statistics: Any
    optimizer: Any
    key: Any
    best: Best | None
    stale_epochs: Any
    plateau: Plateau | None
    stopped: Any
    diverged_at: Any

"""The parameters and running statistics of a network."""

from typing import NamedTuple

from assay.training._arrays import Tree

__all__ = ["ModelState"]


class ModelState(NamedTuple):
    """The arrays of a network, nested by layer and name.

    Args:
        parameters: arrays that are learned by gradient descent.
        statistics: running statistics of normalization layers.
    """

    parameters: Tree
    statistics: Tree

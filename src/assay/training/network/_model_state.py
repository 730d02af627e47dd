"""The arrays that a network holds."""

from typing import NamedTuple

from assay.training._arrays import Tree

__all__ = ["ModelState"]


class ModelState(NamedTuple):
    """The arrays of a network, nested by layer and name.

    Args:
        parameters: learned by gradient descent.
        statistics: running statistics of normalization layers.
    """

    parameters: Tree
    statistics: Tree

"""The base class of activation functions, which are layers."""

from collections.abc import Mapping
from typing import ClassVar

from assay.spec.layers._layer import Layer

__all__ = ["Activation"]


class Activation(Layer):
    """A layer that applies a function to each number or, like softmax, to each row."""

    learned: ClassVar[Mapping[str, float]] = {}  # initial values of learned parameters

"""Layers that give an array another form, check it, or hold other layers."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec._fields import Fraction, Positive
from assay.spec.layers._basic import AnyLayer, Layer
from assay.spec.layers._sizes import Shape

__all__ = ["Flatten", "Input", "LayerNorm", "Reshape", "Residual", "SpatialDropout"]


class Input(Layer):
    """Checks that examples have the shape given; channels stand last.

    Example:
        >>> Input((28, 28, 1)).shape
        (28, 28, 1)
    """

    kind: ClassVar[str] = "input"
    shape: Shape


class Flatten(Layer):
    """Puts all numbers of an example into one row."""

    kind: ClassVar[str] = "flatten"


class Reshape(Layer):
    """Puts the numbers of an example into another shape, in the same order.

    Example:
        >>> Reshape((8, 8, 1)).kind
        'reshape'
    """

    kind: ClassVar[str] = "reshape"
    shape: Shape


class LayerNorm(Layer):
    """Standardizes the channels of each example (at each place), then scales, shifts.

    The same in training and in use; for recurrent nets and small batches.
    """

    kind: ClassVar[str] = "layer_norm"
    epsilon: Positive = 1e-5


class SpatialDropout(Layer):
    """Dropout of whole channels: neighbors in space hold much the same."""

    kind: ClassVar[str] = "spatial_dropout"
    rate: Fraction = 0.2


class Residual(Layer):
    """Adds to its input what some layers make of it: y = x + f(x).

    Where f changes the shape, x goes through a learned projection.

    Args:
        layers: of f, from first to last.

    Example:
        >>> from assay.spec import Conv2D, ReLU
        >>> len(Residual([Conv2D(64, 3), ReLU(), Conv2D(64, 3)]).layers)
        3
    """

    kind: ClassVar[str] = "residual"
    layers: tuple[AnyLayer, ...]

    @model_validator(mode="after")
    def _has_layers(self) -> "Residual":
        if not self.layers:
            fix = 'Write layers = [{kind = "conv2d", filters = 64, size = 3}].'
            messages = [fault("len(layers) >= 1", "layers", (), fix)]
            raise PydanticCustomError("said", "layers", {"messages": messages})
        return self

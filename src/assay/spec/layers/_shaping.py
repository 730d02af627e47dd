"""Layers that check or change the shape of an array, or contain other layers."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec.layers._basic import AnyLayer, Layer
from assay.spec.layers._sizes import Shape

__all__ = ["Flatten", "Input", "Reshape", "Residual"]


class Input(Layer):
    """Checks the shape of the examples, with channels last.

    For models written for data of one shape. Use it as the first layer.

    Args:
        shape: shape of one example.

    Example:
        >>> Input((28, 28, 1)).shape
        (28, 28, 1)
    """

    kind: ClassVar[str] = "input"
    formula: ClassVar[str] = "y = x"
    shape: Shape


class Flatten(Layer):
    """Flattens each example into one row, with the last axis varying fastest.

    For use before a dense layer. Padded steps of sequences become zeros.
    """

    kind: ClassVar[str] = "flatten"
    formula: ClassVar[str] = "y[(i W + j) C + c] = x[i, j, c]"


class Reshape(Layer):
    """Gives each example a new shape without changing the order of its numbers.

    Args:
        shape: new shape of one example, with the same number of values as the input.

    Example:
        >>> Reshape((8, 8, 1)).kind
        'reshape'
    """

    kind: ClassVar[str] = "reshape"
    formula: ClassVar[str] = "y.ravel() = x.ravel()"
    shape: Shape


class Residual(Layer):
    """Adds the output of its layers f to its input x.

    For deep networks. The gradient can bypass the layers, which only need to learn a
    correction to x. If f changes the shape, a learned projection W is
    applied to x.

    Args:
        layers: the layers of f, from first to last.

    Example:
        >>> from assay.spec import Conv2D, ReLU
        >>> len(Residual([Conv2D(64, 3), ReLU(), Conv2D(64, 3)]).layers)
        3

    References:
        He et al., 2015, "Deep residual learning for image recognition".
    """

    kind: ClassVar[str] = "residual"
    formula: ClassVar[str] = "y = x + f(x), or x W + f(x) if f changes the shape"
    layers: tuple[AnyLayer, ...]

    @model_validator(mode="after")
    def _has_layers(self) -> "Residual":
        if not self.layers:
            fix = 'Write layers = [{kind = "conv2d", filters = 64, size = 3}].'
            messages = [fault("len(layers) >= 1", "layers", (), fix)]
            raise PydanticCustomError("said", "layers", {"messages": messages})
        return self

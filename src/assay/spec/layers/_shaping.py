"""Layers that check or change the shape of an array, or contain other layers.

Some of these layers add, remove or repeat the rows of an input.
"""

from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec.layers._layer import AnyLayer, Layer
from assay.spec.layers._sizes import AxisCounts, Rows, Shape, Window

__all__ = [
    "Cropping",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "Flatten",
    "Input",
    "Reshape",
    "Residual",
    "Upsampling",
    "Upsampling1D",
    "Upsampling2D",
    "Upsampling3D",
    "ZeroPadding",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
]


class Input(Layer):
    """Checks that each example has the given shape, with channels last.

    Use it as the first layer of a model that requires inputs of a certain shape.

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

    Use it before a dense layer. Padded steps of sequences become zeros.
    """

    kind: ClassVar[str] = "flatten"
    formula: ClassVar[str] = "y[(i W + j) C + c] = x[i, j, c]"


class Reshape(Layer):
    """Reshapes each example without changing the order of its values.

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

    Use it in deep networks. The gradient can bypass the layers, which only need to
    learn a correction to x. If f changes the shape, a learned projection W is applied
    to x.

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


class ZeroPadding(Window):
    """Adds rows of zeros around the input.

    Use it for networks from other libraries whose padding is not supported by Assay's
    layers.

    Args:
        padding: P, rows added on both sides of each axis. A pair for an axis is
            (before, after), such as ((1, 2), (0, 0)) in 2D.

    References:
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep
        learning", section 2.2.
    """

    formula: ClassVar[str] = "y[p, c] = x[p - P, c], or 0 outside of x"
    padding: Rows = 1


class ZeroPadding1D(ZeroPadding):
    """Adds rows of zeros around sequences."""

    kind: ClassVar[str] = "zero_padding1d"
    rank: ClassVar[int] = 1


class ZeroPadding2D(ZeroPadding):
    """Adds rows of zeros around images.

    Example:
        >>> ZeroPadding2D(((0, 1), 2)).padding
        ((0, 1), 2)
    """

    kind: ClassVar[str] = "zero_padding2d"
    rank: ClassVar[int] = 2


class ZeroPadding3D(ZeroPadding):
    """Adds rows of zeros around volumes."""

    kind: ClassVar[str] = "zero_padding3d"
    rank: ClassVar[int] = 3


class Cropping(Window):
    """Crops the input at both ends of each spatial axis.

    Args:
        cropping: C, rows removed from both sides of each axis. A pair for an axis is
            (before, after), such as ((1, 2), (0, 0)) in 2D.

    References:
        Ronneberger, Fischer and Brox, 2015, "U-Net: convolutional networks for
        biomedical image segmentation".
    """

    formula: ClassVar[str] = "y[p, c] = x[p + C, c]"
    cropping: Rows = 1


class Cropping1D(Cropping):
    """Crops sequences at both ends."""

    kind: ClassVar[str] = "cropping1d"
    rank: ClassVar[int] = 1


class Cropping2D(Cropping):
    """Crops images on all sides.

    Example:
        >>> Cropping2D(((0, 1), 2)).cropping
        ((0, 1), 2)
    """

    kind: ClassVar[str] = "cropping2d"
    rank: ClassVar[int] = 2


class Cropping3D(Cropping):
    """Crops volumes on all sides."""

    kind: ClassVar[str] = "cropping3d"
    rank: ClassVar[int] = 3


class Upsampling(Window):
    """Upsamples the input by integer factors.

    Use it in decoders. Followed by a convolution, it avoids the checkerboard patterns
    of transposed convolutions.

    Args:
        factor: S, factor by which each axis grows.
        interpolation: "nearest" repeats each row. "linear" interpolates between the
            centers of rows along each axis (bilinear in 2D), and repeats the outermost
            values, like `align_corners=False` in PyTorch.

    References:
        Odena, Dumoulin and Olah, 2016, "Deconvolution and checkerboard artifacts".
    """

    formula: ClassVar[str] = "y[p, c] = x at (p + 1/2)/S - 1/2, nearest or interpolated"
    factor: AxisCounts = 2
    interpolation: Literal["nearest", "linear"] = "nearest"


class Upsampling1D(Upsampling):
    """Upsamples sequences by integer factors."""

    kind: ClassVar[str] = "upsampling1d"
    rank: ClassVar[int] = 1


class Upsampling2D(Upsampling):
    """Upsamples images by integer factors.

    Example:
        >>> Upsampling2D((2, 4), "linear").factor
        (2, 4)
    """

    kind: ClassVar[str] = "upsampling2d"
    rank: ClassVar[int] = 2


class Upsampling3D(Upsampling):
    """Upsamples volumes by integer factors."""

    kind: ClassVar[str] = "upsampling3d"
    rank: ClassVar[int] = 3

"""Pooling layers over windows and over all positions."""

from typing import ClassVar

from assay.spec.layers._layer import Layer
from assay.spec.layers._sizes import AxisCounts, Padding, Window

__all__ = [
    "AveragePool1D",
    "AveragePool2D",
    "AveragePool3D",
    "AveragePooling",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "Pooling",
]

_MAX = "y[p, c] = max over t of x[S p + t - P, c]"
_MEAN = "y[p, c] = mean over t of x[S p + t - P, c], excluding padding"


class Pooling(Window):
    """Reduces each window of each channel to one number.

    Args:
        size: F, size of the window.
        stride: S, distance between neighboring windows; defaults to `size`.
        padding: P, the number of rows added on both sides, at most half the window
            size; or "same", "same_lower" or "valid". A pair for an axis is
            (before, after).
        dilation: distance between neighboring elements of the window.
        ceil_mode: whether to round the number of windows up instead of down. The last
            window may then extend beyond the padding but starts before the padding at
            the end.

    References:
        LeCun et al., 1998, "Gradient-based learning applied to document recognition"
        (average pooling, called subsampling).
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", section 9.3.
    """

    size: AxisCounts = 2
    stride: AxisCounts | None = None
    padding: Padding = 0
    dilation: AxisCounts = 1
    ceil_mode: bool = False


class AveragePooling(Pooling):
    """Takes the mean of each window.

    Args:
        size: F, size of the window.
        stride: S, distance between neighboring windows; defaults to `size`.
        padding: P, as in `MaxPool2D`.
        dilation: distance between neighboring elements of the window.
        ceil_mode: whether to round the number of windows up instead of down.
        count_padding: whether to include the zeros of the padding in the mean. Keras
            excludes them; PyTorch includes them by default (`count_include_pad`).
    """

    formula: ClassVar[str] = _MEAN
    count_padding: bool = False


class MaxPool1D(Pooling):
    """Takes the largest value in each window of a sequence."""

    kind: ClassVar[str] = "max_pool1d"
    rank: ClassVar[int] = 1
    formula: ClassVar[str] = _MAX


class MaxPool2D(Pooling):
    """Takes the largest value in each window of an image.

    Use it after convolutions. The result shows whether a feature occurred, but not its
    exact position.

    Example:
        >>> MaxPool2D(2)
        MaxPool2D(size=2, stride=None, padding=0, dilation=1, ceil_mode=False)
    """

    kind: ClassVar[str] = "max_pool2d"
    rank: ClassVar[int] = 2
    formula: ClassVar[str] = _MAX


class MaxPool3D(Pooling):
    """Takes the largest value in each window of a volume."""

    kind: ClassVar[str] = "max_pool3d"
    rank: ClassVar[int] = 3
    formula: ClassVar[str] = _MAX


class AveragePool1D(AveragePooling):
    """Takes the mean of each window of a sequence."""

    kind: ClassVar[str] = "average_pool1d"
    rank: ClassVar[int] = 1


class AveragePool2D(AveragePooling):
    """Takes the mean of each window of an image.

    Example:
        >>> AveragePool2D(3, 2, padding=1, count_padding=True).count_padding
        True
    """

    kind: ClassVar[str] = "average_pool2d"
    rank: ClassVar[int] = 2


class AveragePool3D(AveragePooling):
    """Takes the mean of each window of a volume."""

    kind: ClassVar[str] = "average_pool3d"
    rank: ClassVar[int] = 3


class GlobalMaxPool(Layer):
    """Takes the largest value of each channel over all positions except padded steps.

    Use it between convolutions and the output to detect a feature at any position.

    References:
        Oquab et al., 2015, "Is object localization for free?".
    """

    kind: ClassVar[str] = "global_max_pool"
    formula: ClassVar[str] = "y[c] = max over p of x[p, c]"


class GlobalAveragePool(Layer):
    """Takes the mean of each channel over all positions except padded steps.

    Use it between convolutions and the output. Unlike a dense layer, it needs no
    parameters and accepts images of any size.

    References:
        Lin, Chen and Yan, 2013, "Network in network".
    """

    kind: ClassVar[str] = "global_average_pool"
    formula: ClassVar[str] = "y[c] = mean over p of x[p, c]"

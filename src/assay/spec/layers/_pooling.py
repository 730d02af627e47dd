"""Pooling layers over windows and over all positions."""

from typing import ClassVar

from assay.spec.layers._basic import Layer
from assay.spec.layers._sizes import AxisCounts, Padding, Window

__all__ = [
    "AveragePool1D",
    "AveragePool2D",
    "AveragePool3D",
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
        padding: P, the number of rows added on both sides, at most half of the window
            size; or "same" or "valid".

    References:
        LeCun et al., 1998, "Gradient-based learning applied to document recognition"
        (average pooling, called subsampling).
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", section 9.3.
    """

    size: AxisCounts = 2
    stride: AxisCounts | None = None
    padding: Padding = 0


class MaxPool1D(Pooling):
    """Takes the largest value in each window of a sequence."""

    kind: ClassVar[str] = "max_pool1d"
    rank: ClassVar[int] = 1
    formula: ClassVar[str] = _MAX


class MaxPool2D(Pooling):
    """Takes the largest value in each window of an image.

    For use after convolutions. The result shows whether a feature occurred, but not its
    exact position.

    Example:
        >>> MaxPool2D(2)
        MaxPool2D(size=2, stride=None, padding=0)
    """

    kind: ClassVar[str] = "max_pool2d"
    rank: ClassVar[int] = 2
    formula: ClassVar[str] = _MAX


class MaxPool3D(Pooling):
    """Takes the largest value in each window of a volume."""

    kind: ClassVar[str] = "max_pool3d"
    rank: ClassVar[int] = 3
    formula: ClassVar[str] = _MAX


class AveragePool1D(Pooling):
    """Takes the mean of each window of a sequence, excluding padding."""

    kind: ClassVar[str] = "average_pool1d"
    rank: ClassVar[int] = 1
    formula: ClassVar[str] = _MEAN


class AveragePool2D(Pooling):
    """Takes the mean of each window of an image, excluding padding."""

    kind: ClassVar[str] = "average_pool2d"
    rank: ClassVar[int] = 2
    formula: ClassVar[str] = _MEAN


class AveragePool3D(Pooling):
    """Takes the mean of each window of a volume, excluding padding."""

    kind: ClassVar[str] = "average_pool3d"
    rank: ClassVar[int] = 3
    formula: ClassVar[str] = _MEAN


class GlobalMaxPool(Layer):
    """Takes the largest value of each channel over all positions or real steps.

    For use between convolutions and the output, to detect a feature at any position.

    References:
        Oquab et al., 2015, "Is object localization for free?".
    """

    kind: ClassVar[str] = "global_max_pool"
    formula: ClassVar[str] = "y[c] = max over p of x[p, c]"


class GlobalAveragePool(Layer):
    """Takes the mean of each channel over all positions or real steps.

    For use between convolutions and the output. The layer replaces a dense layer with
    many parameters and accepts images of any size.

    References:
        Lin, Chen and Yan, 2013, "Network in network".
    """

    kind: ClassVar[str] = "global_average_pool"
    formula: ClassVar[str] = "y[c] = mean over p of x[p, c]"

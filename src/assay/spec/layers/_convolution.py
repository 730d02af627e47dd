"""Convolution layers in one to three dimensions."""

from typing import ClassVar

from assay.spec._fields import Count
from assay.spec.layers._sizes import (
    AxisCounts,
    CausalPadding,
    ExtraRows,
    Padding,
    Window,
)

__all__ = [
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "ConvTranspose1D",
    "ConvTranspose2D",
    "ConvTranspose3D",
    "Convolution",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "DepthwiseConv3D",
    "DepthwiseConvolution",
    "TransposedConvolution",
]


class Convolution(Window):
    """Slides kernels over the input and sums the products at each position.

    Args:
        filters: K, number of kernels, equal to the number of output channels.
        size: F, size of a kernel.
        stride: S, distance between neighboring kernel positions.
        padding: P, zeros around the input. "same" preserves the size with stride 1. If
            the number of added rows is odd, "same" adds the extra row at the end and
            "same_lower" at the start. "valid" adds no zeros. A number applies to both
            sides, and a pair for an axis is (before, after), such as ((1, 2), (0, 0))
            in 2D. In 1D, "causal" makes outputs independent of later inputs.
        dilation: distance between neighboring kernel elements.
        groups: number of groups to split the channels and filters into. The filters in
            a group see only the channels in that group.
        bias: whether to add a learned bias to each filter's output.
        initializer: initializer of the kernels; "auto" depends on the next activation.

    References:
        LeCun et al., 1998, "Gradient-based learning applied to document recognition".
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep
        learning".
    """

    formula: ClassVar[str] = (
        "y[p, k] = b[k] + sum over t, c of x[S p + dilation t - P, c] W[t, c, k]"
    )
    filters: Count
    size: AxisCounts
    stride: AxisCounts = 1
    padding: Padding = "same"
    dilation: AxisCounts = 1
    groups: Count = 1
    bias: bool = True
    initializer: str = "auto"


class Conv1D(Convolution):
    """Convolution over sequences, which detects features at any step.

    Example:
        >>> Conv1D(32, 5, padding="causal").stride
        1
    """

    kind: ClassVar[str] = "conv1d"
    rank: ClassVar[int] = 1
    padding: CausalPadding = "same"


class Conv2D(Convolution):
    """Convolution over images, which detects features at any position.

    Example:
        >>> Conv2D(32, 3, stride=2).padding
        'same'
    """

    kind: ClassVar[str] = "conv2d"
    rank: ClassVar[int] = 2


class Conv3D(Convolution):
    """Convolution over volumes or videos."""

    kind: ClassVar[str] = "conv3d"
    rank: ClassVar[int] = 3


class DepthwiseConvolution(Window):
    """A convolution with separate kernels for each channel.

    The layer does not mix channels.

    Args:
        size: F, size of a kernel.
        multiplier: number of kernels per channel.
        stride: S, distance between neighboring kernel positions.
        padding: P, as in `Convolution`.
        dilation: distance between neighboring kernel elements.
        bias: whether to add a learned bias to each output channel.
        initializer: initializer of the kernels; "auto" depends on the next activation.

    References:
        Chollet, 2017, "Xception: deep learning with depthwise separable
        convolutions".
    """

    formula: ClassVar[str] = (
        "y[p, k] = b[k] + sum over t of x[S p + dilation t - P, c] W[t, 0, k] "
        "with c = k / multiplier, rounded down"
    )
    size: AxisCounts
    multiplier: Count = 1
    stride: AxisCounts = 1
    padding: Padding = "same"
    dilation: AxisCounts = 1
    bias: bool = True
    initializer: str = "auto"


class DepthwiseConv1D(DepthwiseConvolution):
    """Depthwise convolution over sequences."""

    kind: ClassVar[str] = "depthwise_conv1d"
    rank: ClassVar[int] = 1
    padding: CausalPadding = "same"


class DepthwiseConv2D(DepthwiseConvolution):
    """Depthwise convolution over images.

    Use it before a 1 x 1 convolution, which mixes the channels.

    Example:
        >>> [DepthwiseConv2D(3), Conv2D(64, 1)][0].multiplier
        1
    """

    kind: ClassVar[str] = "depthwise_conv2d"
    rank: ClassVar[int] = 2


class DepthwiseConv3D(DepthwiseConvolution):
    """Depthwise convolution over volumes."""

    kind: ClassVar[str] = "depthwise_conv3d"
    rank: ClassVar[int] = 3


class TransposedConvolution(Window):
    """Spreads each input value over a window of the output (transposed convolution).

    Args:
        filters: K, number of output channels.
        size: F, size of a kernel.
        stride: S, factor by which the size grows.
        padding: P, rows cut from both sides of the output, or a pair (before, after)
            for an axis. With "same" and "same_lower", the output size is the input size
            times the stride. If the number of cut rows is odd, "same" cuts the extra
            row at the end and "same_lower" at the start. "valid" cuts no rows.
        dilation: distance between neighboring kernel elements.
        output_padding: rows added at the end, fewer than the stride.
        groups: number of groups to split the channels and filters into.
        bias: whether to add a learned bias to each filter's output.
        initializer: initializer of the kernels; "auto" depends on the next activation.

    References:
        Zeiler et al., 2010, "Deconvolutional networks".
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep
        learning", section 4.
    """

    formula: ClassVar[str] = (
        "y[q, k] = b[k] + sum over p, t, c with S p + dilation t = q + P of "
        "x[p, c] W[t, k, c]"
    )
    filters: Count
    size: AxisCounts
    stride: AxisCounts = 1
    padding: Padding = "same"
    dilation: AxisCounts = 1
    output_padding: ExtraRows = 0
    groups: Count = 1
    bias: bool = True
    initializer: str = "auto"


class ConvTranspose1D(TransposedConvolution):
    """Transposed convolution over sequences."""

    kind: ClassVar[str] = "conv_transpose1d"
    rank: ClassVar[int] = 1


class ConvTranspose2D(TransposedConvolution):
    """Transposed convolution over images.

    Example:
        >>> ConvTranspose2D(16, 4, stride=2).output_padding
        0
    """

    kind: ClassVar[str] = "conv_transpose2d"
    rank: ClassVar[int] = 2


class ConvTranspose3D(TransposedConvolution):
    """Transposed convolution over volumes."""

    kind: ClassVar[str] = "conv_transpose3d"
    rank: ClassVar[int] = 3

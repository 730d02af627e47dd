"""Convolution and pooling as a user asks for them: windows that slide over space."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec._fields import Count
from assay.spec.layers._basic import Layer
from assay.spec.layers._sizes import AxisCounts, CausalPadding, ExtraRows, Padding

__all__ = [
    "AveragePool1D",
    "AveragePool2D",
    "AveragePool3D",
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
    "GlobalAveragePool",
    "GlobalMaxPool",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "Pooling",
    "TransposedConvolution",
    "Window",
]


class Window(Layer):
    """A window that slides over one, two or three axes of space."""

    rank: ClassVar[int] = 0

    @model_validator(mode="after")
    def _one_number_an_axis(self) -> "Window":
        faults = [
            fault(
                f"len({name}) == {self.rank}",
                name,
                value,
                "Write one number for all axes, or one for each.",
            )
            for name, _, value in self.leaves()
            if isinstance(value, tuple) and len(value) != self.rank
        ]
        if faults:
            raise PydanticCustomError("said", "window", {"messages": faults})
        return self


class Convolution(Window):
    """Slides `filters` kernels over space; each sums products with what it covers.

    Args:
        filters: K, number of kernels, and of channels that come out.
        size: F, of a kernel.
        stride: S, from one place to the next.
        padding: P, zeros around the input: "same" (with stride 1 the size stays),
            "valid" (none), or a number for both sides; "causal" in 1D, where no
            output sees a later input.
        dilation: steps from one element of the kernel to the next.
        groups: shares into which channels and filters are cut; each share of the
            filters sees its own share of the channels only.
        bias: whether a learned number is added to each filter's output.
        initializer: of the kernels; "auto" fits the activation that follows.
    """

    filters: Count
    size: AxisCounts
    stride: AxisCounts = 1
    padding: Padding = "same"
    dilation: AxisCounts = 1
    groups: Count = 1
    bias: bool = True
    initializer: str = "auto"


class Conv1D(Convolution):
    """Convolution over sequences: the same features wherever they occur in time.

    Example:
        >>> Conv1D(32, 5, padding="causal").stride
        1
    """

    kind: ClassVar[str] = "conv1d"
    rank: ClassVar[int] = 1
    padding: CausalPadding = "same"


class Conv2D(Convolution):
    """Convolution over images: the same features wherever they occur.

    Example:
        >>> Conv2D(32, 3, stride=2).padding
        'same'
    """

    kind: ClassVar[str] = "conv2d"
    rank: ClassVar[int] = 2


class Conv3D(Convolution):
    """Convolution over volumes, or over images in time."""

    kind: ClassVar[str] = "conv3d"
    rank: ClassVar[int] = 3


class DepthwiseConvolution(Window):
    """A convolution in which each channel has kernels of its own and is not mixed.

    Args:
        size: F, of a kernel.
        multiplier: kernels a channel has.
        stride: S.
        padding: P, as for a convolution.
        dilation: steps from one element of the kernel to the next.
        bias: whether a learned number is added to each output channel.
        initializer: of the kernels; "auto" fits the activation that follows.
    """

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
    """Depthwise convolution over images; a 1 x 1 convolution after it mixes channels.

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
    """A convolution run backward: each input is spread over the output; it grows.

    Args:
        filters: K, channels that come out.
        size: F, of a kernel.
        stride: S, the factor by which the size grows.
        padding: rows cut from both sides of the output: "same" (size times stride
            comes out), "valid" (none), or a number.
        dilation: steps from one element of the kernel to the next.
        output_padding: rows added at the end, fewer than the stride.
        groups: shares into which channels and filters are cut.
        bias: whether a learned number is added to each filter's output.
        initializer: of the kernels; "auto" fits the activation that follows.
    """

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


class Pooling(Window):
    """Sums up each window of each channel in one number; makes space smaller.

    Args:
        size: F, of the window.
        stride: S, from one window to the next; as `size` where it is None.
        padding: P, on both sides, at most half of the window; "same", "valid" or a
            number.
    """

    size: AxisCounts = 2
    stride: AxisCounts | None = None
    padding: Padding = 0


class MaxPool1D(Pooling):
    """The largest value of each window of a sequence."""

    kind: ClassVar[str] = "max_pool1d"
    rank: ClassVar[int] = 1


class MaxPool2D(Pooling):
    """The largest value of each window of an image: what fired, not just where.

    Example:
        >>> MaxPool2D(2)
        MaxPool2D(size=2, stride=None, padding=0)
    """

    kind: ClassVar[str] = "max_pool2d"
    rank: ClassVar[int] = 2


class MaxPool3D(Pooling):
    """The largest value of each window of a volume."""

    kind: ClassVar[str] = "max_pool3d"
    rank: ClassVar[int] = 3


class AveragePool1D(Pooling):
    """The mean of each window of a sequence; padding is not counted."""

    kind: ClassVar[str] = "average_pool1d"
    rank: ClassVar[int] = 1


class AveragePool2D(Pooling):
    """The mean of each window of an image; padding is not counted."""

    kind: ClassVar[str] = "average_pool2d"
    rank: ClassVar[int] = 2


class AveragePool3D(Pooling):
    """The mean of each window of a volume; padding is not counted."""

    kind: ClassVar[str] = "average_pool3d"
    rank: ClassVar[int] = 3


class GlobalMaxPool(Layer):
    """The largest value of each channel over all of space, or all real steps."""

    kind: ClassVar[str] = "global_max_pool"


class GlobalAveragePool(Layer):
    """The mean of each channel over all of space, or over all real steps."""

    kind: ClassVar[str] = "global_average_pool"

"""Layers that add, remove or repeat the rows of an input."""

from typing import ClassVar, Literal

from assay.spec.layers._sizes import AxisCounts, Rows, Window

__all__ = [
    "Cropping",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "Upsampling",
    "Upsampling1D",
    "Upsampling2D",
    "Upsampling3D",
    "ZeroPadding",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
]


class ZeroPadding(Window):
    """Adds rows of zeros around the input.

    For networks from other libraries, with padding that Assay's layers do not support.

    Args:
        padding: P, rows on both sides of each axis. A pair for an axis is
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
    """Removes rows from the sides of the input.

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
    """Removes rows from the sides of sequences."""

    kind: ClassVar[str] = "cropping1d"
    rank: ClassVar[int] = 1


class Cropping2D(Cropping):
    """Removes rows from the sides of images.

    Example:
        >>> Cropping2D(((0, 1), 2)).cropping
        ((0, 1), 2)
    """

    kind: ClassVar[str] = "cropping2d"
    rank: ClassVar[int] = 2


class Cropping3D(Cropping):
    """Removes rows from the sides of volumes."""

    kind: ClassVar[str] = "cropping3d"
    rank: ClassVar[int] = 3


class Upsampling(Window):
    """Enlarges the input by whole factors.

    For decoders. Followed by a convolution, it avoids the checkerboard patterns of
    transposed convolutions.

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
    """Enlarges sequences by whole factors."""

    kind: ClassVar[str] = "upsampling1d"
    rank: ClassVar[int] = 1


class Upsampling2D(Upsampling):
    """Enlarges images by whole factors.

    Example:
        >>> Upsampling2D((2, 4), "linear").factor
        (2, 4)
    """

    kind: ClassVar[str] = "upsampling2d"
    rank: ClassVar[int] = 2


class Upsampling3D(Upsampling):
    """Enlarges volumes by whole factors."""

    kind: ClassVar[str] = "upsampling3d"
    rank: ClassVar[int] = 3

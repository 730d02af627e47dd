"""Recognizes the scale of pixel values, such as 0 to 1 or 0 to 255."""

from typing import Literal, get_args

import numpy as np

from assay._errors import InputError

__all__ = ["PixelScale", "check_pixel_scale", "common_scale", "pixel_scale"]

PixelScale = Literal["", "fractions", "bytes", "16 bits", "other"]
"""The scale of images, or "" if all values are 0 or 1, which fit several scales."""

_ORDER = get_args(PixelScale)
_SURELY_16_BITS = 1024  # image filters may produce values slightly above 255
_LARGEST = {"fractions": 1, "bytes": 255, "16 bits": 65535}
# Pairs of the scales of training images and new images. Dark 16-bit images may look
# like bytes.
_CONFLICTS = (
    *(("fractions", "bytes"), ("fractions", "16 bits")),
    *(("bytes", "fractions"), ("bytes", "16 bits"), ("16 bits", "fractions")),
)


def pixel_scale(images: np.ndarray) -> PixelScale:
    """Return the scale of finite pixel values (n, height, width, channels).

    Example:
        >>> pixel_scale(np.array([0.0, 0.5])), pixel_scale(np.array([0.0, 200.0]))
        ('fractions', 'bytes')
    """
    if not images.size:
        return ""
    low, high = images.min(), images.max()
    if low < 0:
        return "other"
    if images.dtype == np.uint8 or (images == np.floor(images)).all():
        if high <= 255:
            return "bytes" if high > 1 else ""
        return "16 bits" if high >= _SURELY_16_BITS else "other"
    return "fractions" if high <= 1 else "other"


def common_scale(first: PixelScale, second: PixelScale) -> PixelScale:
    """Return the scale of two sets of images taken together."""
    return first if _ORDER.index(first) > _ORDER.index(second) else second


def check_pixel_scale(name: str, images: np.ndarray, trained: PixelScale) -> None:
    """Raise an InputError if new images conflict with the scale of training images.

    Without this check, the predictions would look plausible but be meaningless.

    Args:
        name: name of the column, for the message.
        images: pixel values (n, height, width, channels).
        trained: scale of the training images.
    """
    scale = pixel_scale(images)
    if (trained, scale) not in _CONFLICTS:
        return
    largest, known = _LARGEST[scale], _LARGEST[trained]
    raise InputError(
        f"The pixels of {name!r} have values from {images.min():.4g} to "
        f"{images.max():.4g}, but those of the training images range from 0 to "
        f"{known}. Convert the pixels to this scale: {name} * ({known} / {largest})."
    )

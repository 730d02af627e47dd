"""Rotates images as their EXIF tags specify."""

from contextlib import suppress
from typing import Any

__all__ = ["rotated"]


def rotated(opened: Any) -> Any:
    """Decode an opened Pillow image, and rotate it as its EXIF tags specify."""
    from PIL import ImageOps

    name, opened.filename = getattr(opened, "filename", ""), ""
    try:  # with a file name, Pillow memory-maps TIFF files but ignores their rotation
        opened.load()
    finally:
        opened.filename = name
    with suppress(Exception):  # unreadable tags are ignored
        return ImageOps.exif_transpose(opened)
    return opened

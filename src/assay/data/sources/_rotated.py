"""Rotates images as their EXIF tags state."""

from contextlib import suppress
from typing import Any

__all__ = ["rotated"]


def rotated(opened: Any) -> Any:
    """Decode an opened Pillow image, and return it as its EXIF tags state."""
    from PIL import ImageOps

    name, opened.filename = getattr(opened, "filename", ""), ""
    try:  # with a name, Pillow maps TIFF files into memory, but as if never rotated
        opened.load()
    finally:
        opened.filename = name
    with suppress(Exception):  # unreadable tags are ignored
        return ImageOps.exif_transpose(opened)
    return opened

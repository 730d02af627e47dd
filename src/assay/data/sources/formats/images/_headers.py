"""Reads image headers without decoding the images."""

import os
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

__all__ = [
    "DEEP",
    "MAX_PIXELS",
    "NO_FILE",
    "Header",
    "ImageFile",
    "read_header",
    "reason_of",
]

MAX_PIXELS = 50_000_000
"""Maximum number of pixels per image (200 MB as RGBA), to avoid decompression bombs."""

_ORIENTATION = 0x0112  # the EXIF tag; values of 5 or more swap width and height
_TAGS = (b"eXIf", b"iTXt", b"tEXt", b"zTXt")  # PNG chunks that may contain the tag
DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")  # more than 8 bits per channel
_READ_AS = {"1": "L", "L": "L", "LA": "L", **dict.fromkeys(DEEP, "F")}
NO_FILE = "no such file"
_WITH_ALPHA = ("LA", "PA", "RGBA")


@dataclass(frozen=True)
class ImageFile:
    """An image to be read.

    Args:
        where: path or row of the image, for messages.
        content: file or bytes of the image; None if it is missing.
    """

    where: str
    content: Path | bytes | None

    def open(self) -> Any:
        """Open the image with Pillow.

        Raises:
            ValueError: the image is missing or not a regular file.
        """
        from PIL import Image

        if self.content is None:
            raise ValueError("missing")
        content = self.content
        # Opening a pipe blocks until there is a writer, and reading a device may never
        # end.
        if isinstance(content, Path) and content.exists() and not content.is_file():
            raise ValueError("not a regular file")
        return Image.open(BytesIO(content) if isinstance(content, bytes) else content)


@dataclass(frozen=True)
class Header:
    """The header of an image.

    Args:
        size: (height, width).
        mode: mode to which Pillow converts the image: "L", "F" or "RGB".
        alpha: whether the image has an alpha channel, which is dropped.
        animated: whether the file contains several images; only the first is used.
        wrong: reason the image cannot be used; "" for a valid image.
    """

    size: tuple[int, int] = (0, 0)
    mode: str = ""
    alpha: bool = False
    animated: bool = False
    wrong: str = ""


def read_header(image: ImageFile) -> Header:
    """Return the header of an image, whose field `wrong` contains any fault."""
    try:
        with image.open() as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                return Header(wrong=f"{width} x {height} pixels, above {MAX_PIXELS:,}")
            if _is_turned(opened):
                width, height = height, width
            mode = opened.mode
            alpha = mode in _WITH_ALPHA or "transparency" in opened.info
            animated = getattr(opened, "is_animated", False)
    except FileNotFoundError:
        return Header(wrong=NO_FILE)
    except Exception as error:  # decoders raise various errors for damaged images
        return Header(wrong=reason_of(error))
    return Header((height, width), _READ_AS.get(mode, "RGB"), alpha, animated)


def _is_turned(opened: Any) -> bool:
    """Return whether `rotated` swaps the width and height of an image."""
    from PIL import Image

    if opened.format == "TIFF":
        return False  # Pillow has already swapped them
    with suppress(Exception):
        late = opened.format != "PNG" or _tags_follow_pixels(opened.fp)
        # The `getexif` of PNG images would decode the whole image.
        exif = opened.getexif() if late else Image.Image.getexif(opened)
        return exif.get(_ORIENTATION, 1) >= 5
    return False


def _tags_follow_pixels(file: Any) -> bool:
    """Return whether a PNG file has tags after its pixels, as from ImageMagick."""
    place, pixels = file.tell(), False
    file.seek(8)
    while len(head := file.read(8)) == 8:
        if pixels and head[4:] in _TAGS:
            break
        pixels = pixels or head[4:] == b"IDAT"
        file.seek(int.from_bytes(head[:4]) + 4, os.SEEK_CUR)
    file.seek(place)
    return len(head) == 8


def reason_of(error: Exception) -> str:
    """Return the reason an image cannot be read, as part of a sentence."""
    text = str(error).strip().splitlines()
    known = {"UnidentifiedImageError": "not an image", "SyntaxError": "damaged"}
    return known.get(type(error).__name__) or (text[0] if text else "damaged")

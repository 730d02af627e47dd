"""Images from files and from bytes: looked at, then decoded side by side.

The header of every image is read first, so that a size is known before memory is
taken, and everything wrong with a set of images is told at once.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.table._array_cells import image_cells
from assay.data.table._array_options import Layout
from assay.data.table._memory import check_size
from assay.data.table._parallel_map import each

__all__ = ["SUFFIXES", "decode_images", "holds_images"]

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"),
    *(".ppm", ".pgm"),
)
"""Endings of the names of image files."""

MAX_PIXELS = 50_000_000
"""Pixels of one image; more is a mistake, or made to fill the memory."""

SHOWN = 20
"""Images that a message lists before it only counts."""

_ORIENTATION = 0x0112  # the EXIF tag; from 5 on, width and height are swapped
_ORIENTED = ("JPEG", "MPO", "WEBP")  # Pillow turns TIFF by itself
_READ_AS = {
    "1": "L",
    "L": "L",
    "LA": "L",
    "I;16": "F",
    "I;16B": "F",
    "I": "F",
    "F": "F",
}
_WITH_ALPHA = ("LA", "PA", "RGBA")
_SIGNATURES = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class _Image:
    """One image to be read: where it is in words, and its file or bytes."""

    where: str
    given: Path | bytes | None

    def open(self) -> Any:
        from PIL import Image

        if self.given is None:
            raise ValueError("there is none")
        given = self.given
        return Image.open(BytesIO(given) if isinstance(given, bytes) else given)


@dataclass(frozen=True)
class _Head:
    """What the header of an image says: height and width, mode; or what is wrong."""

    size: tuple[int, int] = (0, 0)
    mode: str = ""
    alpha: bool = False
    wrong: str = ""


def holds_images(series: pl.Series, kind: str | None = None) -> bool:
    """Whether a column holds images as paths, as bytes, or as records of both."""
    dtype = series.dtype
    if isinstance(dtype, pl.Struct):
        return {"bytes", "path"} == {f.name for f in dtype.fields}
    held = series.drop_nulls()
    if not len(held):
        return False
    if dtype == pl.Binary:
        return bytes(held[0]).startswith(_SIGNATURES)
    if dtype != pl.String:
        return False
    lower = held.str.to_lowercase()
    ends = pl.Series([False] * len(held))
    for suffix in SUFFIXES:
        ends |= lower.str.ends_with(suffix)
    return kind == "image" or bool(ends.all())


def decode_images(
    series: pl.Series, layout: Layout, folder: Path | None
) -> tuple[pl.Series, list[str]]:
    """Return a column of images (height, width, channels), and notes.

    Args:
        series: a column for which `holds_images`.
        layout: the size and mode that are asked for.
        folder: what paths are relative to; None for the current one.

    Raises:
        InputError: every image that is broken, too large, or of another size or
            mode than the others.
    """
    images = _images(series, folder)
    heads = each(_head, images, os.cpu_count())
    faults = Faults()
    size = layout.image_size or _common([h.size for h in heads if not h.wrong])
    modes = [head.mode for head in heads if not head.wrong]
    mode = _common(modes) if layout.image_mode == "auto" else layout.image_mode
    fits = len({h.size for h in heads if not h.wrong}) <= 1 or layout.image_size
    fits = fits and (len(set(modes)) <= 1 or layout.image_mode != "auto")
    channels, width = (3, 1) if mode == "RGB" else (1, 4 if mode == "F" else 1)
    pixels = None
    if size and fits:
        check_size(series.name, 2 * len(images) * size[0] * size[1] * channels * width)
        dtype = np.float32 if mode == "F" else np.uint8
        pixels = np.zeros((len(images), *size, channels), dtype=dtype)

    def decode(row: int) -> str:
        if heads[row].wrong:
            return heads[row].wrong
        out = None if pixels is None else pixels[row]
        return _decode(images[row], out, mode, resize=layout.image_size is not None)

    wrong = each(decode, range(len(images)), os.cpu_count())
    _tell_broken(images, wrong, faults)
    _tell_mixed(images, heads, layout, faults)
    faults.raise_if_any()
    notes = []
    if num_alpha := sum(head.alpha for head in heads):
        notes.append(f"Transparency was left out of {num_alpha} images.")
    if pixels is None:
        raise InputError(fault("there are images", "num_images", 0, "Add some."))
    return image_cells(series.name, pixels), notes


def _images(series: pl.Series, folder: Path | None) -> list[_Image]:
    found = []
    for row, cell in enumerate(series.to_list()):
        path, held = (cell, None) if isinstance(cell, str) else (None, cell)
        if isinstance(cell, dict):
            path, held = cell["path"], cell["bytes"]
        if held is not None or not path:
            found.append(_Image(path or f"row {row}", held))
        else:
            found.append(_Image(path, (folder or Path()) / Path(path).expanduser()))
    return found


def _head(image: _Image) -> _Head:
    try:
        with image.open() as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                return _Head(wrong=f"{width} x {height} pixels, above {MAX_PIXELS:,}")
            if _is_turned(opened):
                width, height = height, width
            mode = opened.mode
            alpha = mode in _WITH_ALPHA or "transparency" in opened.info
    except FileNotFoundError:
        return _Head(wrong="there is no such file")
    except Exception as error:  # whatever a decoder trips over, the image is broken
        return _Head(wrong=_reason(error))
    return _Head((height, width), _READ_AS.get(mode, "RGB"), alpha)


def _is_turned(opened: Any) -> bool:
    # Other formats would decode the whole image to find it.
    held = opened.format in _ORIENTED
    return held and opened.getexif().get(_ORIENTATION, 1) >= 5


def _decode(image: _Image, out: np.ndarray | None, mode: str, *, resize: bool) -> str:
    """Write the pixels into out (height, width, channels); return what is wrong."""
    from PIL import Image, ImageOps

    try:
        with image.open() as opened:
            if out is not None:
                opened.draft(mode, (max(out.shape), max(out.shape)))
            opened.load()
            turned = opened.format in _ORIENTED
            read = ImageOps.exif_transpose(opened) if turned else opened
            if read.mode.startswith("I;16") and mode == "L":  # 16 bits to 8
                read = Image.fromarray((np.asarray(read) >> 8).astype(np.uint8))
            read = read.convert(mode)
            if out is None:
                return ""
            size = (out.shape[1], out.shape[0])
            if read.size != size:
                if not resize:
                    return "its pixels are not of the size that its header says"
                read = read.resize(size, Image.Resampling.BILINEAR)
            out[...] = np.asarray(read).reshape(out.shape)
    except Exception as error:  # whatever a decoder trips over, the image is broken
        return _reason(error)
    return ""


def _reason(error: Exception) -> str:
    text = str(error).strip().splitlines()
    known = {"UnidentifiedImageError": "no image", "SyntaxError": "damaged"}
    return known.get(type(error).__name__) or (text[0] if text else "damaged")


def _tell_broken(images: list[_Image], wrong: list[str], faults: Faults) -> None:
    found = [f"{i.where} ({w})" for i, w in zip(images, wrong, strict=True) if w]
    if found:
        faults.add(
            fault(
                "every image can be read",
                "num_broken",
                len(found),
                f"Mend or remove: {_listed(found)}.",
            )
        )


def _tell_mixed(
    images: list[_Image], heads: list[_Head], layout: Layout, faults: Faults
) -> None:
    good = [(i, h) for i, h in zip(images, heads, strict=True) if not h.wrong]
    size = _common([head.size for _, head in good])
    mixed = [
        f"{image.where} ({head.size[0]} x {head.size[1]})"
        for image, head in good
        if head.size != size
    ]
    if size and mixed and layout.image_size is None:
        faults.add(
            fault(
                f"every image is {size[0]} x {size[1]}, as most are",
                "num_others",
                len(mixed),
                f"Write image_size={size} to resize all. "
                f"Others (height x width): {_listed(mixed)}.",
            )
        )
    mode = _common([head.mode for _, head in good])
    mixed = [f"{i.where} ({_worded(h.mode)})" for i, h in good if h.mode != mode]
    if mixed and layout.image_mode == "auto":
        faults.add(
            fault(
                f"every image is {_worded(str(mode))}, as most are",
                "num_others",
                len(mixed),
                "Write image_mode='L' to make all gray, or image_mode='RGB'. "
                f"Others: {_listed(mixed)}.",
            )
        )


def _worded(mode: str) -> str:
    return {"L": "gray", "RGB": "colored"}.get(mode, "gray in more than 8 bits")


def _common(values: Sequence[Any]) -> Any:
    return Counter(values).most_common(1)[0][0] if values else None


def _listed(found: list[str]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more

"""Reads images from files and bytes.

The headers of all images are read before any image is decoded. As a result, the size is
known before memory is allocated, and all faults are reported together. Images are then
decoded in parallel.
"""

import math
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay._parallel_map import map_parallel
from assay.data.columns._wording import counted
from assay.data.sources._rotated import rotated
from assay.data.sources.formats.images._headers import (
    DEEP,
    NO_FILE,
    Header,
    ImageFile,
    read_header,
    reason_of,
)
from assay.data.sources.formats.images._image_columns import image_files
from assay.data.sources.formats.images._missing_images import found_elsewhere
from assay.data.table._array_cells import image_cells
from assay.data.table._array_options import Layout
from assay.data.table._memory import check_size
from assay.data.table._pixel_scale import pixel_scale

__all__ = ["WITHOUT_IMAGES", "decode_images"]

WITHOUT_IMAGES = " To train without them, "
"""Beginning of the last sentence in a message about missing images."""

SHOWN = 20
"""Maximum number of images listed in a message."""


def decode_images(
    column: pl.Series, layout: Layout, folder: Path | None
) -> tuple[pl.Series, list[str]]:
    """Return a column of images (height, width, channels) and notes on how it was read.

    Args:
        column: a column for which `holds_images` is true.
        layout: options for reading images, including their size and mode.
        folder: base folder of the paths; None for the working directory.

    Raises:
        InputError: images are damaged, are too large, or differ from the majority in
            size or mode; the message lists them.
    """
    images = image_files(column, folder)
    headers = map_parallel(read_header, images, os.cpu_count())
    faults = Faults()
    size = layout.image_size or _common([h.size for h in headers if not h.wrong])
    modes = [head.mode for head in headers if not head.wrong]
    mode = _common(modes) if layout.image_mode == "auto" else layout.image_mode
    fits = len({h.size for h in headers if not h.wrong}) <= 1 or layout.image_size
    fits = fits and (len(set(modes)) <= 1 or layout.image_mode != "auto")
    pixels = _blank(column.name, (len(images), *size), mode) if size and fits else None

    def decode(row: int) -> str:
        if headers[row].wrong:
            return headers[row].wrong
        out = None if pixels is None else pixels[row]
        return _decode(images[row], out, mode, resize=layout.image_size is not None)

    wrong = map_parallel(decode, range(len(images)), os.cpu_count())
    _collect_broken(column.name, images, wrong, faults, folder=folder)
    _collect_mixed(images, headers, layout, faults)
    faults.raise_if_any()
    notes = []
    if num_alpha := sum(head.alpha for head in headers):
        notes.append(f"The transparency of {counted(num_alpha, 'image')} was dropped.")
    if num_animated := sum(head.animated for head in headers):
        notes.append(
            f"In {counted(num_animated, 'file')} with several images, only the first "
            "is used. To use all images, save each as a file of its own."
        )
    if pixels is None:
        raise InputError(fault("num_images >= 1", "num_images", 0, "Add images."))
    return image_cells(column.name, pixels), notes


def _blank(name: str, shape: tuple[int, ...], mode: str) -> np.ndarray:
    """Return black images (n, height, width, channels).

    Raises:
        InputError: the images do not fit in memory.
    """
    channels, dtype = 3 if mode == "RGB" else 1, np.float32 if mode == "F" else np.uint8
    check_size(name, 2 * math.prod(shape) * channels * np.dtype(dtype).itemsize)
    return np.zeros((*shape, channels), dtype)


def _decode(
    image: ImageFile, out: np.ndarray | None, mode: str, *, resize: bool
) -> str:
    """Decode an image into `out` (height, width, channels), and return any fault."""
    from PIL import Image

    try:
        with image.open() as opened:
            if out is not None:
                opened.draft(mode, (max(out.shape), max(out.shape)))
            read = rotated(opened)
            if mode != "F":
                read = _with_8_bits(read, opened.format)
            read = read.convert(mode)
            if out is None:
                return ""
            size = (out.shape[1], out.shape[0])
            if read.size != size:
                if not resize:
                    return "its size differs from that in the header"
                read = read.resize(size, Image.Resampling.BILINEAR)
            out[...] = np.asarray(read).reshape(out.shape)
    except Exception as error:  # decoders raise various errors for damaged images
        return reason_of(error)
    return ""


def _with_8_bits(image: Any, form: str | None) -> Any:
    """Return an image with 8 bits per channel. Pillow would clip larger values.

    Raises:
        ValueError: the largest possible value is unknown.
    """
    from PIL import Image

    if image.mode not in DEEP:
        return image
    values = np.asarray(image)
    if image.mode not in ("I", "F") or form == "PNG":
        return Image.fromarray((values >> 8).astype(np.uint8))
    scale = pixel_scale(values)
    if scale != "fractions" and values.min() >= 0 and values.max() <= 255:
        return image
    raise ValueError(
        f"values from {values.min():.4g} to {values.max():.4g}, which do not fit into "
        "8 bits; omit image_mode"
    )


def _collect_broken(
    name: str,
    images: list[ImageFile],
    wrong: list[str],
    faults: Faults,
    *,
    folder: Path | None,
) -> None:
    broken = [f"{i.where} ({w})" for i, w in zip(images, wrong, strict=True) if w]
    if set(wrong) == {NO_FILE} and folder is not None:
        first = images[0].where
        is_remote = "://" in first
        missing = f"All {len(images)} images are missing, such as {first!r}."
        if len(images) == 1:
            missing = f"The image {first!r} is missing."
        faults.add(
            f"{missing} {'Download the images, and write' if is_remote else 'Write'} "
            f"paths relative to the folder of the table, {str(folder)!r}."
            f"{found_elsewhere([i.where for i in images], folder)}{WITHOUT_IMAGES}"
            f"write ignore=[{name!r}]."
        )
    elif set(wrong) == {NO_FILE} and "://" in images[0].where:
        faults.add(
            f"Images cannot be read from URLs, such as {images[0].where!r}. Download "
            "them, and write the paths of the files."
        )
    elif broken:
        faults.add(
            fault(
                "num_broken == 0",
                "num_broken",
                len(broken),
                f"Repair or remove these images: {_listed(broken)}.",
            )
        )


def _collect_mixed(
    images: list[ImageFile], headers: list[Header], layout: Layout, faults: Faults
) -> None:
    good = [(i, h) for i, h in zip(images, headers, strict=True) if not h.wrong]
    size = _common([head.size for _, head in good])
    mixed = [
        f"{image.where} ({head.size[0]} x {head.size[1]})"
        for image, head in good
        if head.size != size
    ]
    if size and mixed and layout.image_size is None:
        faults.add(
            f"The images differ in size; the most common is {size[0]} x {size[1]} "
            f"(height x width). Resize the others, or write image_size={size} when "
            f"training, to resize all images. Other sizes: {_listed(mixed)}."
        )
    mode = _common([head.mode for _, head in good])
    mixed = [f"{i.where} ({_color_word(h.mode)})" for i, h in good if h.mode != mode]
    if mixed and layout.image_mode == "auto":
        faults.add(
            f"The images differ in mode; the most common is {_color_word(str(mode))}. "
            "Convert the others, or write image_mode='L' when training, to read all "
            "images in grayscale, or 'RGB' to read them in color. Other modes: "
            f"{_listed(mixed)}."
        )


def _color_word(mode: str) -> str:
    return {"L": "grayscale", "RGB": "color"}.get(mode, "grayscale with over 8 bits")


def _common(values: Sequence[Any]) -> Any:
    return Counter(values).most_common(1)[0][0] if values else None


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more

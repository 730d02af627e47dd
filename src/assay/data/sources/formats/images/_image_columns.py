"""Recognizes columns of images, and finds the image for each cell.

A cell may contain the path or the bytes of a file, a record with both (as in Hugging
Face data sets), or the bytes as Base64 text.
"""

import base64
import binascii
import os
import re
from pathlib import Path
from typing import Any

import polars as pl

from assay.data.sources.formats.images._headers import ImageFile
from assay.data.sources.formats.images._image_names import image_places, path_by_name
from assay.data.table._image_files import IMAGE_SUFFIXES

__all__ = ["holds_images", "image_files", "note_on_other_cells"]

_SAMPLE = 20  # enough to rule out most columns
_HAS_SUFFIX = rf"(?:{'|'.join(map(re.escape, IMAGE_SUFFIXES))})\s*$"
_SIGNATURE = re.compile(
    rb"\x89PNG|\xff\xd8|GIF8|BM|RIFF....WEBP|II\*\0|MM\0\*|P[1-6]\s", re.DOTALL
)
_BASE64 = ("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "Qk0", "SUkqA", "TU0AK")
"""The first characters of the signatures when encoded as Base64."""

_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,")
_MIN_BASE64 = 60  # number of characters; shorter text may be a code


def holds_images(column: pl.Series, kind: str | None = None) -> bool:
    """Return whether a column contains images: paths, bytes, or records with both."""
    if kind not in (None, "image"):
        return False
    if isinstance(column.dtype, pl.Struct):
        return _are_records(column, column.dtype, kind)
    if column.dtype not in (pl.Binary, pl.String):
        return False
    first: Any = column.first(ignore_nulls=True)
    if first is None:
        return False
    if column.dtype == pl.Binary:
        return _SIGNATURE.match(bytes(first)) is not None
    if kind == "image" or _is_base64(first):
        return True
    # The first value rules out most columns of a table.
    return _is_path(first) and bool(
        column.drop_nulls().str.to_lowercase().str.contains(_HAS_SUFFIX).all()
    )


def _are_records(column: pl.Series, dtype: pl.Struct, kind: str | None) -> bool:
    """Return whether records contain image files. Audio records have the same fields.

    If the source declares that the column contains images, damaged files count too.
    """
    types = {field.name: field.dtype for field in dtype.fields}
    if types.get("bytes") not in (pl.Binary, pl.Null):
        return False
    if kind == "image":
        return True
    cells = column.drop_nulls().head(_SAMPLE).to_list()
    return any(
        _SIGNATURE.match(cell["bytes"] or b"") or _is_path(cell.get("path"))
        for cell in cells
    )


def _is_path(cell: str | None) -> bool:
    return cell is not None and cell.rstrip().lower().endswith(IMAGE_SUFFIXES)


def _is_base64(cell: str) -> bool:
    text = _DATA_URL.sub("", cell, count=1)
    return len(text) >= _MIN_BASE64 and text.startswith(_BASE64)


def note_on_other_cells(column: pl.Series) -> list[str]:
    """Return a note if most, but not all, cells of a column are image paths."""
    if column.dtype != pl.String or not any(map(_is_path, column.head(_SAMPLE))):
        return []
    cells = column.drop_nulls()
    are_paths = cells.str.to_lowercase().str.contains(_HAS_SUFFIX)
    if 2 * are_paths.sum() <= len(cells) or are_paths.all():
        return []
    other = cells.filter(~are_paths)[0]
    return [
        f"{column.name!r} is not treated as an image column, because it contains "
        f"{other!r}. Replace this value with the path of an image, or remove the row."
    ]


def image_files(column: pl.Series, folder: Path | None) -> list[ImageFile]:
    """Return the images in a column for which `holds_images` is true.

    Args:
        column: a column of paths, bytes or records.
        folder: base folder of the paths; None for the working directory.
    """
    cells, base = column.to_list(), folder or Path()
    if column.dtype == pl.String and not any(map(_is_path, cells)):
        places = image_places(folder)
        found = (path_by_name(cell, places) for cell in cells)
        pairs = zip(cells, found, strict=True)
        cells = [str(path.relative_to(base)) if path else cell for cell, path in pairs]
    return [_image_file(cell, f"row {row}", base) for row, cell in enumerate(cells)]


def _image_file(cell: Any, row: str, folder: Path) -> ImageFile:
    if isinstance(cell, dict):
        path, data = cell.get("path"), cell["bytes"]
    elif isinstance(cell, str) and _is_base64(cell):
        path, data = None, _decoded(cell)
    else:
        path, data = (cell, None) if isinstance(cell, str) else (None, cell)
    path = _trimmed(path or "", folder)
    if data is not None or not path:
        return ImageFile(path or row, data)
    return ImageFile(path, _path_of(path, folder))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(_DATA_URL.sub("", text, count=1))
    except binascii.Error:
        return b""  # reported as a damaged image


def _trimmed(path: str, folder: Path) -> str:
    """Strip the spaces around a path, unless a file with these spaces exists."""
    trimmed = path.strip()
    is_exact = trimmed == path or os.path.exists(folder / os.path.expanduser(path))
    return path if is_exact else trimmed


def _path_of(path: str, folder: Path) -> Path:
    """Return the path of a file that may be given as a Windows path."""
    found = folder / Path(os.path.expanduser(path))
    if "\\" in path and not found.exists():
        return folder / path.replace("\\", "/")
    return found

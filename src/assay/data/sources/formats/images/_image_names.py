"""Finds images whose names are given without a suffix, such as ids in a table."""

import itertools
import os
from contextlib import suppress
from pathlib import Path

import polars as pl

from assay.data.table._image_files import is_image, subfolders

__all__ = ["ImagePlaces", "image_places", "note_on_names", "path_by_name"]

ImagePlaces = list[tuple[Path, str]]
"""Folders that contain images, each with the suffix of its images."""

_MOST_PLACES = 20  # maximum number of subfolders that are searched
_FIRST_FILES = 100  # maximum number of files per folder that are searched


def image_places(folder: Path | None) -> ImagePlaces:
    """Return the folders with images among a table's folder and its subfolders."""
    if folder is None or not folder.is_dir():
        return []
    places, searched = [], [folder]
    with suppress(OSError):  # a table may be readable even if its folder is not
        searched += subfolders(folder)[:_MOST_PLACES]
    for place in searched:
        names: list[str] = []
        with suppress(OSError), os.scandir(place) as entries:
            names = [entry.name for entry in itertools.islice(entries, _FIRST_FILES)]
        if images := sorted(filter(is_image, names)):
            places.append((place, os.path.splitext(images[0])[1]))
    return places


def path_by_name(name: str | None, places: ImagePlaces) -> Path | None:
    """Return the path of the image with this name, or None if it was not found."""
    trimmed = (name or "").strip()
    if not trimmed or is_image(trimmed) or "\0" in trimmed:
        return None
    names = dict.fromkeys((name, trimmed))
    paths = (place / f"{n}{suffix}" for n in names for place, suffix in places)
    return next((path for path in paths if _is_file(path)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # for example, if the name is too long
        return False


def note_on_names(
    column: pl.Series, folder: Path | None, places: ImagePlaces
) -> list[str]:
    """Return a note if a column contains the names of images without a suffix."""
    if not places or folder is None or column.dtype != pl.String:
        return []
    path = path_by_name(column.first(ignore_nulls=True), places)  # type: ignore
    if path is None:
        return []
    return [
        f"{column.name!r} may contain the names of images, such as "
        f"{str(path.relative_to(folder))!r}. To train on the images, write "
        f"kinds={{{column.name!r}: 'image'}}."
    ]

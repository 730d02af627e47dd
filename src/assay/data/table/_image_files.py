"""Finds the images, tables and other files in a folder.

Hidden files and folders, and files left behind by operating systems and archivers, are
skipped.
"""

import os
from pathlib import Path

from assay.data.table._part_names import part_of

__all__ = [
    "IMAGE_SUFFIXES",
    "has_images",
    "hints_on_files",
    "images_in",
    "is_image",
    "is_table",
    "scan",
    "subfolders",
    "walk",
]

IMAGE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".webp"),
    *(".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"),
)
"""Suffixes of image files."""

# Files and folders left behind by macOS, Windows, Linux, network storage and Python.
_CLUTTER = ("__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "@eadir")
_CLUTTER += ("system volume information", "lost+found", "__pycache__")
_ANNOTATIONS = ("annotation", "annotations")
_ANNOTATION_SUFFIXES = (".txt", ".xml", ".json")
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".npz", ".arrow", ".feather", ".ts")


def walk(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the images in a folder, at any depth, and its other files."""
    images, others = [], []
    for directory, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        # Links are not followed, because they may lead back to an outer folder.
        linked = [name for name in folders if os.path.islink(Path(directory, name))]
        others += [Path(directory, name) for name in linked]
        for name in files:
            if not _is_hidden(name):
                (images if is_image(name) else others).append(Path(directory, name))
    return sorted(images), sorted(others)


def has_images(folder: Path) -> bool:
    """Return whether a folder contains images, at any depth."""
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        if any(is_image(name) and not _is_hidden(name) for name in files):
            return True
    return False


def scan(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the visible folders and files in a folder."""
    folders, files = [], []
    # `os.scandir` is fast, because it detects folders without a system call per file.
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _is_hidden(entry.name):
                (folders if entry.is_dir() else files).append(Path(entry.path))
    return sorted(folders), sorted(files)


def subfolders(folder: Path) -> list[Path]:
    """Return the visible subfolders of a folder, which may be classes."""
    # By convention, folders such as "_background_noise_" are not classes.
    return [path for path in scan(folder)[0] if not path.name.startswith("_")]


def images_in(folder: Path) -> list[Path]:
    """Return the images in a folder, without those in its subfolders."""
    return [path for path in scan(folder)[1] if is_image(path.name)]


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _CLUTTER


def is_image(name: str) -> bool:
    """Return whether a file has the suffix of an image."""
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES


def _tables_in(folder: Path) -> list[str]:
    """Return the paths of the tables in a folder, at any depth.

    Tables in outer folders come first, and at equal depth those of the training set.
    """
    tables = [p for p in walk(folder)[1] if p.suffix.lower() in _TABLES]
    tables.sort(key=lambda p: (len(p.parts), part_of(p.stem) != "train", p))
    return [str(path) for path in tables]


def hints_on_files(folder: Path | None) -> str:
    """Return the end of a sentence about missing classes, with hints on other files.

    The hints are that a table in the folder may list the classes, and that annotations
    cannot be used.
    """
    if folder is None:
        return "."
    hints = "."
    if names := _tables_in(folder):
        condition = "if it contains the paths and classes of the images"
        hints = f", or pass {names[0]!r} {condition}."
    return hints + _hint_on_annotations(folder)


def _hint_on_annotations(folder: Path) -> str:
    """Return a sentence if a folder contains annotations of its images, or "".

    Annotations are named after an image, such as `labels/1.txt` for `images/1.jpg`, or
    are in a folder of their own, such as `annotations/instances.json`.
    """
    images, others = walk(folder)
    names = {path.stem for path in images}
    for path in others:
        is_named = path.stem in names or path.parent.name.lower() in _ANNOTATIONS
        if is_named and path.suffix.lower() in _ANNOTATION_SUFFIXES:
            name = str(path.relative_to(folder))
            return (
                f" Annotations such as {name!r} cannot be used, because only one class "
                "per image can be predicted."
            )
    return ""


def is_table(path: Path) -> bool:
    """Return whether a path relative to an image folder is that of a table."""
    # Array files in subfolders are examples rather than tables.
    is_array = path.suffix.lower() == ".npy" and len(path.parts) == 1
    return is_array or path.suffix.lower() in _TABLES

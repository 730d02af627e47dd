"""Reads image folders with a subfolder per class, optionally divided into parts.

Hidden files and folders, and files left behind by operating systems and archivers, are
skipped silently. Other files and folders that are left out are listed in notes.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from assay._errors import InputError
from assay.data.sources.formats._damaged import check_encoding
from assay.data.sources.formats.images._masks import (
    check_no_masks,
    masks_in,
    note_on_mask_class,
)
from assay.data.sources.formats.images._no_images import why_no_images
from assay.data.sources.formats.images._part_folders import part_folders
from assay.data.table._image_files import (
    has_images,
    hints_on_files,
    images_in,
    is_image,
    scan,
    subfolders,
    walk,
)
from assay.data.table._table import Table

__all__ = ["read_image_folder"]

_SHOWN = 5  # maximum number of names listed in a note or a message


@dataclass
class _Listing:
    """The images in a folder.

    Args:
        paths: paths of the images.
        classes: the class of each image, or None if no folder is named after a class.
        notes: messages about the files and folders that were left out.
    """

    paths: list[Path] = field(default_factory=list)
    classes: list[str | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: "_Listing") -> None:
        """Append the images and notes from another folder."""
        self.paths += other.paths
        self.classes += other.classes
        self.notes += other.notes

    def without(self, paths: Collection[Path]) -> "_Listing":
        """Return the listing without the given images."""
        rows = [row for row, path in enumerate(self.paths) if path not in paths]
        classes = [self.classes[row] for row in rows]
        return _Listing([self.paths[row] for row in rows], classes, self.notes)


def read_image_folder(folder: Path) -> Table:
    """Read the paths and classes of the images in a folder.

    Raises:
        InputError: no images were found, or some are outside the class folders.
    """
    root, notes = _innermost(folder)
    listing, num_test = _Listing(notes=notes), 0
    part_notes: list[str] = []
    parts = part_folders(root)
    if parts:
        for part in parts:
            rows = _list_part(folder, part, parts)
            if parts[part] == "test":
                num_test += len(rows.paths)
            listing.add(rows)
        part_notes = _notes_on_parts(parts, num_test)
        listing.notes += _notes_on_others(root, parts)
    else:
        listing.add(_list_classes(root))
    if not listing.paths:
        raise InputError(why_no_images(folder))
    table = _table(folder, listing, num_test)
    return replace(table, part_notes=tuple(part_notes))


def _table(folder: Path, listing: _Listing, num_test: int) -> Table:
    names = [os.path.relpath(path, folder) for path in listing.paths]
    check_encoding([*names, *(c for c in listing.classes if c)])
    check_no_masks(folder, listing.paths, listing.classes)
    frame = pl.DataFrame({"image": names})
    has_classes = listing.classes[0] is not None
    if has_classes:
        frame = frame.with_columns(pl.Series("class", listing.classes))
    return Table(
        frame,
        name=folder.resolve().name,
        source=str(folder),
        target="class" if has_classes else None,
        notes=(*listing.notes, *note_on_mask_class(listing.paths, listing.classes)),
        num_test=num_test,
        kinds={"image": "image"},
        task="classification" if has_classes else None,
        folder=folder,
    )


def _innermost(folder: Path) -> tuple[Path, list[str]]:
    """Return the folder that contains the classes or parts, and a note if it is nested.

    For example, an archive `photos.zip` often unpacks to `photos/photos/cat`.
    """
    root = folder
    while not images_in(root):
        inner = [f for f in subfolders(root) if has_images(f)]
        if len(inner) != 1:
            break
        root = inner[0]
    if root == folder or images_in(root):
        return folder, []
    return root, [f"The image folders are in {str(root.relative_to(folder))!r}."]


def _list_part(folder: Path, part: Path, parts: Mapping[Path, str]) -> _Listing:
    root, notes = _innermost(part)
    listing = _list_classes(root)
    if listing.classes and listing.classes[0] is None:
        others = [p for p in parts if p != part and subfolders(p)]
        raise InputError(
            f"The images in {str(part)!r} have no classes. Put the images of each "
            f"class in a subfolder of its own, such as {str(part / 'cat')!r}"
            + (f", or use only {str(others[0])!r}" if others else "")
            + hints_on_files(folder)
        )
    return _Listing(listing.paths, listing.classes, notes + listing.notes)


def _notes_on_parts(parts: Mapping[Path, str], num_test: int) -> list[str]:
    notes, known = [], [p.name for p in parts]
    if num_test:
        known = [p.name for p, part in parts.items() if part != "test"]
        tests = [p.name for p in parts if p.name not in known]
        notes.append(f"The test set is the folder {_quoted(tests)}.")
    if len(known) > 1:
        notes.append(f"The images in {_quoted(known)} are pooled and split again.")
    return notes


def _notes_on_others(root: Path, parts: Collection[Path]) -> list[str]:
    folders, files = scan(root)
    others = [path.name for path in (*folders, *files) if path not in parts]
    if not others:
        return []
    return [f"Other files and folders are not used: {_quoted(others)}."]


def _list_classes(folder: Path) -> _Listing:
    """Return the images in a folder, with their classes if it has class subfolders."""
    listing, skipped, empty = _Listing(), [], []
    for subfolder in subfolders(folder):
        paths, others = walk(subfolder)
        skipped += others
        if not paths:
            empty.append(subfolder.name)
        listing.paths += paths
        listing.classes += [subfolder.name] * len(paths)
    own = images_in(folder)
    masks = masks_in([*own, *listing.paths], folder.parent if own else folder)
    own = [path for path in own if path not in masks]
    listing = listing.without(masks)
    if own and listing.paths:
        raise InputError(
            f"{str(folder)!r} contains images outside its class folders: "
            f"{_quoted(path.name for path in own)}. Move each image into the folder of "
            "its class."
        )
    if not listing.paths:
        listing.paths, listing.classes = own, [None] * len(own)
    else:
        listing.notes += _notes_on_depth(folder, listing.paths)
    skipped += [f for f in scan(folder)[1] if not is_image(f.name)]
    listing.notes += _notes_on_skipped(folder, empty, skipped)
    if masks:
        names = _quoted(str(path.relative_to(folder)) for path in sorted(masks))
        listing.notes.append(f"Masks of other images are not used: {names}.")
    return listing


def _notes_on_depth(folder: Path, paths: Sequence[Path]) -> list[str]:
    """Return a note if the class folders have subfolders, which may be the classes."""
    inner = (path.relative_to(folder) for path in paths)
    deeper = next((path for path in inner if len(path.parts) > 2), None)
    if deeper is None:
        return []
    name, label = str(deeper.parent), deeper.parts[0]
    return [
        f"The images in all subfolders of a class folder, such as {name!r}, belong to "
        f"the class named after that folder, here {label!r}."
    ]


def _notes_on_skipped(
    folder: Path, empty: Sequence[str], skipped: Sequence[Path]
) -> list[str]:
    notes = []
    if empty:
        notes.append(f"Folders without images are not used: {_quoted(empty)}.")
    private = [f.name for f in scan(folder)[0] if f.name.startswith("_")]
    if private:
        notes.append(f"Folders with the prefix '_' are not used: {_quoted(private)}.")
    linked = [path for path in skipped if path.is_dir()]
    files = [path for path in skipped if path not in linked]
    for what, paths in (
        ("Linked folders are not followed", linked),
        ("Files that are not images are not used", files),
    ):
        names = _quoted(str(path.relative_to(folder)) for path in paths)
        notes += [f"{what}: {names}."] if paths else []
    return notes


def _quoted(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(repr, names[:_SHOWN])) + more

"""Recognizes image folders that contain the training, validation or test set."""

from collections.abc import Collection, Sequence
from pathlib import Path

from assay.data.table._image_files import has_images, images_in, subfolders
from assay.data.table._part_names import PARTS, part_of, words_of

__all__ = ["part_folders"]


def part_folders(folder: Path) -> dict[Path, str]:
    """Return the subfolders for training, validation and testing, in that order.

    At least two of them must exist, because a single folder named "train" may contain
    images of trains.
    """
    folders = [f for f in subfolders(folder) if has_images(f)]
    parts = _named_parts(folders)
    if len(set(parts.values())) < 2:
        words = [set(words_of(f.name)) for f in folders]
        shared = set.intersection(*words) if words else set()
        parts = _named_parts(folders, shared)
        # If folders with these names contain no folders, they may be classes.
        if len(set(parts.values())) < 2 or not all(map(subfolders, parts)):
            return {}
    others = len(folders) - len(parts)
    both = {"train", "test"} <= set(parts.values())
    are_classes = others and not both and images_in(next(iter(parts)))
    return {} if are_classes else parts


def _named_parts(
    folders: Sequence[Path], shared: Collection[str] = ()
) -> dict[Path, str]:
    known = {f: part for f in folders if (part := part_of(f.name, shared))}
    return dict(sorted(known.items(), key=lambda item: PARTS.index(item[1])))

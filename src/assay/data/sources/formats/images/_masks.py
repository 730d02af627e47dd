"""Detects masks, which mark the objects in other images and are not examples."""

import re
from collections.abc import Sequence
from pathlib import Path

from assay._errors import InputError
from assay.data.table._part_names import words_of

__all__ = ["check_no_masks", "masks_in", "note_on_mask_class"]

_IMAGES = {"images", "image", "imgs", "img"}
_WORDS = {"mask", "label", "annotation", "seg", "segmentation", "gt", "groundtruth"}
_WORDS |= {"trimap", "matte"}
_MASKS = _WORDS | {f"{word}s" for word in _WORDS}
_WORD = "|".join(sorted(_MASKS, key=len, reverse=True))
_NAME = re.compile(
    rf"(?P<after>.+?)[ _.-]+(?:{_WORD})(?:[ _.-]?\d+)?|(?:{_WORD})[ _.-]+(?P<before>.+)"
)


def masks_in(paths: Sequence[Path], folder: Path) -> set[Path]:
    """Return the files that are masks of other images in the same class.

    Masks are named after their image with a word added, as in `1_mask.png`, or are in a
    folder of their own inside the class folder, as in `cat/masks/1.png`.

    Args:
        paths: paths of the images.
        folder: the folder that contains the class folders.

    Example:
        >>> names = ("1.jpg", "1_mask.png", "no_mask.png")
        >>> masks = masks_in([Path("cat", name) for name in names], Path())
        >>> [path.name for path in masks]
        ['1_mask.png']
    """
    inner = {path: path.relative_to(folder).parts for path in paths}
    apart = {p for p in paths if any(n.lower() in _MASKS for n in inner[p][1:-1])}
    names = {(path.parent, path.stem.lower()) for path in paths}
    names |= {(inner[p][0], p.stem.lower()) for p in paths if p not in apart}
    return {
        path
        for path in paths
        if (path.parent, _image(path)) in names
        or (path in apart and (inner[path][0], _image(path)) in names)
        or (path in apart and (inner[path][0], path.stem.lower()) in names)
    }


def _image(path: Path) -> str:
    """Return the name of the image to which a mask belongs, or "" for other files."""
    match = _NAME.fullmatch(path.stem.lower())
    return "" if match is None else match["after"] or match["before"]


def _stems(paths: Sequence[Path], classes: Sequence[str | None]) -> dict[str, set[str]]:
    """Return the image names in each class, with words such as "mask" removed."""
    stems: dict[str, set[str]] = {str(label): set() for label in classes}
    for path, label in zip(paths, classes, strict=True):
        stems[str(label)].add(_image(path) or path.stem.lower())
    return stems


def check_no_masks(
    folder: Path, paths: Sequence[Path], classes: Sequence[str | None]
) -> None:
    """Raise an InputError if each image in one folder has a mask in another folder."""
    stems = _stems(paths, classes)
    masks = [name for name in stems if set(words_of(name)) & _MASKS]
    if len(stems) != 2 or len(masks) != 1:
        return
    (other,) = stems.keys() - masks
    known = _IMAGES | set(words_of(masks[0]))
    if stems[masks[0]] == stems[other] and set(words_of(other)) <= known:
        raise InputError(
            f"The images in {str(folder)!r} have masks instead of classes: {other!r}, "
            f"{masks[0]!r}. Only one class per image can be predicted. Put the images "
            "of each class in a subfolder of its own."
        )


def note_on_mask_class(
    paths: Sequence[Path], classes: Sequence[str | None]
) -> list[str]:
    """Return a note if a class may consist of the masks of all other images."""
    stems = _stems(paths, classes)
    for name, own in stems.items():
        others = [stems[other] for other in stems if other != name]
        if name.lower() in _MASKS and own == set().union(*others) and len(others) > 1:
            return [
                f"The class {name!r} has the same image names as all other classes "
                "together. If it consists of masks of their images, move its folder "
                "elsewhere."
            ]
    return []

"""Suggests where to find images that a table lists under wrong paths."""

import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from assay.data.table._part_names import part_of

__all__ = ["found_elsewhere"]

_MOST_LEVELS = 4  # maximum depth of the folders that are searched
_MOST_FILES = 50_000  # maximum number of files and folders that are searched
_SHOWN = 3  # maximum number of files listed in the message


def found_elsewhere(paths: Sequence[str], folder: Path) -> str:
    """Return a sentence about files that may be the first missing image, or "".

    Among the files with its name, those whose paths share the most trailing folders
    with the stated path are suggested, such as `images/dog/0.png` for `data/dog/0.png`.
    Files that belong to another part or class are not suggested.

    Args:
        paths: the paths of all images, as stated in the table.
        folder: folder of the table.
    """
    stated = _parts_of(paths[0])
    # If the folders differ, they are probably the classes, so a name alone does not
    # identify an image.
    varied = len({tuple(_parts_of(path)[-2:-1]) for path in paths}) > 1
    ranked: list[tuple[int, int, str]] = []
    for place in _folders_below(folder) if stated else ():
        path = (place / stated[-1]).relative_to(folder)
        if os.path.isfile(folder / path):
            found = [folder.name, *path.parts]
            num_shared = _num_shared(stated, found)
            if not _contradicts(stated, found, varied=varied, num_shared=num_shared):
                ranked.append((-num_shared, len(found), str(path)))
    ranked.sort()
    best = [repr(path) for *rank, path in ranked if rank == list(ranked[0][:2])]
    if len(best) > 1:
        return f" Files with this name exist: {', '.join(best[:_SHOWN])}."
    return f" A file with this name exists: {best[0]}." if best else ""


def _parts_of(path: str) -> list[str]:
    parts = path.replace("\\", "/").split("/")
    return [part for part in parts if part not in ("", ".", "..")]


def _num_shared(stated: Sequence[str], found: Sequence[str]) -> int:
    """Return the number of trailing parts that two paths share."""
    pairs = zip(reversed(stated), reversed(found), strict=False)
    same = (one.casefold() == other.casefold() for one, other in pairs)
    return len(list(itertools.takewhile(bool, same)))


def _contradicts(
    stated: Sequence[str], found: Sequence[str], *, varied: bool, num_shared: int
) -> bool:
    """Return whether a file is in a different part or class than the stated path."""
    if varied and num_shared == 1:
        return True
    wanted, own = ({*map(part_of, parts[:-1])} - {None} for parts in (stated, found))
    return bool(wanted) and not wanted & own and (bool(own) or num_shared == 1)


def _folders_below(folder: Path) -> Iterator[Path]:
    """Return a folder and the visible folders below it, outer ones first."""
    level, left = [folder], _MOST_FILES
    for _ in range(_MOST_LEVELS + 1):
        yield from level
        inner: list[Path] = []
        for place in level:
            with suppress(OSError), os.scandir(place) as entries:
                seen = list(itertools.islice(entries, left))
                left -= len(seen)
                folders = (entry for entry in seen if entry.is_dir())
                inner += [Path(e.path) for e in folders if not e.name.startswith(".")]
        level = sorted(inner)

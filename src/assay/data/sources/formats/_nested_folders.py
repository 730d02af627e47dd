"""Detects that the folders of images lie one level deeper than they should."""

import os
from collections import defaultdict

from assay.data.table._table import Table

__all__ = ["nested_folders_fault"]

_FEWEST = 2  # classes in a folder
_SHOWN = 3  # names listed in the message


def nested_folders_fault(table: Table, target: str) -> str | None:
    """Return what is wrong if each class folder contains the same class folders.

    An example is a folder with the folders `2023/cat`, `2023/dog`, `2024/cat` and
    `2024/dog`, in which the years would become the classes.
    """
    if table.folder is None or target != table.target or "image" not in table.kinds:
        return None
    paths = [name.split(os.sep) for name in table.frame["image"]]
    labels = table.frame[target].to_list()
    depth = len(os.path.commonprefix(paths))
    inner: dict[str, set[str]] = defaultdict(set)
    for parts, label in zip(paths, labels, strict=True):
        # an image directly in a class folder, or folders for train and test
        if len(parts) < depth + 3 or parts[depth] != label:
            return None
        inner[label].add(parts[depth + 1])
    shared = set.intersection(*inner.values()) if inner else set()
    if len(inner) < _FEWEST or len(shared) < _FEWEST:
        return None
    outer = table.folder.joinpath(*paths[0][:depth])
    first = str(outer / min(inner))
    return (
        f"The folders {_quoted(inner)} in {str(outer)!r} all contain the folders "
        f"{_quoted(shared)}, so the classes are one level deeper than expected. Use "
        f"one of the outer folders, such as {first!r}, or move the images of each "
        "class into one folder."
    )


def _quoted(names: dict[str, set[str]] | set[str]) -> str:
    known = sorted(names)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return ", ".join(map(repr, known[:_SHOWN])) + more

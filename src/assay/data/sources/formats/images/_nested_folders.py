"""Detects image folders in which the classes are one level deeper than expected."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from assay._errors import InputError
from assay.data.table._part_names import part_of
from assay.data.table._table import Table

__all__ = ["check_not_nested"]

_FEWEST = 2  # minimum number of folders at each of the two levels
_SHOWN = 3  # maximum number of names listed in the message


def check_not_nested(table: Table, target: str | None) -> None:
    """Raise an InputError if all class folders contain the same folders.

    For example, with the folders `2023/cat`, `2023/dog`, `2024/cat` and `2024/dog`, the
    years would become the classes.

    Args:
        table: a table that contains image paths.
        target: the column to predict; None for the table's own target.
    """
    folder, label = table.folder, table.target
    if folder is None or label is None or table.kinds.get("image") != "image":
        return
    paths = table.frame["image"]
    if paths.dtype == pl.String and target in (None, label):
        fault = _fault(folder, paths.to_list(), table.frame[label])
        if fault is not None:
            raise InputError(fault)


def _fault(folder: Path, names: Sequence[str], labels: Iterable[str]) -> str | None:
    paths = [name.split(os.sep) for name in names]
    depth = len(os.path.commonprefix(paths))
    inner: dict[str, set[str]] = defaultdict(set)
    for parts, label in zip(paths, labels, strict=True):
        # Either the image is directly in a class folder, or the folders are parts.
        if len(parts) < depth + 3 or parts[depth] != label:
            return None
        inner[label].add(parts[depth + 1])
    shared = set.intersection(*inner.values()) if inner else set()
    if len(inner) < _FEWEST or len(shared) < _FEWEST:
        return None
    outer = folder.joinpath(*paths[0][:depth])
    found = (
        f"The folders {_quoted(inner)} in {str(outer)!r} all contain the folders "
        f"{_quoted(shared)}, so "
    )
    if all(map(part_of, shared)):
        moved = str(outer / max(shared) / min(inner))
        return f"{found}the parts are inside the classes. Use paths such as {moved!r}."
    first = str(outer / min(inner))
    return (
        f"{found}the classes are one level deeper than expected. Use one of the outer "
        f"folders, such as {first!r}, or move the images of each class into one folder."
    )


def _quoted(names: dict[str, set[str]] | set[str]) -> str:
    known = sorted(names)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return ", ".join(map(repr, known[:_SHOWN])) + more

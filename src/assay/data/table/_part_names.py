"""Recognizes the names of the training, validation and test sets."""

import re
from collections.abc import Collection, Iterable

__all__ = ["PARTS", "part_of", "parts_of_cells", "words_of"]

_NAMES = {
    "train": ("train", "training", "trn", "tr"),
    "val": ("val", "valid", "validation", "validate", "dev"),
    "test": ("test", "testing", "tst", "te", "ts", "eval", "evaluation", "holdout"),
}
PARTS = tuple(_NAMES)
"""The parts of a split, in order."""

_PART = {word: part for part in _NAMES for word in _NAMES[part]}
_PART["trainval"] = "train"

_BESIDE_PARTS = {"set", "data", "dataset", "images", "seg", "split", "part", "folder"}
"""Words that do not identify a part, as in "train_set" and "seg_test"."""

_MIN_LETTERS = 3  # shorter cells, such as "tr" and "te", are often language codes


def words_of(name: str) -> list[str]:
    """Return the words in a name, in lowercase.

    Example:
        >>> words_of("TrainSet_224"), words_of("testset")
        (['train', 'set'], ['test', 'set'])
    """
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().replace("set", " set")
    return [word for word in re.split(r"[\W\d_]+", name) if word]


def part_of(name: str, shared: Collection[str] = ()) -> str | None:
    """Return "train", "val" or "test" if a name identifies a part, or None otherwise.

    Names of combined parts, such as "train_val", identify train.

    Args:
        name: name of a folder or an array.
        shared: words in the names of all parts, such as "flowers" in "flowers_train".

    Example:
        >>> part_of("02_test"), part_of("flowers_test"), part_of("test_train")
        ('test', None, None)
        >>> part_of("flowers_test", shared=["flowers"])
        'test'
    """
    words = [word for word in words_of(name) if word not in _BESIDE_PARTS]
    parts = {_PART.get(word) for word in words if word not in shared}
    if parts == {"train", "val"}:
        return "train"
    return next(iter(parts)) if len(parts) == 1 else None


def parts_of_cells(cells: Iterable[str]) -> dict[str, str]:
    """Return the part that each cell names, or {} if any cell does not name a part.

    Example:
        >>> parts_of_cells(["Train", "holdout"]), parts_of_cells(["Train", "other"])
        ({'Train': 'train', 'holdout': 'test'}, {})
    """
    parts = {
        cell: part_of(cell) if len(cell) >= _MIN_LETTERS else None for cell in cells
    }
    found = {cell: part for cell, part in parts.items() if part is not None}
    return found if len(found) == len(parts) else {}

"""Splits examples into train, val and test. The test set is sealed."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assay._calls import explains_arguments
from assay.data.dataset._dataset import Dataset
from assay.data.splits._by_class import MIN_CLASS_SIZE, by_class
from assay.data.splits._by_group import by_group
from assay.data.splits._by_time import by_time
from assay.data.splits._check_request import check_request
from assay.data.splits._shuffle import shuffled
from assay.data.splits._sizes import (
    FRACTIONS,
    Assigned,
    Sizes,
    part_sizes,
    sizes_with_given_test,
)
from assay.data.table._part_names import PARTS

__all__ = ["FRACTIONS", "Split", "split"]

_SHOWN = 5  # maximum number of classes listed in a note


@dataclass(frozen=True, eq=False)
class Split:
    """The rows of the training set, the validation set and the sealed test set.

    The row numbers that `split` returns are in ascending order.

    Args:
        train: row numbers of the training set.
        val: row numbers of the validation set.
        test: row numbers of the test set.
        by: "class", "random", "group", "time" or "given".
        hash: the SHA-256 hash of the three parts.
        notes: messages about how the split differs from the request.
        column: the column used to split the rows, for "group" and "time".
    """

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray
    by: str
    hash: str
    notes: tuple[str, ...] = ()
    column: str | None = None

    @property
    def parts(self) -> dict[str, np.ndarray]:
        """The rows of each part, by part name."""
        return {"train": self.train, "val": self.val, "test": self.test}

    @property
    def test_hash(self) -> str:
        """The SHA-256 hash of the test set, which identifies it in the ledger."""
        return _hash({"test": self.test})


@explains_arguments(
    "assay.data.split(assay.data.load('table.csv', target='kind'), seed=0)",
    dataset=Dataset,
)
def split(
    dataset: Dataset,
    *,
    seed: int,
    by: str = "auto",
    column: str | None = None,
    fractions: Sequence[float] = FRACTIONS,
) -> Split:
    """Split the rows of a data set into train, val and test.

    The sizes of val and test are rounded to whole rows, and train gets the rest.

    Args:
        dataset: the data set to split.
        seed: seed of the random order, >= 0; the split is the same on every machine.
        by: "class" preserves the class proportions in every part; "random" ignores the
            classes; "group" keeps rows with the same value of `column` together; "time"
            puts the latest rows into test; "given" uses the test set that comes with
            the data, and draws val from the rest. "auto" means "given" for data with a
            test set, otherwise "class" for classification and "random" for regression.
        column: the column to split by, for "group" and "time".
        fractions: fractions of rows in train, val and test; they must sum to 1.

    Raises:
        InputError: an argument is invalid for the data, or a part would be empty.

    Example:
        >>> from assay.data import load
        >>> parts = split(load("digits"), seed=0)
        >>> len(parts.train), len(parts.val), len(parts.test), parts.by
        (1257, 270, 270, 'class')
    """
    if by == "auto":
        by = "random" if dataset.task.kind == "regression" else "class"
        by = "given" if dataset.num_test and column is None else by
    check_request(dataset, by=by, ways=SPLITTERS, column=column, seed=seed)
    if by == "given":
        sizes = sizes_with_given_test(dataset, fractions)
    else:
        sizes = part_sizes(dataset.num_examples, fractions)
    bits = np.random.Philox(seed)
    part_of_row, notes = SPLITTERS[by](dataset, sizes, bits, column)
    notes = [*notes, *_missing_classes(dataset, part_of_row)]
    # A streamed table may have billions of rows, so row numbers take 4 bytes each if
    # possible.
    few = dataset.stream is not None and dataset.num_examples < 2**31
    parts = {
        name: np.flatnonzero(part_of_row == i).astype(np.int32 if few else np.int64)
        for i, name in enumerate(PARTS)
    }
    return Split(**parts, by=by, hash=_hash(parts), notes=tuple(notes), column=column)


def _random(
    dataset: Dataset, sizes: Sizes, bits: np.random.Philox, column: None
) -> Assigned:
    parts = np.zeros(dataset.num_examples, dtype=np.int8)
    order = shuffled(bits, dataset.num_examples)
    parts[order[: sizes[2]]] = 2
    parts[order[sizes[2] : sizes[2] + sizes[1]]] = 1
    return parts, []


def _class(
    dataset: Dataset, sizes: Sizes, bits: np.random.Philox, column: None
) -> Assigned:
    assigned = by_class(dataset.target, sizes, bits)
    if assigned is not None:
        return assigned
    note = (
        f"The classes with at least {MIN_CLASS_SIZE} examples are too small to fill "
        "val and test, so the split is random instead of by class."
    )
    parts, _ = _random(dataset, sizes, bits, None)
    return parts, [note]


def _given(
    dataset: Dataset, sizes: Sizes, bits: np.random.Philox, column: None
) -> Assigned:
    known = dataset.num_examples - dataset.num_test
    parts = np.full(dataset.num_examples, 2, dtype=np.int8)
    targets, assigned = dataset.target[:known], None
    if dataset.task.kind != "regression":
        assigned = by_class(targets, (*sizes[:2], 0), bits)
    if assigned is None:
        parts[:known] = 0
        parts[shuffled(bits, known)[: sizes[1]]] = 1
        return parts, []
    parts[:known] = assigned[0]
    return parts, assigned[1]


def _group(
    dataset: Dataset, sizes: Sizes, bits: np.random.Philox, column: str
) -> Assigned:
    groups = dataset.values(column)
    # Ranks are used because hashes may number the groups differently on another
    # machine.
    codes = groups.rank("dense").to_numpy().astype(np.int64) - 1
    parts, notes = by_group(codes, sizes, bits, column)
    feature = next(c for c in dataset.columns if c.name == column)
    if feature.used:
        notes.append(
            f"{column!r} is also a feature, but no group in the test set occurs in "
            f"training. Write ignore=[{column!r}]."
        )
    return parts, notes


def _time(
    dataset: Dataset, sizes: Sizes, bits: np.random.Philox, column: str
) -> Assigned:
    return by_time(dataset.values(column).to_physical().to_numpy(), sizes, column)


SPLITTERS: dict[str, Callable[..., Assigned]] = {
    "class": _class,
    "random": _random,
    "group": _group,
    "time": _time,
    "given": _given,
}
"""The functions that assign rows to parts, by kind of split."""


def _missing_classes(dataset: Dataset, part_of_row: np.ndarray) -> list[str]:
    classes = dataset.task.classes
    if not classes:
        return []
    counts = np.zeros((len(PARTS), len(classes)), dtype=np.int64)
    np.add.at(counts, (part_of_row, dataset.target), 1)
    return [
        f"{part} has no examples of {_listed([classes[c] for c in absent])}."
        for part, row in zip(PARTS[1:], counts[1:], strict=True)
        if (absent := np.flatnonzero(row == 0)).size
    ]


def _listed(classes: Sequence[object]) -> str:
    more = f" and {len(classes) - _SHOWN} more" if len(classes) > _SHOWN else ""
    return ", ".join(map(repr, classes[:_SHOWN])) + more


def _hash(parts: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name, rows in parts.items():
        digest.update(f"{name}:{len(rows)}:".encode())
        digest.update(rows.astype("<i8").tobytes())
    return digest.hexdigest()

"""Splits rows into train, val and a test part that stays sealed."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.data.dataset._dataset import Dataset
from assay.data.splits._assign import by_class, by_group, by_time
from assay.data.splits._shuffle import shuffled

__all__ = ["FRACTIONS", "PARTS", "Split", "split"]

PARTS = ("train", "val", "test")
"""The parts of a split, in order."""

FRACTIONS = (0.70, 0.15, 0.15)
"""Shares of train, val and test (F5.3)."""


@dataclass(frozen=True, eq=False)
class Split:
    """Which rows train, which choose hyper-parameters, and which are sealed.

    Args:
        train: row numbers, ascending.
        val: row numbers, ascending.
        test: row numbers, ascending.
        by: "class", "random", "group", "time" or "given".
        hash: sha256 over the three parts.
        notes: what could not be done as asked, in words.
        column: the column split by, for "group" and "time".
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
        """The rows of each part by its name."""
        return {"train": self.train, "val": self.val, "test": self.test}

    @property
    def test_hash(self) -> str:
        """The sha256 of the test part alone, which names it in the seal's ledger."""
        return _hash({"test": self.test})


def split(
    dataset: Dataset,
    *,
    seed: int,
    by: str = "auto",
    column: str | None = None,
    fractions: Sequence[float] = FRACTIONS,
) -> Split:
    """Split the rows of a data set into train, val and test.

    Val and test have their share of the rows to the nearest row; train has the rest.

    Args:
        dataset: what to split.
        seed: >= 0; the same seed gives the same split on every machine.
        by: "class" keeps the share of each class; "random" does not look at it;
            "group" keeps rows with the same value of `column` together; "time" puts
            the latest rows in test; "given" seals the test part that came with the
            data, and draws val from the rest. "auto" is "given" where there is such a
            part, "class" for other classes, else "random".
        column: what to split by, for "group" and "time".
        fractions: shares of train, val and test; they sum to 1.

    Raises:
        InputError: an argument does not fit the data, or a part would be empty.

    Example:
        >>> from assay.data import load
        >>> parts = split(load("digits"), seed=0)
        >>> len(parts.train), len(parts.val), len(parts.test), parts.by
        (1257, 270, 270, 'class')
    """
    if by == "auto":
        by = "random" if dataset.task.kind == "regression" else "class"
        by = "given" if dataset.num_test and column is None else by
        if column is not None:
            raise InputError(
                fault(
                    "by in ('group', 'time') with a column",
                    "by",
                    "auto",
                    f"Write by='group', column={column!r}.",
                )
            )
    _check(dataset, by, column, seed)
    if by == "given":
        sizes = _given_sizes(dataset, fractions)
    else:
        sizes = part_sizes(dataset.num_examples, fractions)
    bits = np.random.Philox(seed)
    labels, notes = SPLITTERS[by](dataset, sizes, bits, column)
    notes = [*notes, *_missing_classes(dataset, labels)]
    parts = {name: np.flatnonzero(labels == i) for i, name in enumerate(PARTS)}
    return Split(**parts, by=by, hash=_hash(parts), notes=tuple(notes), column=column)


def part_sizes(num_examples: int, fractions: Sequence[float]) -> tuple[int, int, int]:
    """Return how many rows train, val and test have.

    Raises:
        InputError: impossible fractions, or too few rows for three parts.

    Example:
        >>> part_sizes(1797, (0.70, 0.15, 0.15))
        (1257, 270, 270)
    """
    _check_fractions(fractions)
    # Halves go up; the small number keeps 0.15 * 10 from rounding down.
    val, test = (int(num_examples * f + 0.5 + 1e-9) for f in fractions[1:])
    sizes = (num_examples - val - test, val, test)
    if min(sizes) < 1:
        raise InputError(
            fault(
                "every part holds a row",
                "sizes",
                dict(zip(PARTS, sizes, strict=True)),
                f"There are {num_examples} rows; add rows, "
                "or give the empty part a larger fraction.",
            )
        )
    return sizes


def _check_fractions(fractions: Sequence[float]) -> None:
    if (
        len(fractions) != len(PARTS)
        or not all(0 < fraction < 1 for fraction in fractions)
        or abs(sum(fractions) - 1) > 1e-9
    ):
        raise InputError(
            fault(
                "fractions are 3 numbers in (0, 1) with sum 1",
                "fractions",
                tuple(fractions),
                "Write (0.70, 0.15, 0.15).",
            )
        )


def _given_sizes(dataset: Dataset, fractions: Sequence[float]) -> tuple[int, int, int]:
    """Return the sizes of the parts where the last rows are the test part."""
    _check_fractions(fractions)
    known = dataset.num_examples - dataset.num_test
    share = fractions[1] / (fractions[0] + fractions[1])
    num_val = int(np.floor(known * share + 0.5))
    sizes = (known - num_val, num_val, dataset.num_test)
    if min(sizes) < 1:
        told = f"There are {known} rows besides the test part; add some."
        named = dict(zip(PARTS, sizes, strict=True))
        raise InputError(fault("every part holds a row", "sizes", named, told))
    return sizes


Sizes = tuple[int, int, int]
Assigned = tuple[np.ndarray, list[str]]


def _random(dataset: Dataset, sizes: Sizes, bits: Any, column: None) -> Assigned:
    labels = np.zeros(dataset.num_examples, dtype=np.int8)
    order = shuffled(bits, dataset.num_examples)
    labels[order[: sizes[2]]] = 2
    labels[order[sizes[2] : sizes[2] + sizes[1]]] = 1
    return labels, []


def _class(dataset: Dataset, sizes: Sizes, bits: Any, column: None) -> Assigned:
    assigned = by_class(dataset.target, sizes, bits)
    if assigned is not None:
        return assigned
    note = "Too few classes have 3 examples, so the split is at random, not by class."
    labels, _ = _random(dataset, sizes, bits, None)
    return labels, [note]


def _given(dataset: Dataset, sizes: Sizes, bits: Any, column: None) -> Assigned:
    known = dataset.num_examples - dataset.num_test
    labels = np.full(dataset.num_examples, 2, dtype=np.int8)
    targets, assigned = dataset.target[:known], None
    if dataset.task.kind != "regression":
        assigned = by_class(targets, (*sizes[:2], 0), bits)
    if assigned is None:
        labels[:known] = 0
        labels[shuffled(bits, known)[: sizes[1]]] = 1
        return labels, []
    labels[:known] = assigned[0]
    return labels, assigned[1]


def _group(dataset: Dataset, sizes: Sizes, bits: Any, column: str) -> Assigned:
    groups = dataset.values(column)
    # The order of first appearance is the same on every machine.
    codes = groups.rank("dense").to_numpy().astype(np.int64) - 1
    labels, notes = by_group(codes, sizes, bits, column)
    known = {c.name: c for c in dataset.columns}[column]
    if known.used:
        notes.append(
            f"{column!r} is also a feature, though no group of test is known while "
            f"training; write ignore=[{column!r}]."
        )
    return labels, notes


def _time(dataset: Dataset, sizes: Sizes, bits: Any, column: str) -> Assigned:
    return by_time(dataset.values(column).to_physical().to_numpy(), sizes, column)


SPLITTERS: dict[str, Callable[..., Assigned]] = {
    "class": _class,
    "random": _random,
    "group": _group,
    "time": _time,
    "given": _given,
}
"""The ways to split, by name."""


def _check(dataset: Dataset, by: str, column: str | None, seed: int) -> None:
    faults = Faults()
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        faults.add(fault("seed >= 0 and whole", "seed", seed, "Write seed=0."))
    if by not in SPLITTERS:
        hint = did_you_mean(by, SPLITTERS)
        faults.add(
            fault(f"by in {tuple(SPLITTERS)}", "by", by, f"Write by='random'.{hint}")
        )
    if by == "class" and dataset.task.kind == "regression":
        faults.add(
            fault("by != 'class' for regression", "by", by, "Write by='random'.")
        )
    if by == "given" and not dataset.num_test:
        told = "Name its source: test_data='test.csv'."
        faults.add(fault("a test part comes with the data", "num_test", 0, told))
    if by in ("class", "random", "given") and column is not None:
        faults.add(
            fault(
                "column is None unless by is 'group' or 'time'",
                "column",
                column,
                f"Write by='group', column={column!r}.",
            )
        )
    if by in ("group", "time"):
        _check_column(dataset, by, column, faults)
    faults.raise_if_any()


def _check_column(
    dataset: Dataset, by: str, column: str | None, faults: Faults
) -> None:
    names = dataset.frame.columns
    if column not in names:
        hint = did_you_mean(str(column), names) if column else ""
        faults.add(
            fault(
                f"column names a column to split by {by}",
                "column",
                column,
                f"Columns: {', '.join(names)}.{hint}",
            )
        )
        return
    values = dataset.values(column)
    if values.dtype.is_nested():
        faults.add(fault("cells hold one value", "column", column, "Name another."))
    elif values.null_count():
        faults.add(
            fault(
                f"every row has a value of {column!r}",
                "num_missing",
                values.null_count(),
                f"Rows cannot be split by {by} without it; fill it or drop the rows.",
            )
        )
    elif by == "time" and not (values.dtype.is_numeric() or values.dtype.is_temporal()):
        faults.add(
            fault(
                "a column of dates or numbers to split by time",
                "column",
                column,
                f"It starts with {values[0]!r}; write dates as 2024-12-31.",
            )
        )


def _missing_classes(dataset: Dataset, labels: np.ndarray) -> list[str]:
    classes = dataset.task.classes
    if not classes:
        return []
    counts = np.zeros((len(PARTS), len(classes)), dtype=np.int64)
    np.add.at(counts, (labels, dataset.target), 1)
    return [
        f"No example of {', '.join(repr(classes[c]) for c in absent)} is in {part}."
        for part, row in zip(PARTS, counts, strict=True)
        if (absent := np.flatnonzero(row == 0)).size
    ]


def _hash(parts: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name, rows in parts.items():
        digest.update(f"{name}:{len(rows)}:".encode())
        digest.update(rows.astype("<i8").tobytes())
    return digest.hexdigest()

"""Examples that an object in Python gives one by one: `len(source)` and `source[i]`.

That is what `grain.MapDataset`, `grain.RandomAccessDataSource`, PyTorch's map-style
data sets and many a plain class have; none of these packages is needed here.
"""

import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from assay._errors import Faults, InputError, fault
from assay.data.sources._arrays import table_of_arrays
from assay.data.table._chunks import chunk_rows
from assay.data.table._memory import check_size
from assay.data.table._parallel_map import each
from assay.data.table._table import Source, Table

__all__ = ["ITEMS", "PROBED", "Block", "Items", "Wrong"]

NAMES = (("inputs", "target"), ("image", "label"))
"""What the two parts of an example are called where it is a mapping."""

SHOWN = 5
"""Positions that a message lists before it only counts."""

PROBED = 32
"""First examples that are read twice, and by several threads, to see how they read."""

PAYS = 1.5
"""How many times as fast several threads have to be before they are used."""

_ROW_BYTES = 20  # a target, and a place in the split
_READ_AT_ONCE = 4096  # arrays of one example each; joined, they take far less
_WAITING_THREADS = 4  # beside one a core, for those that wait for a disk

_FAULTS = {
    "read": ("every example can be read", "Mend source[i]"),
    "pair": (
        "every example is (inputs, target), or a mapping of these two",
        'Return (inputs, target), or {"inputs": ..., "target": ...}',
    ),
    "numeric": (
        "inputs are an array of numbers with 1 to 3 axes",
        "Return an array (d,), (height, width, channels) or (steps, channels)",
    ),
    "shape": ("inputs have one shape", "Cut or pad them to that of the first, {shape}"),
    "finite": ("every number in inputs is finite", "Correct or drop these examples"),
    "target": ("a target is one number or one word", "Return a class, such as 3"),
    "same": (
        "an example is the same whenever it is read",
        "Leave what is drawn at random out of source[i], and write augment=[...]",
    ),
}


class Block(NamedTuple):
    """Neighboring examples.

    Args:
        rows: (n,), their positions.
        inputs: (n, *shape).
        targets: (n,).
    """

    rows: np.ndarray
    inputs: np.ndarray
    targets: np.ndarray


class Wrong:
    """What is wrong with examples: how many, and the first of them."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(_FAULTS, 0)
        self._first: dict[str, list[str]] = {name: [] for name in _FAULTS}

    def add(self, what: str, row: int, found: str = "") -> None:
        """Note an example."""
        self._counts[what] += 1
        if len(self._first[what]) < SHOWN:
            self._first[what].append(f"{row} ({found})" if found else str(row))

    def raise_if_any(self, shape: tuple[int, ...]) -> None:
        """Raise an InputError with every fault that was noted."""
        faults = Faults()
        for what, count in self._counts.items():
            if count:
                rule, fix = _FAULTS[what]
                told = f"{fix.replace('{shape}', str(shape))}. Positions: "
                told += ", ".join(self._first[what])
                told += f" and {count - SHOWN} more." if count > SHOWN else "."
                faults.add(fault(rule, "num_others", count, told))
        faults.raise_if_any()


@dataclass(frozen=True, eq=False)
class Items:
    """Examples of one shape behind `len(source)` and `source[i]`.

    Args:
        given: the object.
        num_rows: how many examples it has.
        shape: of the inputs of one.
        dtype: that the inputs of all fit in, as far as they are known; None before.
        num_threads: that read side by side; only one at a time where it is 1, for the
            object may not be made for more.
    """

    given: Any
    num_rows: int
    shape: tuple[int, ...] = ()
    dtype: np.dtype | None = None
    num_threads: int = 1
    _lock: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def open(cls, given: Any) -> "Items":
        """Look at the first examples: what they are, and how they are read fastest.

        Raises:
            InputError: there is none, they are no examples, or they change.
        """
        num_rows = len(given)
        if num_rows < 1:
            told = "Add examples."
            raise InputError(fault("num_examples >= 2", "num_examples", 0, told))
        check_size(type(given).__name__, _ROW_BYTES * num_rows)
        items, wrong = cls(given, num_rows), Wrong()
        rows = np.arange(min(num_rows, PROBED))
        first = [items._one(int(row)) for row in rows]
        shape = next((one.shape for one, _, what, _ in first if not what), ())
        items = replace(items, shape=shape)
        block = items._block(rows, first, wrong)
        again = [items._one(int(row)) for row in rows]
        for row, one, other in zip(rows.tolist(), first, again, strict=True):
            if not _alike(one, other):
                wrong.add("same", row)
        wrong.raise_if_any(shape)
        items = replace(items, dtype=block.inputs.dtype)
        return replace(items, num_threads=_threads_that_pay(items))

    def blocks(
        self, rows: np.ndarray | None = None, wrong: Wrong | None = None
    ) -> Iterator[Block]:
        """Yield examples, so many at a time as are read at once.

        Args:
            rows: (n,), their positions; all if absent.
            wrong: takes what is wrong with them; if absent it is raised.
        """
        rows = np.arange(self.num_rows) if rows is None else rows
        size = min(chunk_rows(math.prod(self.shape)), _READ_AT_ONCE)
        for start in range(0, len(rows), size):
            some, mine = rows[start : start + size], wrong or Wrong()
            read = each(self._one, map(int, some), self.num_threads)
            block = self._block(some, read, mine)
            if wrong is None:
                mine.raise_if_any(self.shape)
            yield block

    def inputs(self, rows: np.ndarray) -> np.ndarray:
        """Return the inputs (n, *shape) of some examples.

        Raises:
            InputError: an example is not what it was, or not like the first ones.
        """
        none = np.empty((0, *self.shape), self.dtype)
        return np.concatenate([none, *(block.inputs for block in self.blocks(rows))])

    def _one(self, row: int) -> tuple[np.ndarray, Any, str, str]:
        """Return inputs and target of an example, what is wrong with it, and how."""
        try:
            if self.num_threads == 1:
                with self._lock:
                    item = self.given[row]
            else:
                item = self.given[row]
        except Exception as error:  # whatever the user's code trips over
            return np.empty(0), None, "read", _reason(error)
        pair = _pair(item)
        if pair is None:
            return np.empty(0), None, "pair", type(item).__name__
        inputs = _numbers(pair[0])
        if inputs is None:
            shape = getattr(pair[0], "shape", None)
            told = type(pair[0]).__name__ + (f" {tuple(shape)}" if shape else "")
            return np.empty(0), None, "numeric", told
        target = _value(pair[1])
        if target is _NO_VALUE:
            return inputs, None, "target", type(pair[1]).__name__
        return inputs, target, "", ""

    def _block(self, rows: np.ndarray, read: Sequence[Any], wrong: Wrong) -> Block:
        """Return examples as read, without those that something is wrong with."""
        kept, targets, places = [], [], []
        for row, (inputs, target, what, told) in zip(rows.tolist(), read, strict=True):
            if not what and inputs.shape != self.shape:
                what, told = "shape", str(inputs.shape)
            if what:
                wrong.add(what, row, told)
                continue
            kept.append(inputs)
            targets.append(target)
            places.append(row)
        joined = np.stack(kept) if kept else np.empty((0, *self.shape), self.dtype)
        if joined.dtype.kind == "f":
            finite = np.isfinite(joined.reshape(len(joined), -1)).all(axis=1)
            for place in np.flatnonzero(~finite):
                wrong.add("finite", places[place])
        if self.dtype is not None:
            joined = joined.astype(np.result_type(joined, self.dtype), copy=False)
        return Block(np.array(places, np.int64), joined, np.array(targets))


_NO_VALUE = object()


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:100]}" if lines else repr(error)


def _pair(item: Any) -> tuple[Any, Any] | None:
    if isinstance(item, Mapping):
        names = next((pair for pair in NAMES if set(pair) <= set(item)), None)
        return None if names is None else (item[names[0]], item[names[1]])
    if isinstance(item, tuple | list) and len(item) == 2:
        return item[0], item[1]
    return None


def _numbers(inputs: Any) -> np.ndarray | None:
    """Return inputs as an array; None if they are none."""
    try:
        array = np.asarray(inputs)
    except Exception:  # lists of unequal lengths, or what does not know arrays
        return None
    fits = array.dtype.kind in "biuf" and 1 <= array.ndim <= 3 and array.size
    return array if fits else None


def _value(target: Any) -> Any:
    """Return a target as a plain value; `_NO_VALUE` if it is several or none."""
    if hasattr(target, "item") and math.prod(getattr(target, "shape", ())) == 1:
        target = target.item()
    plain = target is None or isinstance(target, str | bool | int | float)
    return target if plain else _NO_VALUE


def _alike(one: Any, other: Any) -> bool:
    """Whether two readings of an example are the same."""
    same = np.array_equal(one[0], other[0], equal_nan=one[0].dtype.kind == "f")
    targets = one[1], other[1]
    return same and (targets[0] == targets[1] or targets[0] != targets[0])


def _threads_that_pay(items: Items) -> int:
    """Return how many threads to read with.

    One reads some rows, several those that follow: so neither finds its own in a
    cache. Several are taken where they are faster, and read what one reads.
    """
    if items.num_rows < 4 * PROBED:
        return 1
    several = replace(items, num_threads=(os.cpu_count() or 1) + _WAITING_THREADS)
    seconds, found = [], []
    for part, reader in ((1, items), (2, several)):
        rows = range(part * PROBED, (part + 1) * PROBED)
        start = time.perf_counter()
        found = each(reader._one, rows, reader.num_threads)
        seconds.append(time.perf_counter() - start)
    if seconds[0] < PAYS * seconds[1]:
        return 1
    alone = each(items._one, range(2 * PROBED, 3 * PROBED), 1)
    return several.num_threads if all(map(_alike, found, alone)) else 1


def _accepts(given: Any) -> bool:
    kind = type(given)
    if isinstance(given, str | bytes | Mapping | tuple | list):
        return False
    has = hasattr(kind, "__len__") and hasattr(kind, "__getitem__")
    return has and not hasattr(kind, "__array__")  # arrays have rows, no examples


def _read(given: Any) -> Table:
    items, wrong = Items.open(given), Wrong()
    width = math.prod(items.shape) * np.dtype(items.dtype).itemsize
    check_size(type(given).__name__, 2 * items.num_rows * width)
    blocks = list(items.blocks(wrong=wrong))
    wrong.raise_if_any(items.shape)
    inputs = np.concatenate([block.inputs for block in blocks])
    targets = np.concatenate([block.targets for block in blocks])
    return table_of_arrays(inputs, targets, source=type(given).__name__)


ITEMS = Source(
    "items",
    "an object with len(source) and source[i], which is (inputs, target)",
    _accepts,
    _read,
)
"""The source for objects that give one example at a time."""

"""Converts items of a map-style source to examples, and collects their faults."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from assay._errors import Faults
from assay.data.sources.arrays._tensors import as_numpy

__all__ = [
    "Example",
    "ExampleFaults",
    "example_of",
    "same_example",
    "unreadable_example",
]

NAMES = (("inputs", "target"), ("image", "label"))
"""Keys of the inputs and the target in examples that are mappings."""

SHOWN = 5
"""Maximum number of positions listed in a message."""

_FAULTS = {
    "read": ("could not be read", "Correct source[i]"),
    "pair": (
        "were neither (inputs, target) nor a mapping with inputs and a target",
        'Return (inputs, target), or {"inputs": ..., "target": ...}. For rows with '
        "column names, write load([source[i] for i in range(len(source))], "
        "target=name)",
    ),
    "numeric": (
        "had inputs other than an array of numbers with 1 to 3 axes",
        "Return an array of shape (d,), (height, width, channels) or (steps, channels)",
    ),
    "shape": (
        "had inputs that differ in shape from the first example, {shape}",
        "Crop or pad the inputs to this shape",
    ),
    "finite": ("had infinite or missing inputs", "Correct or drop these examples"),
    "target": (
        "had a target that was neither a number nor a word",
        "Return a number or class, such as 3",
    ),
    "same": (
        "changed between two reads",
        "Move random changes from source[i] to augment=[...]",
    ),
}


class Example(NamedTuple):
    """An example, or the reason it cannot be used.

    Args:
        inputs: an array of numbers; empty if the inputs cannot be used.
        target: the target as a plain value.
        fault: a key of `_FAULTS`; "" if the example is valid.
        detail: description of the faulty value, for the message.
    """

    inputs: np.ndarray
    target: Any = None
    fault: str = ""
    detail: str = ""


class ExampleFaults:
    """Counts faulty examples, and stores the first positions for each kind of fault."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(_FAULTS, 0)
        self._first: dict[str, list[str]] = {name: [] for name in _FAULTS}

    def add(self, name: str, row: int, detail: str = "") -> None:
        """Count an example that has this fault."""
        self._counts[name] += 1
        if len(self._first[name]) < SHOWN:
            self._first[name].append(f"{row} ({detail})" if detail else str(row))

    def raise_if_any(self, shape: tuple[int, ...]) -> None:
        """Raise an InputError that lists every fault counted so far."""
        faults = Faults()
        for name, count in self._counts.items():
            if count:
                problem, fix = _FAULTS[name]
                message = f"{count} of the examples {problem}. {fix}. Positions: "
                message = message.replace("{shape}", str(shape))
                message += ", ".join(self._first[name])
                message += f" and {count - SHOWN} more." if count > SHOWN else "."
                faults.add(message)
        faults.raise_if_any()


def example_of(item: Any) -> Example:
    """Convert the result of `source[i]` to an example."""
    pair = _pair(item)
    if pair is None:
        return Example(np.empty(0), None, "pair", type(item).__name__)
    inputs = _numbers(pair[0])
    if inputs is None:
        shape = getattr(pair[0], "shape", None)
        detail = type(pair[0]).__name__ + (f" {tuple(shape)}" if shape else "")
        return Example(np.empty(0), None, "numeric", detail)
    target = _value(pair[1])
    if target is _NO_VALUE:
        return Example(inputs, None, "target", type(pair[1]).__name__)
    return Example(inputs, target)


def unreadable_example(error: Exception) -> Example:
    """Return an example whose fault is an error raised by the source."""
    lines = str(error).strip().splitlines()
    detail = f"{type(error).__name__}: {lines[0][:100]}" if lines else repr(error)
    return Example(np.empty(0), None, "read", detail)


def same_example(one: Example, other: Example) -> bool:
    """Return whether two reads of an example gave the same result."""
    floats = one.inputs.dtype.kind == "f"
    same = np.array_equal(one.inputs, other.inputs, equal_nan=floats)
    # NaN marks a missing target and is not equal to itself.
    is_nan = one.target != one.target
    return same and (one.target == other.target or is_nan)


_NO_VALUE = object()  # a sentinel, because None marks a missing target


def _pair(item: Any) -> tuple[Any, Any] | None:
    if isinstance(item, Mapping):
        names = next((pair for pair in NAMES if set(pair) <= set(item)), None)
        return None if names is None else (item[names[0]], item[names[1]])
    if isinstance(item, tuple | list) and len(item) == 2:
        return item[0], item[1]
    return None


def _numbers(inputs: Any) -> np.ndarray | None:
    """Return the inputs as an array, or None if they are not numbers."""
    try:
        array = np.asarray(as_numpy(inputs))
    except Exception:  # ragged lists, or an object whose __array__ raises
        return None
    fits = array.dtype.kind in "biuf" and 1 <= array.ndim <= 3 and array.size
    return array if fits else None


def _value(target: Any) -> Any:
    """Return the target as a plain value, or `_NO_VALUE` if it cannot be converted."""
    if hasattr(target, "item") and math.prod(getattr(target, "shape", ())) == 1:
        target = target.item()
    if isinstance(target, bytes):  # HDF5 files store text as bytes
        target = target.decode(errors="replace")
    plain = target is None or isinstance(target, str | bool | int | float)
    return target if plain else _NO_VALUE

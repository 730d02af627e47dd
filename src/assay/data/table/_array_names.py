"""Recognizes which arrays in an archive or mapping are inputs and which are targets."""

from collections.abc import Collection
from typing import Any, NamedTuple

from assay.data.table._part_names import PARTS, part_of, words_of

__all__ = ["PAIRS", "ArrayNames", "find_arrays", "missing_targets", "pair_of"]

PAIRS = (
    *(("X", "y"), ("inputs", "targets"), ("images", "labels")),
    *(("data", "target"), ("features", "labels"), ("features", "targets")),
    *(("x", "y"), ("data", "labels"), ("X", "Y"), ("x", "Y")),
)
"""Usual names of the inputs and the targets, in order of preference."""

_INPUTS = {"x", "xs", "inputs", "input", "images", "image", "imgs", "data", "features"}
_INPUTS |= {"samples", "embeddings"}
_SERIES = {"signals", "series", "sequences"}  # columns of sequences in a mapping
_TARGETS = {"y", "ys", "targets", "target", "labels", "label", "outputs", "output"}
_UNNAMED = ("arr_0", "arr_1")  # names assigned by np.savez(path, X, y)


class ArrayNames(NamedTuple):
    """The names of the arrays in one part.

    Args:
        inputs: name of the array of inputs.
        targets: name of the array of targets; None if the part has no targets.
        part: "train", "val" or "test"; "" if the arrays are not divided into parts.
    """

    inputs: str
    targets: str | None
    part: str = ""


def find_arrays(names: Collection[str]) -> list[ArrayNames] | None:
    """Return the names of the arrays in each part, or None if unclear.

    The test set comes last.

    Example:
        >>> find_arrays(["x_test", "x_train", "y_test", "y_train"])[0]
        ArrayNames(inputs='x_train', targets='y_train', part='train')
        >>> find_arrays(["features", "label", "ids"])
        [ArrayNames(inputs='features', targets='label', part='')]
    """
    for inputs, labels in (*PAIRS, _UNNAMED):
        if {inputs, labels} <= set(names):
            return [ArrayNames(inputs, labels)]
    if len(names) == 1:
        return [ArrayNames(next(iter(names)), None)]
    found = [_in_part(names, part) for part in PARTS]
    parts = [part for part in found if part is not None]
    if parts:
        return None if any(part.targets is None for part in parts) else parts
    whole = _in_part(names, "")
    if whole is not None:
        return [whole]
    lone = next((inputs for inputs, _ in PAIRS if inputs in names), None)
    return None if lone is None else [ArrayNames(lone, None)]


def missing_targets(names: Collection[str]) -> list[str]:
    """Return the names of the inputs in parts that have no targets."""
    parts = (_in_part(names, part) for part in PARTS)
    return [part.inputs for part in parts if part and part.targets is None]


def pair_of(names: Collection[Any]) -> tuple[str, str] | None:
    """Return the names of inputs and targets if these are the only names, or None.

    Inputs must not be named "x", because "x" and "y" may be two columns of a table.

    Example:
        >>> pair_of({"X", "labels"}), pair_of({"X", "size", "y"})
        (('X', 'labels'), None)
    """
    inputs = [n for n in names if n == "X" or (n != "x" and str(n).lower() in _INPUTS)]
    targets = [name for name in names if str(name).lower() in _TARGETS]
    is_pair = len(names) == 2 and len(inputs) == len(targets) == 1
    return (inputs[0], targets[0]) if is_pair else None


def _in_part(names: Collection[str], part: str) -> ArrayNames | None:
    """Return the names of the arrays in a part, or None if the inputs are unclear."""
    roles = {name: _role(name) for name in names}
    known = _INPUTS | _SERIES
    inputs = [n for n, (p, word) in roles.items() if p == part and word in known]
    labels = [n for n, (p, word) in roles.items() if p == part and word in _TARGETS]
    if len(inputs) != 1 or len(labels) > 1:
        return None
    return ArrayNames(inputs[0], labels[0] if labels else None, part)


def _role(name: str) -> tuple[str, str]:
    """Return the part to which an array belongs, and the word for its role.

    Example:
        >>> _role("train_images"), _role("Xtest"), _role("label")
        (('train', 'images'), ('test', 'x'), ('', 'label'))
    """
    words = words_of(name)
    if len(words) == 1 and words[0][:1] in "xy" and (part := part_of(words[0][1:])):
        return part, words[0][0]
    parts = [part for word in words if (part := part_of(word))]
    rest = [word for word in words if not part_of(word)]
    return (parts[0] if len(parts) == 1 else "", "_".join(rest))

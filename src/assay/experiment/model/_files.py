"""The files of a saved model, checked before they are read."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from assay._errors import RunError
from assay.records import RunFolder

__all__ = [
    "DESCRIPTION",
    "VERSION",
    "is_custom_network",
    "leaves",
    "nested",
    "read_model",
    "write_arrays",
]

ARRAYS, DESCRIPTION = "model/parameters.safetensors", "model/model.json"

VERSION = 1

_MOST_BYTES = {ARRAYS: 16_000_000_000, DESCRIPTION: 256_000_000}
"""A vocabulary of 20,000 words takes 300 kB; a larger file was not written by Assay."""


def write_arrays(folder: RunFolder, trees: Mapping[str, Any]) -> None:
    """Write nested arrays as one safetensors file."""
    folder.write_bytes(ARRAYS, save(dict(leaves(trees))))


def read_model(folder: RunFolder) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return (description, {"parameters": …, "statistics": …}, sha256 of the arrays).

    Raises:
        RunError: the run has no model, or one that cannot be read.
    """
    for name, most in _MOST_BYTES.items():
        path = folder.path_of(name)
        size = path.stat().st_size if path.is_file() else 0
        if size > most:
            raise RunError(
                f"`size <= {most} bytes` must hold for {name}, but got size={size}. "
                "Assay did not write this file. Train the model again."
            )
    description = folder.read_json(DESCRIPTION)
    version = description.get("version")
    if version != VERSION:
        raise RunError(
            f"`version = {VERSION}` must hold for a model, but got "
            f"version={version!r}. Train it again."
        )
    data = folder.read_bytes(ARRAYS)
    try:
        arrays = load(data)
    except SafetensorError as error:
        raise RunError(f"{folder.path_of(ARRAYS)} cannot be read: {error}") from None
    empty: dict[str, Any] = {"parameters": {}, "statistics": {}}
    trees = empty | nested(arrays)  # a network may have no statistics
    return description, trees, hashlib.sha256(data).hexdigest()


def is_custom_network(training: Mapping[str, Any]) -> bool:
    """Return whether a training, as plain data, is of a network written in Python.

    Example:
        >>> is_custom_network({"model": [{"kind": "dense", "units": 3}]})
        False
    """
    match training.get("model"):
        case [{"kind": "own_module"}, *_]:
            return True
        case _:
            return False


def leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the ("layer/name", array) pairs of a nested tree."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(cast(Mapping[str, Any], value), f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", np.asarray(value, order="C")


def nested(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Return the nested tree of the paths that `leaves` yields.

    Example:
        >>> nested({"a/b": 1, "a/c": 2})
        {'a': {'b': 1, 'c': 2}}
    """
    tree: dict[str, Any] = {}
    for path, array in arrays.items():
        *parents, last = path.split("/")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = array
    return tree

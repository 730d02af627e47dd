"""A paused fit as one safetensors file, without pickle."""

import os
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from assay._errors import RunError
from assay.training._arrays import Array
from assay.training._jax import to_host, tree_flatten, tree_leaves, tree_unflatten
from assay.training.fit._history import History
from assay.training.program._state import State

__all__ = ["load", "save"]

_safetensors: Any = safetensors.numpy  # its functions are only partly typed
save_file = _safetensors.save_file


def save(path: str | Path, state: State, history: History, *, iteration: int) -> None:
    """Write a fit's state and history atomically, so a kill cannot corrupt it."""
    path = Path(path)
    leaves = tree_leaves(state)
    arrays: dict[str, Array | np.ndarray] = {
        f"state{i}": leaf for i, leaf in enumerate(leaves)
    }
    arrays["iterations"] = np.stack(list(history.iterations.values()), axis=1)
    arrays["epochs"] = np.stack(list(history.epochs.values()), axis=1)
    arrays["iteration"] = np.array(iteration, np.int64)
    # safetensors writes raw memory and ignores the strides of an array
    host = {k: np.asarray(to_host(v), order="C") for k, v in arrays.items()}
    temporary = path.with_name(path.name + ".part")
    save_file(host, temporary)
    os.replace(temporary, path)


def load(path: str | Path, like: State) -> tuple[State, History, int]:
    """Read (state, history, iteration) for a fit whose state is structured as `like`.

    Raises:
        RunError: the file cannot be read, or belongs to a network with another
            structure.
    """
    arrays = _read(path)
    leaves, tree = tree_flatten(like)
    saved = [arrays[f"state{i}"] for i in range(len(arrays)) if f"state{i}" in arrays]
    pairs = zip_longest(_forms(saved), _forms(leaves), fillvalue="absent")
    for place, (saved_form, needed_form) in enumerate(pairs):
        if saved_form != needed_form:
            raise RunError(
                f"{path} belongs to another network: array {place} is {saved_form}, "
                f"but this network needs {needed_form}. Remove it and start again."
            )
    history = History()
    history.add(arrays["iterations"], arrays["epochs"])
    return tree_unflatten(tree, saved), history, int(arrays["iteration"])


def _read(path: str | Path) -> dict[str, np.ndarray]:
    try:
        opened: Any = safe_open(path, framework="numpy")
        with opened as file:
            return {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, SafetensorError) as error:
        message = f"{path} cannot be read: {error}. Remove it and start again."
        raise RunError(message) from None


def _forms(arrays: Iterable[Array | np.ndarray]) -> list[str]:
    """Return the type and shape of each array, such as "float32(8, 3)"."""
    return [f"{array.dtype}{array.shape}" for array in arrays]

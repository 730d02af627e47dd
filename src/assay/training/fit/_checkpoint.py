"""A paused training as one file: arrays in safetensors, nothing pickled."""

import os
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import jax
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from assay._errors import RunError
from assay.training.fit._history import History
from assay.training.program._state import State

__all__ = ["load", "save"]


def save(path: str | Path, state: State, history: History, *, iteration: int) -> None:
    """Write a training's state and history; a kill leaves the old file or the new."""
    path = Path(path)
    arrays = {f"state{i}": leaf for i, leaf in enumerate(jax.tree.leaves(state))}
    for part in ("iterations", "epochs"):
        columns = getattr(history, part)
        arrays[part] = np.stack(list(columns.values()), axis=1)
    arrays["iteration"] = np.int64(iteration)
    host = {k: np.asarray(jax.device_get(v), order="C") for k, v in arrays.items()}
    temporary = path.with_name(path.name + ".part")
    save_file(host, temporary)
    os.replace(temporary, path)


def load(path: str | Path, like: State) -> tuple[State, History, int]:
    """Read (state, history, iteration) for a training whose state is like the given.

    Raises:
        RunError: if the file cannot be read, or belongs to a training of another
            structure.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, SafetensorError) as error:
        message = f"{path} cannot be read: {error}. Start anew without it."
        raise RunError(message) from None
    leaves, tree = jax.tree.flatten(like)
    found = [arrays[f"state{i}"] for i in range(len(arrays)) if f"state{i}" in arrays]
    pairs = zip_longest(_forms(found), _forms(leaves), fillvalue="absent")
    for place, (held, needed) in enumerate(pairs):
        if held != needed:
            raise RunError(
                f"{path} belongs to another net: its array {place} is {held}, and "
                f"this net's is {needed}. Start anew without it."
            )
    history = History()
    history.add(arrays["iterations"], arrays["epochs"])
    state = jax.tree.unflatten(tree, found)
    return state, history, int(arrays["iteration"])


def _forms(arrays: Iterable[Any]) -> list[str]:
    """Return the type and shape of each array, as "float32(8, 3)"."""
    return [f"{array.dtype}{array.shape}" for array in arrays]

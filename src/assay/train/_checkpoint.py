"""A paused training as one file: arrays in safetensors, nothing pickled."""

import os
from pathlib import Path

import jax
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from assay._errors import RunError
from assay.train._history import History
from assay.train._state import State

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
        RunError: if the file belongs to a training of another structure.
    """
    with safe_open(path, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}
    leaves, tree = jax.tree.flatten(like)
    found = [arrays.get(f"state{i}") for i in range(len(leaves))]
    for i, (leaf, array) in enumerate(zip(leaves, found, strict=True)):
        if array is None or array.shape != np.shape(leaf):
            shape = None if array is None else array.shape
            raise RunError(
                f"{path} belongs to another net: array {i} has shape {shape}, and "
                f"this net needs {np.shape(leaf)}. Start anew without it."
            )
    history = History()
    history.add(arrays["iterations"], arrays["epochs"])
    state = jax.tree.unflatten(tree, found)
    return state, history, int(arrays["iteration"])

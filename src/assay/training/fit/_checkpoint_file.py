"""Saves a paused fit as a safetensors file without using pickle."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from assay._errors import RunError
from assay.training._arrays import Array
from assay.training._jax import to_host, tree_flatten, tree_leaves, tree_unflatten
from assay.training.fit._history import History, Measurement
from assay.training.program._state import State

__all__ = ["load", "load_histories", "metadata", "save", "save_histories"]

Content = TypeVar("Content")

_safetensors: Any = safetensors.numpy  # its functions are only partly typed
save_file = _safetensors.save_file


def save(
    path: str | Path,
    state: State,
    history: History,
    *,
    iteration: int,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write a fit's state and history atomically, so a crash cannot corrupt them."""
    leaves = tree_leaves(state)
    arrays: dict[str, Array | np.ndarray] = {
        f"state{i}": leaf for i, leaf in enumerate(leaves)
    }
    arrays |= _rows(history)
    arrays["iteration"] = np.array(iteration, np.int64)
    _write(path, arrays, metadata)


def _rows(history: History) -> dict[str, np.ndarray]:
    iterations, epochs, *monitors = history.monitors.values()
    return {
        "iterations": np.stack(list(history.iterations.values()), axis=1),
        "epochs": np.stack(list(history.epochs.values()), axis=1),
        "monitored": np.stack([iterations, epochs], axis=1),
        "monitors": np.stack(monitors, axis=2),
    }


def _history(arrays: Mapping[str, np.ndarray], prefix: str = "") -> History:
    """Return the history stored in arrays. Older files lack the layer measurements."""
    history = History()
    history.add(arrays[f"{prefix}iterations"], arrays[f"{prefix}epochs"])
    if f"{prefix}monitors" in arrays:
        tables = arrays[f"{prefix}monitors"]
        for place, (iteration, epoch) in enumerate(arrays[f"{prefix}monitored"]):
            history.add_monitors(Measurement(int(iteration), int(epoch), tables[place]))
    return history


def _write(
    path: str | Path,
    arrays: Mapping[str, Array | np.ndarray],
    metadata: Mapping[str, str] | None = None,
) -> None:
    path = Path(path)
    # safetensors writes raw memory and ignores strides
    host = {k: np.asarray(to_host(v), order="C") for k, v in arrays.items()}
    temporary = path.with_name(path.name + ".part")
    try:
        save_file(host, temporary, dict(metadata or {}))
    except SafetensorError as error:
        temporary.unlink(missing_ok=True)
        raise _as_os_error(error, path) from error
    os.replace(temporary, path)


def _as_os_error(error: SafetensorError, path: Path) -> Exception:
    """Convert the error of a failed write to an OSError with the same error number."""
    number = re.search(r"os error (\d+)", str(error))
    if number is None:
        return error
    return OSError(int(number[1]), os.strerror(int(number[1])), os.fspath(path))


def load(path: str | Path, like: State) -> tuple[State, History, int]:
    """Read (state, history, iteration), where the state has the structure of `like`.

    Raises:
        RunError: the file cannot be read, or its network has a different structure.
    """
    arrays = _read(path)
    leaves, tree = tree_flatten(like)
    saved = [arrays[f"state{i}"] for i in range(len(arrays)) if f"state{i}" in arrays]
    pairs = zip_longest(_forms(saved), _forms(leaves), fillvalue="absent")
    for place, (saved_form, needed_form) in enumerate(pairs):
        if saved_form != needed_form:
            raise RunError(
                f"{path} belongs to another network: array {place} is {saved_form}, "
                f"but this network needs {needed_form}. Use it with that network, or "
                "delete it and start again."
            )
    return tree_unflatten(tree, saved), _history(arrays), int(arrays["iteration"])


def metadata(path: str | Path) -> dict[str, str]:
    """Return the metadata of a saved fit.

    Raises:
        RunError: the file cannot be read.
    """
    return _open(path, lambda file: dict(file.metadata() or {}))


def save_histories(path: str | Path, histories: Mapping[int, History]) -> None:
    """Write the histories of trials, keyed by trial number."""
    _write(
        path,
        {
            f"{number}.{part}": rows
            for number, history in histories.items()
            for part, rows in _rows(history).items()
        },
    )


def load_histories(path: str | Path) -> dict[int, History]:
    """Return the histories of trials, or an empty dict if the file is damaged."""
    try:
        arrays = _read(path)
    except RunError:
        return {}
    numbers = sorted({int(name.partition(".")[0]) for name in arrays})
    return {number: _history(arrays, f"{number}.") for number in numbers}


def _read(path: str | Path) -> dict[str, np.ndarray]:
    return _open(path, lambda file: {n: file.get_tensor(n) for n in file.keys()})


def _open(path: str | Path, read: Callable[[Any], Content]) -> Content:
    try:
        opened: Any = safe_open(path, framework="numpy")
        with opened as file:
            return read(file)
    except (OSError, SafetensorError) as error:
        message = f"{path} cannot be read: {error}. Delete it and start again."
        raise RunError(message) from None


def _forms(arrays: Iterable[Array | np.ndarray]) -> list[str]:
    """Return the type and shape of each array, such as "float32(8, 3)"."""
    return [f"{array.dtype}{array.shape}" for array in arrays]

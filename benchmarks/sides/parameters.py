"""Stores the initial parameters of all contestants of a task in a shared file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["read_start", "write_start"]

_FILE = "start.npz"


def write_start(folder: Path, layers: list[Mapping[str, Any]]) -> None:
    """Write the parameters of each layer by name, in the order of the layers."""
    arrays = {
        f"{place}/{name}": np.asarray(value)
        for place, layer in enumerate(layers)
        for name, value in layer.items()
    }
    np.savez(folder / _FILE, **arrays)  # type: ignore[arg-type]


def read_start(folder: Path) -> dict[int, dict[str, np.ndarray]]:
    """Return the parameters by layer index and name."""
    found: dict[int, dict[str, np.ndarray]] = {}
    with np.load(folder / _FILE) as arrays:
        for key in arrays.files:
            place, name = key.split("/")
            found.setdefault(int(place), {})[name] = arrays[key]
    return found

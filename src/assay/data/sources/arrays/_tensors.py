"""Converts arrays and tensors from other libraries to NumPy arrays."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from assay._errors import InputError
from assay.data.sources.frames._frames import is_frame

__all__ = ["as_numpy"]

_METHODS = ("__array__", "detach", "numpy", "__dlpack__")


def as_numpy(array: Any) -> Any:
    """Convert an array from another library to NumPy; return other values unchanged.

    Arrays in a mapping are converted too, as are the items of a list if its first item
    is an array. PyTorch tensors are detached and copied to the CPU.

    Raises:
        InputError: the library cannot convert the array.
    """
    if isinstance(array, list) and array and _is_tensor(array[0]):
        return [as_numpy(item) for item in array]
    if isinstance(array, Mapping) and any(map(_is_tensor, array.values())):
        return {name: as_numpy(item) for name, item in array.items()}
    if not _is_tensor(array):
        return array
    try:
        return _converted(array)
    except Exception as error:
        name, reason = type(array).__name__, str(error).partition("\n")[0]
        raise InputError(
            f"The {name} cannot be converted to a NumPy array. Its library reports: "
            f"{reason.rstrip('.')}. Pass a NumPy array."
        ) from error


def _converted(array: Any) -> np.ndarray:
    if hasattr(array, "detach"):
        array = array.detach().cpu()
        if str(getattr(array, "dtype", "")) == "torch.bfloat16":  # not a NumPy type
            array = array.float()
    if hasattr(array, "__array__"):
        return np.asarray(array)
    return array.numpy() if hasattr(array, "numpy") else np.from_dlpack(array)


def _is_tensor(value: Any) -> bool:
    kind = type(value)
    if isinstance(value, np.ndarray | np.generic | io.IOBase) or is_frame(value):
        return False
    return any(hasattr(kind, method) for method in _METHODS)

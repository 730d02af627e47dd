"""The optional C++ kernels: found, loaded and registered once, or done without.

They are built with the package where a C++ compiler is at hand, and speed
convolutions and recurrent layers up on CPUs. Without them the same results come
from XLA. The environment variable ASSAY_EXTENSION=0 leaves them unused, and
ASSAY_EXTENSION=avx2 leaves AVX-512 unused.
"""

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

import jax.ffi
import numpy as np

from assay.nn.ops._windows import Geometry

__all__ = ["extension_status", "numbers", "usable"]

_LIBRARY = Path(__file__).with_name("lib") / "libassay.so"
_INTERFACE = 1  # that of native/extension.cc
_TARGETS = (
    "assay_convolution_forward",
    "assay_convolution_input_gradient",
    "assay_convolution_kernel_gradient",
    "assay_lstm_forward",
    "assay_lstm_backward",
    "assay_gru_forward",
    "assay_gru_backward",
)


@cache
def extension_status() -> tuple[bool, str]:
    """Say whether the C++ kernels are in use, and why or why not.

    Example:
        >>> in_use, reason = extension_status()
        >>> isinstance(in_use, bool) and len(reason) > 0
        True
    """
    if os.environ.get("ASSAY_EXTENSION", "1") == "0":
        return False, "turned off by ASSAY_EXTENSION=0"
    if not _LIBRARY.exists():
        return False, "not built; installing where g++ or clang++ is found builds it"
    try:
        library = ctypes.CDLL(str(_LIBRARY))
        if library.assay_interface() != _INTERFACE:
            return False, "built from other sources; install again to rebuild it"
        library.assay_instruction_set.restype = ctypes.c_char_p
        instructions = library.assay_instruction_set()
        if instructions is None:
            return False, "this processor has neither AVX2 nor AVX-512"
        for target in _TARGETS:
            capsule = jax.ffi.pycapsule(getattr(library, target))
            jax.ffi.register_ffi_target(target, capsule, platform="cpu")
    except (OSError, AttributeError, RuntimeError) as error:
        return False, f"could not be loaded: {error}"
    return True, f"in use, with {instructions.decode()} instructions"


def usable(*arrays: Any) -> bool:
    """Whether the extension is there and computes on arrays of these types."""
    plain = all(a.dtype == np.float32 and a.size > 0 for a in arrays)
    return plain and extension_status()[0]


def numbers(geometry: Geometry) -> np.ndarray:
    """Write a geometry as the extension reads it: in three dimensions, flat."""
    missing = 3 - len(geometry.space)
    low = tuple(before for before, _ in geometry.padding)
    fields = (
        (geometry.space, 1),
        (geometry.kernel, 1),
        (geometry.stride, 1),
        (low, 0),
        (geometry.dilation, 1),
        (geometry.output, 1),
    )
    rows = [(fill,) * missing + values for values, fill in fields]
    return np.array([*np.concatenate(rows), geometry.groups], np.int64)

"""Finds, loads and registers the optional C++ kernels once per process.

The kernels are built during installation if a C++ compiler is available. They speed up
convolutional, recurrent and dense layers and periodic embeddings on CPUs. Without them,
XLA computes the same results. Environment variables control which library and
instructions are used:

    ASSAY_EXTENSION=0     do not use the kernels
    ASSAY_EXTENSION=avx2  do not use AVX-512
    ASSAY_LIBRARY=PATH    load another build of the library, such as a debug build
"""

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.ffi
import numpy as np

from assay.extension._interface import checksum

__all__ = ["available", "extension_status", "library_path", "usable"]

_LIBRARY = Path(__file__).with_name("lib") / "libassay.so"
_TARGETS = (
    "assay_convolution_forward",
    "assay_convolution_input_gradient",
    "assay_convolution_kernel_gradient",
    "assay_lstm_forward",
    "assay_lstm_backward",
    "assay_gru_forward",
    "assay_gru_backward",
    "assay_dense_forward",
    "assay_dense_backward",
    "assay_periodic_forward",
    "assay_periodic_backward",
)


def library_path() -> Path:
    """Return the path of the library to load, whether or not it exists."""
    return Path(os.environ.get("ASSAY_LIBRARY") or _LIBRARY)


@cache
def extension_status() -> tuple[bool, str]:
    """Return whether the C++ kernels are in use, and the reason.

    Example:
        >>> in_use, reason = extension_status()
        >>> isinstance(in_use, bool) and len(reason) > 0
        True
    """
    if os.environ.get("ASSAY_EXTENSION", "1") == "0":
        return False, "turned off by ASSAY_EXTENSION=0"
    if jax.default_backend() == "cpu" and jax.device_count() > 1:
        return False, f"off, because JAX has {jax.device_count()} devices instead of 1"
    path = library_path()
    if not path.exists():
        if path != _LIBRARY:
            return False, f"ASSAY_LIBRARY={path} does not exist"
        return False, "not built; install g++ or clang++, then reinstall Assay"
    try:
        library = ctypes.CDLL(str(path))
        library.assay_interface.restype = ctypes.c_uint32
        if library.assay_interface() != checksum():
            return False, "built for another version; reinstall Assay to rebuild it"
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
    """Return whether the extension is loaded and supports arrays of these types."""
    plain = all(a.dtype == np.float32 and a.size > 0 for a in arrays)
    return plain and extension_status()[0]


def available(*arrays: Any) -> bool:
    """Return whether the extension supports these arrays and JAX runs on a CPU.

    Functions without their own JAX primitive need this check, because they cannot
    choose a platform-specific implementation during lowering.
    """
    on_cpu = jax.default_backend() == "cpu"
    return on_cpu and usable(*(jax.typeof(array) for array in arrays))

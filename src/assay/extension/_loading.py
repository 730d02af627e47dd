"""The optional C++ kernels: found, loaded and registered once, or done without.

They are built with the package where a C++ compiler is at hand, and speed
convolutions, recurrent and dense layers up on CPUs. Without them the same results come
from XLA. The environment variable ASSAY_EXTENSION=0 leaves them unused, and
ASSAY_EXTENSION=avx2 leaves AVX-512 unused.
"""

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.ffi
import numpy as np

__all__ = ["available", "extension_status", "usable"]

_LIBRARY = Path(__file__).with_name("lib") / "libassay.so"
_INTERFACE = 4  # that of native/extension.cc
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
    "assay_adam",
    "assay_take",
    "assay_cross_entropy",
    "assay_split",
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


def available(*arrays: Any) -> bool:
    """Whether the extension can take these arrays, and this process computes on CPUs.

    For calls that are no primitives of their own, and so cannot choose when they are
    lowered for a platform.
    """
    on_cpu = jax.default_backend() == "cpu"
    return on_cpu and usable(*(jax.typeof(array) for array in arrays))

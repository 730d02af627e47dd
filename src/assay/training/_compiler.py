"""Compiler options for programs on CPUs.

XLA compiles a group of elementwise operations with one of two code generators, whose
results are bit-for-bit identical. The older one generates less code and compiles in two
thirds of the time. The newer one trains dense networks up to 2.7 times as fast, so it
is used for training and prediction unless an epoch is very short. See `docs/scaling.md`
for measurements.
"""

import os
from functools import cache
from typing import Any

import jax

__all__ = ["compiler_options"]

_QUICK_TO_COMPILE = {"xla_cpu_use_fusion_emitters": False}
_MOST_PRODUCTS = 10_000_000  # per epoch, equivalent to about 1 ms of training
_PRODUCTS_PER_UPDATE = 10_000  # take as long as the fixed costs of an update

_jax: Any = jax  # some of JAX's functions are untyped


def compiler_options(
    num_products: int = 0, num_updates: int = 0
) -> dict[str, bool] | None:
    """Return a program's compiler options for `jax.jit`, or None for XLA's defaults.

    Options in the environment variable XLA_FLAGS take precedence.

    Args:
        num_products: number of multiplications in the forward passes of an epoch; 0 for
            a program that is not part of training.
        num_updates: number of updates in an epoch.
    """
    work = num_products + num_updates * _PRODUCTS_PER_UPDATE
    return None if work > _MOST_PRODUCTS else _quick_to_compile()


@cache
def _quick_to_compile() -> dict[str, bool] | None:
    flags = os.environ.get("XLA_FLAGS", "")
    if jax.default_backend() != "cpu" or any(o in flags for o in _QUICK_TO_COMPILE):
        return None
    return _QUICK_TO_COMPILE if _are_known(_QUICK_TO_COMPILE) else None


def _are_known(options: dict[str, bool]) -> bool:
    """Return whether XLA supports the options. Newer versions may have removed them."""
    try:
        _jax.jit(_jax.numpy.negative, compiler_options=options)(0)
    except RuntimeError:  # raised by XLA for an unknown option
        return False
    return True

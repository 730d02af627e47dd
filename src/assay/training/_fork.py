"""Detects a process that was forked after JAX had been used."""

import os
from typing import Any

import jax

from assay._errors import AssayError, InputError

__all__ = ["check_process"]

_jax: Any = jax  # some of JAX's functions are untyped
_owner: int | None = None  # id of the first process that used JAX


def check_process() -> None:
    """Raise an error if this process was forked after JAX had been used.

    JAX uses threads, which a fork does not copy, so the child process would wait for
    them forever.

    Raises:
        AssayError: JAX was used before this process was forked.
        InputError: JAX finds no device, for example because of JAX_PLATFORMS.
    """
    global _owner
    process = os.getpid()
    if _owner is None:
        _check_devices()
        _owner = process
    elif _owner != process:
        raise AssayError(
            "Assay cannot be used after a fork. This process was forked from one that "
            "had already trained or predicted. Start processes with "
            "multiprocessing.get_context('spawn')."
        )


def _check_devices() -> None:
    try:
        _jax.devices()
    except (AssertionError, RuntimeError) as error:
        platforms = os.environ.get("JAX_PLATFORMS")
        reason = f" JAX reports: {error}." if str(error) else ""
        raise InputError(
            f"JAX found no device with JAX_PLATFORMS={platforms!r}.{reason} Unset "
            "JAX_PLATFORMS, or write JAX_PLATFORMS=cpu."
        ) from error

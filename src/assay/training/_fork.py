"""Detects a process that was forked after JAX had been used."""

import os

from assay._errors import AssayError

__all__ = ["check_process"]

_owner: int | None = None  # first process that used JAX


def check_process() -> None:
    """Raise an error if this process was forked after JAX had been used.

    JAX uses threads, which a fork does not copy, so the child process would wait for
    them forever.

    Raises:
        AssayError: JAX was used before this process was forked.
    """
    global _owner
    process = os.getpid()
    if _owner is None:
        _owner = process
    elif _owner != process:
        raise AssayError(
            "Assay cannot be used after a fork. This process was forked from one that "
            "had already trained or predicted. Start processes with "
            "multiprocessing.get_context('spawn')."
        )

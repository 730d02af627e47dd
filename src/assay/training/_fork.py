"""Detects a process that was forked after the engine had been used."""

import os

from assay._errors import AssayError

__all__ = ["check_process"]

_owner: int | None = None  # first process that used the engine


def check_process() -> None:
    """Raise in a forked process that has inherited an engine in use.

    JAX computes on threads. A fork does not copy them, so the child process would wait
    for them forever.

    Raises:
        AssayError: the engine was used before this process was forked.
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

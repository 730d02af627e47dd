"""Refuses the engine in a process that was forked after it had been used."""

import os

from assay._errors import AssayError

__all__ = ["check_process"]

_owner: int | None = None  # the process that used the engine first


def check_process() -> None:
    """Raise in a forked process that has inherited an engine in use.

    JAX computes on threads, of which a fork copies none, so that the child would wait
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
            "Assay cannot be used after a fork: this process was forked from one that "
            "had already trained or predicted, and would wait forever. Start processes "
            "with multiprocessing.get_context('spawn')."
        )

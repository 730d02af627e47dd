"""The same cores and number of threads for every contestant."""

import os

__all__ = ["cores", "environment", "pin"]


def cores(count: int) -> list[int]:
    """Return the first few cores that this process may use."""
    return sorted(os.sched_getaffinity(0))[:count]


def pin(count: int) -> None:
    """Pin this process and its children to a number of cores."""
    os.sched_setaffinity(0, cores(count))


def environment(count: int, **more: str) -> dict[str, str]:
    """Return the environment variables of a contestant.

    XLA derives its number of threads from the cores that a process is pinned to. The
    compilation cache is off, so that compile times are visible.
    """
    libraries = ("OMP", "MKL", "OPENBLAS")
    threads = {f"{library}_NUM_THREADS": str(count) for library in libraries}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    uncached = {"ASSAY_CACHE": "0", "JAX_PLATFORMS": "cpu"}
    return os.environ | threads | quiet | uncached | more

"""The same cores and number of threads for every contestant."""

import os

__all__ = ["cores", "environment", "pin"]


def cores(count: int) -> list[int]:
    """Return the first cores of those this process may use."""
    return sorted(os.sched_getaffinity(0))[:count]


def pin(count: int) -> None:
    """Keep this process, and those it starts, on so many cores."""
    os.sched_setaffinity(0, cores(count))


def environment(count: int, **more: str) -> dict[str, str]:
    """Return the environment of a contestant that has so many cores.

    XLA takes its number of threads from the cores a process is kept on. The cache of
    compiled programs is off, so that compiling is seen.
    """
    libraries = ("OMP", "MKL", "OPENBLAS")
    threads = {f"{library}_NUM_THREADS": str(count) for library in libraries}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    uncached = {"ASSAY_CACHE": "0", "JAX_PLATFORMS": "cpu"}
    return os.environ | threads | quiet | uncached | more

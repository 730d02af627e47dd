"""Runs all contestants on the same device and cores, with equal numbers of threads."""

import os

__all__ = ["cores", "device", "environment", "pin", "use"]

_DEVICE = "ASSAY_BENCH_DEVICE"


def device() -> str:
    """Return the device on which contestants train, "cpu" or "gpu"."""
    return os.environ.get(_DEVICE, "cpu")


def use(device: str) -> None:
    """Set the device for contestants that are started later."""
    os.environ[_DEVICE] = device


def cores(count: int) -> list[int]:
    """Return the first `count` cores that this process may use."""
    return sorted(os.sched_getaffinity(0))[:count]


def pin(count: int) -> None:
    """Pin this process and its children to the first `count` cores."""
    os.sched_setaffinity(0, cores(count))


def environment(count: int, **more: str) -> dict[str, str]:
    """Return the environment variables for a contestant.

    XLA derives its number of threads from the cores to which a process is pinned. The
    compilation cache is turned off, so compile times are measured.
    """
    libraries = ("OMP", "MKL", "OPENBLAS")
    threads = {f"{library}_NUM_THREADS": str(count) for library in libraries}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    uncached = {"ASSAY_CACHE": "0", "JAX_PLATFORMS": "cpu"}
    if device() == "gpu":
        # Contestants share GPU memory, so none of them may reserve all of it.
        uncached |= {"JAX_PLATFORMS": "cuda,cpu"}
        uncached |= {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    return os.environ | threads | quiet | uncached | more

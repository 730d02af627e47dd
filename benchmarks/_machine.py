"""The same cores and number of threads for every contestant."""

import os

__all__ = ["cores", "device", "environment", "pin", "use"]

_DEVICE = "ASSAY_BENCH_DEVICE"


def device() -> str:
    """Return where contestants train: "cpu" or "gpu"."""
    return os.environ.get(_DEVICE, "cpu")


def use(device: str) -> None:
    """Let the contestants that start from now on train there."""
    os.environ[_DEVICE] = device


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
    if device() == "gpu":
        # both contestants hold memory of the same GPU, so neither may take it all
        uncached |= {"JAX_PLATFORMS": "cuda,cpu"}
        uncached |= {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    return os.environ | threads | quiet | uncached | more

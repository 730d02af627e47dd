"""Measures how fast the machine currently is."""

import statistics
import time

import numpy as np

__all__ = ["machine_slowness"]

_NUM_VALUES, _NUM_REPEATS = 2**18, 10
_REFERENCE_SECONDS = 0.009
"""Duration of the computation on the reference machine, on which the constants of the
time budget were measured."""
_FASTEST, _SLOWEST = 0.5, 4.0  # limits, because the load may change later in the run


def machine_slowness() -> float:
    """Return how long a fixed computation takes relative to a reference machine.

    The result is higher if other processes use the cores. The measurement takes about
    100 ms, so it includes several time slices of other processes.
    """
    values = np.random.default_rng(0).random(_NUM_VALUES)
    seconds = statistics.fmean(_seconds_to_sort(values) for _ in range(_NUM_REPEATS))
    return min(max(seconds / _REFERENCE_SECONDS, _FASTEST), _SLOWEST)


def _seconds_to_sort(values: np.ndarray) -> float:
    started = time.perf_counter()
    # the default sort takes four times as long on processors for which NumPy lacks a
    # vectorized version, although everything else is just as fast
    np.bincount((1000 * np.sort(values, kind="heapsort")).astype(int))
    return time.perf_counter() - started

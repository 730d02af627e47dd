"""Evenly spaced values for curves."""

import numpy as np

from assay._errors import InputError, fault

__all__ = ["grid"]


def grid(low: float, high: float, step: float, *, most: int, fix: str) -> np.ndarray:
    """Return evenly spaced values, rounded so that 0 is exactly 0.

    Args:
        low: first value.
        high: last value.
        step: distance between neighboring values.
        most: maximum number of values to return.
        fix: advice in the error message, such as "Use 0.02.".

    Raises:
        InputError: there would be fewer than 2 values, or more than `most`.
    """
    size = (high - low) / step + 1  # may be infinite or nan because of an overflow
    if not 2 <= np.round(size) <= most:
        rule = f"2 <= (high - low) / step + 1 <= {most}"
        raise InputError(fault(rule, "step", step, fix))
    return np.round(np.linspace(low, high, round(size)), 6)

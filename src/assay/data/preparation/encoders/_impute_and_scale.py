"""The fill value, mean and standard deviation of a numeric column."""

from dataclasses import dataclass

import numpy as np
import polars as pl

__all__ = ["NEGLIGIBLE", "Scale", "to_floats"]

NEGLIGIBLE = 1e-12
"""A standard deviation below this multiple of the mean is treated as rounding error."""

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Scale:
    """Fills in missing values and standardizes: (value - mean) / std."""

    fill: float
    mean: float
    std: float

    @classmethod
    def fit(cls, values: np.ndarray) -> "Scale":
        """Return a scale fitted to values (n,). Missing values are NaN.

        If all values are equal, the standard deviation is 0.
        """
        missing = np.isnan(values)
        some_missing = missing.any()
        known = values[~missing] if some_missing else values
        if not known.size:
            return cls(0.0, 0.0, 0.0)
        fill = _median(known)
        # Dividing first prevents the squares of very large numbers from overflowing.
        largest = float(np.abs(known).max()) or 1.0
        filled = np.where(missing, fill, values) if some_missing else values
        filled = filled / largest
        mean, std = float(filled.mean()), float(filled.std())
        if std <= NEGLIGIBLE * abs(mean):
            return cls(fill, mean * largest, 0.0)
        return cls(fill, mean * largest, std * largest)

    def write(self, values: np.ndarray, out: np.ndarray) -> None:
        """Write the scaled values (n,) into out (n,). `values` is overwritten."""
        np.copyto(values, self.fill, where=np.isnan(values))
        with np.errstate(over="ignore"):  # overflows are clipped below
            values -= self.mean
            values /= self.std
        np.clip(values, -_LARGEST, _LARGEST, out=values)
        out[:] = values

    def to_json(self) -> list[float]:
        """Return fill, mean and std."""
        return [self.fill, self.mean, self.std]


def _median(values: np.ndarray) -> float:
    """Return the median, ten times faster than `numpy.median` if there are few rows."""
    middle = [(len(values) - 1) // 2, len(values) // 2]
    low, high = np.partition(values, middle)[middle]
    return float(low if low == high else (low + high) / 2)


def to_floats(values: pl.Series) -> np.ndarray:
    """Return a copy of the values (n,) as float64. Missing values become NaN."""
    if not (values.dtype.is_integer() or values.dtype.is_float()):
        values = values.cast(pl.Float64)
    return values.to_numpy().astype(np.float64)

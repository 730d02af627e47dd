"""The scale of a numeric column: its fill value, center, spread and limit."""

from dataclasses import dataclass

import numpy as np
import polars as pl

__all__ = ["NEGLIGIBLE", "Scale", "to_floats"]

NEGLIGIBLE = 1e-12
"""A spread below this multiple of the mean is due to rounding."""

_LARGEST = float(np.finfo(np.float32).max)


_LIMIT = 3.0
"""Bound of scaled values. Values within ±1 change by at most 5 %."""


@dataclass(frozen=True)
class Scale:
    """Scales a number so that outliers neither dominate nor are cut off.

        z = (value - center) / spread,  scaled = z / sqrt(1 + (z / limit)²)

    The center is the median and the spread is the interquartile range, which outliers
    do not affect. If more than half of the values are equal, the spread is half the
    range. Missing values become the median, which is 0 after scaling.

    Args:
        fill: value that replaces missing values.
        center: value that becomes 0.
        spread: value that becomes 1 before clipping; 0 if the values do not vary.
        limit: bound that scaled values approach; 0 for no bound, as in models saved by
            the first releases, whose center and spread are the mean and the standard
            deviation.

    References:
        Holzmüller, Grinsztajn and Steinwart, 2024, "Better by default: strong pre-tuned
        MLPs and boosted trees on tabular data", section 3.
    """

    fill: float
    center: float
    spread: float
    limit: float = 0.0

    @classmethod
    def fit(cls, values: np.ndarray) -> "Scale":
        """Fit to values (n,), NaN if missing; spread is 0 if they do not vary."""
        known = values[~np.isnan(values)]
        if not known.size:
            return cls(0.0, 0.0, 0.0, _LIMIT)
        return cls.of_sample(known, float(known.min()), float(known.max()))

    @classmethod
    def of_sample(cls, known: np.ndarray, low: float, high: float) -> "Scale":
        """Fit to known values (n,) from a column with the given minimum and maximum."""
        # dividing first keeps differences of very large numbers from overflowing
        largest = max(abs(low), abs(high)) or 1.0
        ordered = np.sort(known)
        center = _quantile(ordered, 0.5)
        spread = _quantile(ordered, 0.75) / largest - _quantile(ordered, 0.25) / largest
        if spread <= NEGLIGIBLE:
            spread = (high / largest - low / largest) / 2
        spread = spread * largest if spread > NEGLIGIBLE else 0.0
        return cls(center, center, spread, _LIMIT)

    def write(self, values: np.ndarray, out: np.ndarray) -> None:
        """Write the scaled values (n,) into out (n,); `values` is overwritten."""
        np.copyto(values, self.fill, where=np.isnan(values))
        with np.errstate(over="ignore"):  # what overflows is clipped below
            values -= self.center
            values /= self.spread
        np.clip(values, -_LARGEST, _LARGEST, out=values)
        if self.limit:
            values /= np.sqrt(1 + np.square(values / self.limit))
        out[:] = values

    def to_json(self) -> list[float]:
        """Return fill, center, spread and limit."""
        return [self.fill, self.center, self.spread, self.limit]


def _quantile(ordered: np.ndarray, fraction: float) -> float:
    """Return a quantile; `numpy.quantile` takes ten times as long for a few rows.

    Args:
        ordered: sorted values (n,).
        fraction: fraction of values below the quantile.
    """
    position = fraction * (len(ordered) - 1)
    below = int(position)
    low, high = ordered[[below, min(below + 1, len(ordered) - 1)]].tolist()
    # weights that add up to 1 keep very large numbers from overflowing
    return low * (1 - position + below) + high * (position - below)


def to_floats(values: pl.Series) -> np.ndarray:
    """Return a copy of the values (n,) as float64, NaN if missing."""
    if not (values.dtype.is_integer() or values.dtype.is_float()):
        values = values.cast(pl.Float64)
    return values.to_numpy().astype(np.float64)

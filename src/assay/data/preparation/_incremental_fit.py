"""Encoders fitted to rows that come in blocks: each block is tallied, then forgotten.

Means and spreads are exact but for rounding, and categories complete. A median, which
fills what is missing, is that of evenly chosen rows, at most MEDIAN_ROWS of them.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import polars as pl

from assay.data.columns._column import Column
from assay.data.preparation._column_encoders import (
    BooleanEncoder,
    CategoryEncoder,
    DateEncoder,
    NumberEncoder,
    Scale,
    date_parts,
    floats,
)
from assay.data.preparation._whole_encoders import ImageEncoder, SequenceEncoder
from assay.data.table._array_cells import to_images, to_sequences

__all__ = ["MEDIAN_ROWS", "TALLIES", "Moments", "Tally", "tally_for"]

MEDIAN_ROWS = 100_000
"""Rows that a median is taken of."""

_TINY = 1e-12  # a spread this small beside the values is rounding, not variation


class Tally(Protocol):
    """What is kept of a column's blocks until its encoder can be fitted."""

    def add(self, series: pl.Series) -> None:
        """Take in the next block, typed."""
        ...

    def encoder(self) -> Any:
        """Return the encoder fitted to all blocks."""
        ...


class Moments:
    """Count, mean and sum of squared distances from it, merged block by block.

    References:
        Chan, Golub, LeVeque, Updating formulae and a pairwise algorithm for computing
        sample variances, 1979.

    Example:
        >>> moments = Moments()
        >>> for block in ([1.0, 2.0], [3.0, 4.0, 5.0]):
        ...     moments.add(np.array(block))
        >>> moments.mean, moments.std
        (3.0, 1.4142...)
    """

    def __init__(self) -> None:
        self.count, self.mean, self.squares = 0, 0.0, 0.0

    def add(self, values: np.ndarray) -> None:
        """Merge values (n,) without NaN."""
        if values.size:
            mean = float(values.mean())
            squares = float(np.square(values - mean).sum())
            self.merge(values.size, mean, squares)

    def merge(self, count: int, mean: float, squares: float) -> None:
        """Merge the moments of other values."""
        total = self.count + count
        apart = mean - self.mean
        self.squares += squares + apart**2 * self.count * count / total
        self.mean += apart * count / total
        self.count = total

    @property
    def std(self) -> float:
        """Spread of all values."""
        return float(np.sqrt(self.squares / self.count)) if self.count else 0.0


class ScaleTally:
    """Numbers of which one scale is made.

    Args:
        step: of how many rows one is kept for the median.
    """

    def __init__(self, step: int) -> None:
        self._step, self._seen = step, 0
        self._moments, self._missing = Moments(), 0
        self._kept: list[np.ndarray] = []

    def add(self, values: np.ndarray) -> None:
        """Take in values (n,), NaN where missing."""
        first = -self._seen % self._step
        self._kept.append(values[first :: self._step].copy())
        self._seen += len(values)
        held = values[~np.isnan(values)]
        self._missing += len(values) - len(held)
        self._moments.add(held)

    def scale(self) -> Scale:
        """Return the scale of all values, missing ones filled."""
        moments = self._moments
        if not moments.count:
            return Scale(0.0, 0.0, 0.0)
        kept = np.concatenate(self._kept)
        kept = kept[~np.isnan(kept)]
        fill = float(np.median(kept)) if kept.size else moments.mean
        if self._missing:
            moments.merge(self._missing, fill, 0.0)
        std = moments.std
        return Scale(
            fill, moments.mean, std if std > _TINY * abs(moments.mean) else 0.0
        )


class _NumberTally:
    def __init__(self, column: str, step: int) -> None:
        self._column, self._scale, self._missing = column, ScaleTally(step), False

    def add(self, series: pl.Series) -> None:
        self._missing |= series.null_count() > 0
        self._scale.add(floats(series))

    def encoder(self) -> NumberEncoder:
        return NumberEncoder(self._column, self._scale.scale(), self._missing)


class _BooleanTally(_NumberTally):
    def encoder(self) -> BooleanEncoder:
        return BooleanEncoder(self._column, self._scale.scale(), self._missing)


class _CategoryTally:
    def __init__(self, column: str, step: int) -> None:
        self._column, self._missing = column, False
        self._held: set[str] = set()

    def add(self, series: pl.Series) -> None:
        self._missing |= series.null_count() > 0
        self._held.update(series.drop_nulls().unique().to_list())

    def encoder(self) -> CategoryEncoder:
        held = pl.Series(sorted(self._held), dtype=pl.String).sort().to_list()
        return CategoryEncoder(self._column, tuple(held), self._missing)


class _DateTally:
    def __init__(self, column: str, step: int) -> None:
        self._column, self._missing = column, False
        self._scales = [ScaleTally(step) for _ in range(3)]

    def add(self, series: pl.Series) -> None:
        self._missing |= series.null_count() > 0
        for scale, part in zip(self._scales, date_parts(series), strict=True):
            scale.add(part)

    def encoder(self) -> DateEncoder:
        days, month, weekday = (tally.scale() for tally in self._scales)
        return DateEncoder(self._column, (days, month, weekday), self._missing)


class _ChannelTally:
    """Cells of one shape, of which the last axis is the channels."""

    def __init__(self, column: str, step: int) -> None:
        self._column = column
        self._channels: list[Moments] = []
        self._shape: tuple[int, ...] = ()

    def _add(self, cells: np.ndarray) -> None:
        self._shape = cells.shape[1:]
        self._channels = self._channels or [Moments() for _ in range(cells.shape[-1])]
        for place, moments in enumerate(self._channels):
            moments.add(cells[..., place].astype(np.float64).reshape(-1))

    @property
    def _mean(self) -> tuple[float, ...]:
        return tuple(moments.mean for moments in self._channels)

    @property
    def _std(self) -> tuple[float, ...]:
        return tuple(moments.std for moments in self._channels)


class _ImageTally(_ChannelTally):
    def add(self, series: pl.Series) -> None:
        self._add(to_images(series))

    def encoder(self) -> ImageEncoder:
        height, width, channels = self._shape
        return ImageEncoder(
            self._column, (height, width, channels), self._mean, self._std
        )


class _SequenceTally(_ChannelTally):
    """Series of as many steps each; no value is missing."""

    def add(self, series: pl.Series) -> None:
        values, lengths = to_sequences(series)
        self._add(values.reshape(len(lengths), -1, values.shape[1]))

    def encoder(self) -> SequenceEncoder:
        steps = self._shape[0]
        return SequenceEncoder(self._column, steps, False, self._mean, self._std)


TALLIES: dict[str, Callable[[str, int], Tally]] = {
    "number": _NumberTally,
    "boolean": _BooleanTally,
    "category": _CategoryTally,
    "date": _DateTally,
    "image": _ImageTally,
    "sequence": _SequenceTally,
}
"""The tally of each kind of column."""


def tally_for(column: Column, num_rows: int) -> Tally:
    """Return the tally of a column's kind over so many rows."""
    return TALLIES[column.kind](column.name, -(-num_rows // MEDIAN_ROWS))

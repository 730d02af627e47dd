"""Fits encoders to rows that are read block by block, without storing the blocks.

Means and standard deviations are exact up to rounding, and no category is omitted. The
median, which replaces missing values, is computed from at most MEDIAN_ROWS evenly
spaced rows.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import polars as pl

from assay.data.columns._column import Column
from assay.data.preparation._sole_input_encoders import SoleInputEncoder
from assay.data.preparation.encoders._category_encoder import CategoryEncoder
from assay.data.preparation.encoders._date_encoder import DateEncoder, date_parts
from assay.data.preparation.encoders._encoder import Encoder
from assay.data.preparation.encoders._image_encoder import ImageEncoder
from assay.data.preparation.encoders._impute_and_scale import (
    NEGLIGIBLE,
    Scale,
    to_floats,
)
from assay.data.preparation.encoders._number_encoder import (
    BooleanEncoder,
    NumberEncoder,
    extent_of,
)
from assay.data.preparation.encoders._sequence_encoder import SequenceEncoder
from assay.data.table._array_cells import to_images, to_sequences
from assay.data.table._pixel_scale import PixelScale, common_scale, pixel_scale

__all__ = ["ACCUMULATORS", "MEDIAN_ROWS", "Accumulator", "Moments", "accumulator_for"]

MEDIAN_ROWS = 100_000
"""Maximum number of rows used for a median. This yields about three accurate digits."""


class Accumulator(Protocol):
    """Collects the statistics for an encoder, block by block."""

    def add(self, values: pl.Series) -> None:
        """Add the next block of typed values."""
        ...

    def encoder(self) -> Encoder | SoleInputEncoder:
        """Return the encoder fitted to all blocks."""
        ...


class Moments:
    """Count, mean and sum of squared deviations, merged block by block.

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
        """Add values (n,), which must not contain NaN."""
        if values.size:
            mean = float(values.mean())
            squares = float(np.square(values - mean).sum())
            self.merge(values.size, mean, squares)

    def merge(self, count: int, mean: float, squares: float) -> None:
        """Add the moments of another set of values."""
        total = self.count + count
        apart = mean - self.mean
        self.squares += squares + apart**2 * self.count * count / total
        self.mean += apart * count / total
        self.count = total

    @property
    def std(self) -> float:
        """The standard deviation of all values."""
        return float(np.sqrt(self.squares / self.count)) if self.count else 0.0


class ScaleAccumulator:
    """Collects numbers and fits a scale to them.

    Args:
        step: the median is computed from every `step`-th value.
    """

    def __init__(self, step: int) -> None:
        self._step, self._num_rows = step, 0
        self._moments, self._num_missing = Moments(), 0
        self._sample: list[np.ndarray] = []

    def add(self, values: np.ndarray) -> None:
        """Add values (n,). Missing values are NaN."""
        first = -self._num_rows % self._step
        self._sample.append(_shortest(values[first :: self._step]))
        self._num_rows += len(values)
        known = values[~np.isnan(values)]
        self._num_missing += len(values) - len(known)
        self._moments.add(known)

    def scale(self) -> Scale:
        """Return the scale of all values, after filling in missing values."""
        moments = self._moments
        if not moments.count:
            return Scale(0.0, 0.0, 0.0)
        sample = np.concatenate(self._sample, dtype=np.float64)
        sample = sample[~np.isnan(sample)]
        fill = float(np.median(sample)) if sample.size else moments.mean
        if self._num_missing:
            moments.merge(self._num_missing, fill, 0.0)
        std = moments.std if moments.std > NEGLIGIBLE * abs(moments.mean) else 0.0
        return Scale(fill, moments.mean, std)


def _shortest(values: np.ndarray) -> np.ndarray:
    """Return a copy of the values, as float32 if no precision is lost."""
    with np.errstate(over="ignore"):
        short = values.astype(np.float32)
    return short if np.array_equal(short, values, equal_nan=True) else values.copy()


class _NumberAccumulator:
    _encoder: type[NumberEncoder] = NumberEncoder

    def __init__(self, column: str, step: int) -> None:
        self._column, self._scale, self._missing = column, ScaleAccumulator(step), False
        self._extent: tuple[float, float] | None = None

    def add(self, values: pl.Series) -> None:
        self._missing |= values.null_count() > 0
        numbers = to_floats(values)
        self._scale.add(numbers)
        bounds = [*(self._extent or ()), *(extent_of(numbers) or ())]
        self._extent = (min(bounds), max(bounds)) if bounds else None

    def encoder(self) -> NumberEncoder:
        scale = self._scale.scale()
        return self._encoder(self._column, scale, self._missing, self._extent)


class _BooleanAccumulator(_NumberAccumulator):
    _encoder = BooleanEncoder


class _CategoryAccumulator:
    def __init__(self, column: str, step: int) -> None:
        self._column, self._missing = column, False
        self._categories: set[str] = set()

    def add(self, values: pl.Series) -> None:
        self._missing |= values.null_count() > 0
        self._categories.update(values.drop_nulls().unique().to_list())

    def encoder(self) -> CategoryEncoder:
        # The categories are sorted by Polars, as in `CategoryEncoder.fit`.
        categories = pl.Series(sorted(self._categories), dtype=pl.String).sort()
        return CategoryEncoder(self._column, tuple(categories), self._missing)


class _DateAccumulator:
    def __init__(self, column: str, step: int) -> None:
        self._column, self._missing = column, False
        self._scales = [ScaleAccumulator(step) for _ in range(3)]

    def add(self, values: pl.Series) -> None:
        self._missing |= values.null_count() > 0
        for scale, part in zip(self._scales, date_parts(values), strict=True):
            scale.add(part)

    def encoder(self) -> DateEncoder:
        days, month, weekday = (scale.scale() for scale in self._scales)
        return DateEncoder(self._column, (days, month, weekday), self._missing)


class _ChannelAccumulator:
    """Collects the moments of each channel (the last axis) of equal-sized cells."""

    def __init__(self, column: str, step: int) -> None:
        self._column = column
        self._channels: list[Moments] = []
        self._shape: tuple[int, ...] = ()

    def _add(self, cells: np.ndarray) -> None:
        self._shape = cells.shape[1:]
        self._channels = self._channels or [Moments() for _ in range(cells.shape[-1])]
        for channel, moments in enumerate(self._channels):
            moments.add(cells[..., channel].astype(np.float64).reshape(-1))

    @property
    def _mean(self) -> tuple[float, ...]:
        return tuple(moments.mean for moments in self._channels)

    @property
    def _std(self) -> tuple[float, ...]:
        return tuple(moments.std for moments in self._channels)


class _ImageAccumulator(_ChannelAccumulator):
    def __init__(self, column: str, step: int) -> None:
        super().__init__(column, step)
        self._scale: PixelScale = ""

    def add(self, values: pl.Series) -> None:
        images = to_images(values)
        self._scale = common_scale(self._scale, pixel_scale(images))
        self._add(images)

    def encoder(self) -> ImageEncoder:
        height, width, channels = self._shape
        shape = (height, width, channels)
        return ImageEncoder(
            self._column, shape, self._mean, self._std, pixel_scale=self._scale
        )


class _SequenceAccumulator(_ChannelAccumulator):
    """Collects the moments of sequences of equal length."""

    def add(self, values: pl.Series) -> None:
        steps, lengths = to_sequences(values)
        self._add(steps.reshape(len(lengths), -1, steps.shape[1]))

    def encoder(self) -> SequenceEncoder:
        num_steps = self._shape[0]
        return SequenceEncoder(self._column, num_steps, False, self._mean, self._std)


ACCUMULATORS: dict[str, Callable[[str, int], Accumulator]] = {
    "number": _NumberAccumulator,
    "boolean": _BooleanAccumulator,
    "category": _CategoryAccumulator,
    "date": _DateAccumulator,
    "image": _ImageAccumulator,
    "sequence": _SequenceAccumulator,
}
"""Accumulators by column kind. Text has none, because its encoder needs all rows."""


def accumulator_for(column: Column, num_rows: int) -> Accumulator:
    """Return an accumulator for a column with `num_rows` rows in total."""
    return ACCUMULATORS[column.kind](column.name, -(-num_rows // MEDIAN_ROWS))

"""Scales and axes of a chart."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from assay.report.html._elements import Html
from assay.report.html.charts._svg import label, line, path

__all__ = ["LEGEND", "SIZE", "Frame", "Scale", "frame_for", "scale_for"]

# The width suits half of a wide page and a full phone screen. Text of 13 units is
# legible on both.
SIZE = (460, 270)
LEGEND = 22
"""Height of the legend above a chart."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 20, 34, 36
_LONG = 1e6  # tick labels of at least this value use exponents to fit next to the axis
_WIDE_RANGE = 30  # ratio of the largest to the smallest value for a logarithmic axis


@dataclass(frozen=True)
class Scale:
    """Maps the values [low, high] to the coordinates [start, end].

    Example:
        >>> scale = Scale(0.0, 10.0, 100.0, 200.0)
        >>> scale(5.0), scale.ticks(5)
        (150.0, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0])
        >>> Scale(1.0, 100.0, 0.0, 50.0, is_log=True)(10.0)
        25.0
        >>> Scale(0.9, 1.0, 0.0, 100.0).named_ticks(2)
        [(0.0, '0.90'), (50.0, '0.95'), (100.0, '1.00')]
    """

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, value: float) -> float:
        low, high = self.low, self.high
        if self.is_log:
            low, high, value = map(math.log10, (low, high, value))
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def many(self, values: np.ndarray) -> np.ndarray:
        """Return the coordinates of values; nan if a value has no coordinate."""
        has_place = np.isfinite(values) & ((values > 0) | (not self.is_log))
        places = [
            self(value) if known else math.nan
            for value, known in zip(values.tolist(), has_place.tolist(), strict=True)
        ]
        return np.array(places, np.float64)

    def ticks(self, count: int) -> list[float]:
        """Return about `count` round numbers in the range of the scale."""
        if self.is_log:
            return self._log_ticks(count)
        rough = (self.high - self.low) / count
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [float(f"{place * step:.12g}") for place in range(first, last + 1)]

    def named_ticks(
        self, count: int, *, whole: bool = False
    ) -> list[tuple[float, str]]:
        """Return the coordinate and the label of each tick.

        Args:
            count: approximate number of ticks.
            whole: whether to omit ticks that are not whole numbers.
        """
        ticks = [t for t in self.ticks(count) if not whole or t == round(t)]
        if self.high >= _LONG or self.low <= -_LONG:
            return [(self(tick), f"{tick + 0.0:.4g}") for tick in ticks]
        texts = [f"{tick + 0.0:,.10g}" for tick in ticks]
        if not self.is_log and not any("e" in words for words in texts):
            decimals = max(len(words.partition(".")[2]) for words in texts)
            texts = [f"{tick + 0.0:,.{decimals}f}" for tick in ticks]
        return list(zip(map(self, ticks), texts, strict=True))

    def _log_ticks(self, count: int) -> list[float]:
        first = math.floor(math.log10(self.low))
        last = math.ceil(math.log10(self.high))
        for multiples in ((1, 2, 5), (1, 3), (1,)):
            all_ticks = [
                float(f"{multiple}e{power}")
                for power in range(first, last + 1)
                for multiple in multiples
            ]
            ticks = [tick for tick in all_ticks if self.low <= tick <= self.high]
            if len(ticks) <= count + 1:
                return ticks
        every = math.ceil(len(ticks) / count)
        return ticks[::every]


def scale_for(
    values: Iterable[float], span: tuple[float, float], *, may_be_log: bool = False
) -> Scale:
    """Return a scale that shows all finite values with a margin.

    Args:
        values: values that must be visible.
        span: start and end coordinates.
        may_be_log: whether to use a logarithmic scale for positive values with a wide
            range.
    """
    known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if may_be_log and low > 0 and high / low >= _WIDE_RANGE:
        return Scale(low / 1.2, high * 1.2, *span, is_log=True)
    margin = 0.05 * (high - low) or 0.02 * abs(high) or 1.0
    return Scale(low - margin, high + margin, *span)


@dataclass(frozen=True)
class Frame:
    """The axes of a chart."""

    x: Scale
    y: Scale

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height of the chart."""
        return self.x.end + _RIGHT, self.y.start + _BOTTOM

    def axes(self, x_title: str, y_title: str, *, whole: bool = False) -> list[Html]:
        """Return grid lines, ticks and titles.

        Args:
            x_title: title below the horizontal axis.
            y_title: title above the vertical axis.
            whole: whether the horizontal axis has only whole numbers.
        """
        x, y = self.x, self.y
        shapes = [label((0, y.end - 18), y_title, "axis-title")]
        for place, words in y.named_ticks(5):
            shapes.append(line((x.start, place), (x.end, place), "grid-line"))
            shapes.append(label((x.start - 8, place + 4), words, "end"))
        for place, words in x.named_ticks(6, whole=whole):
            shapes.append(line((place, y.start), (place, y.start + 4), "axis"))
            shapes.append(label((place, y.start + 18), words, "middle"))
        shapes.append(line((x.start, y.start), (x.end, y.start), "axis"))
        shapes.append(label((x.end, y.start + 34), x_title, "axis-title end"))
        return shapes

    def curve(self, xs: np.ndarray, ys: np.ndarray, class_: str) -> Html:
        """Return a line through points."""
        return path(self.x.many(xs), self.y.many(ys), class_)


def frame_for(
    xs: Iterable[float],
    ys: Iterable[float],
    *,
    may_be_log: bool = False,
    has_legend: bool = False,
) -> Frame:
    """Return the axes that show all points.

    Args:
        xs: values along the horizontal axis.
        ys: values along the vertical axis.
        may_be_log: whether to use a logarithmic vertical axis if the range is wide.
        has_legend: whether to leave room for a legend at the top.
    """
    top = LEGEND if has_legend else 0
    width, height = SIZE
    x = scale_for(xs, (_LEFT, width - _RIGHT))
    span = (top + height - _BOTTOM, top + _TOP)
    return Frame(x, scale_for(ys, span, may_be_log=may_be_log))

"""Plots predictions against true values, and the distribution of errors."""

import dataclasses

import numpy as np

from assay.report._format import count, figures
from assay.report.html._elements import Html
from assay.report.html.charts._axes import Frame, frame_for
from assay.report.html.charts._svg import dots, drawing, line, rectangle

__all__ = ["MOST_POINTS", "errors_chart", "scatter_chart"]

MOST_POINTS = 2000
"""Maximum number of points in a scatter plot, which limits overlap and file size."""

_MOST_BARS = 30


def scatter_chart(targets: np.ndarray, predictions: np.ndarray) -> Html:
    """Plot predictions against true values, sampled evenly if there are many rows.

    Args:
        targets: (n,) true values, all finite.
        predictions: (n,) predictions of the model, all finite.
    """
    size = min(len(targets), MOST_POINTS)
    rows = np.linspace(0, len(targets) - 1, size).astype(int)
    xs, ys = targets[rows], predictions[rows]
    both = np.concatenate([xs, ys])
    frame = frame_for(both, both)
    shapes = [
        *frame.axes("true value", "prediction"),
        line((frame.x.start, frame.y.start), (frame.x.end, frame.y.end), "ideal"),
        dots(frame.x.many(xs), frame.y.many(ys), "dots cloud"),
    ]
    return drawing(
        shapes,
        size=frame.size,
        title="Predictions against true values",
        description=f"{count(size, 'point')} around the line of equality"
        f"{_correlation(targets, predictions)}",
        name="scatter-chart",
    )


def _correlation(targets: np.ndarray, predictions: np.ndarray) -> str:
    if targets.std() == 0 or predictions.std() == 0:
        return ""
    (value,) = figures(float(np.corrcoef(targets, predictions)[0, 1]))
    return f"; their correlation is {value}"


def errors_chart(errors: np.ndarray) -> Html:
    """Return a histogram of errors, with outliers included in the outermost bars.

    Args:
        errors: (n,) predictions minus true values, all finite.
    """
    # Otherwise, a few huge errors would squeeze all others into one bar.
    errors = np.clip(errors, *np.quantile(errors, [0.005, 0.995]))
    bars = int(np.clip(np.sqrt(len(errors)) * 1.5, 5, _MOST_BARS))
    counts, edges = np.histogram(errors, bars)
    frame = frame_for(edges, counts)
    y = dataclasses.replace(frame.y, low=0.0)  # bars start at the axis
    frame, zero = Frame(frame.x, y), y.start
    shapes = frame.axes("prediction − true value", "test rows")
    for size, low, high in zip(
        counts.tolist(), edges.tolist(), edges[1:].tolist(), strict=False
    ):
        left, right, top = frame.x(low), frame.x(high), frame.y(size)
        if size:
            shape = rectangle((left, top), (right - left - 1, zero - top), "bar-count")
            shapes.append(shape)
    if frame.x.low < 0 < frame.x.high:
        shapes.append(line((frame.x(0), frame.y.end), (frame.x(0), zero), "ideal"))
    middle, low, high = figures(*np.quantile(errors, [0.5, 0.05, 0.95]).tolist())
    return drawing(
        shapes,
        size=frame.size,
        title="Distribution of errors",
        description=f"median {middle}; 90 % of errors are between {low} and {high}",
        name="errors-chart",
    )

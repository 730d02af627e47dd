"""Plots the costs of the selected trial and the refit, and the scores of all trials."""

from collections.abc import Mapping, Sequence

import numpy as np

from assay.report._format import figures
from assay.report.html._elements import Html
from assay.report.html.charts._axes import Frame, frame_for
from assay.report.html.charts._svg import dots, drawing, label, line

__all__ = ["cost_chart", "trials_chart"]

Curve = tuple[str, str, np.ndarray, np.ndarray]
"""Name, class, epochs and costs."""

_MOST_POINTS = 500  # maximum number of points per curve; more would not be visible
_REFIT = -1  # trial number for the refit in the records


def cost_chart(epochs: Mapping[str, np.ndarray], best_trial: int) -> Html | None:
    """Return a chart of the cost per epoch, or None if it was never measured.

    Args:
        epochs: columns trial, epoch, train_cost and val_cost.
        best_trial: number of the selected trial.
    """
    chosen, refit = epochs["trial"] == best_trial, epochs["trial"] == _REFIT
    candidates: list[Curve] = [
        ("train, selected trial", "train", *_points_of(epochs, chosen, "train_cost")),
        ("val", "val", *_points_of(epochs, chosen, "val_cost")),
        ("train + val, refit", "refit", *_points_of(epochs, refit, "train_cost")),
    ]
    curves = [curve for curve in candidates if np.isfinite(curve[3]).any()]
    if not curves:
        return None
    xs = np.concatenate([curve[2] for curve in curves])
    ys = np.concatenate([curve[3] for curve in curves])
    frame = frame_for(xs, ys, may_be_log=True, has_legend=True)
    scale = " (logarithmic)" if frame.y.is_log else ""
    shapes = [
        *frame.axes("epoch", f"cost{scale}", whole=True),
        *(frame.curve(x, y, f"curve {class_}") for _, class_, x, y in curves),
        *_legend([(name, f"curve {class_}") for name, class_, _, _ in curves]),
    ]
    return drawing(
        shapes,
        size=frame.size,
        title="Cost by epoch",
        description="; ".join(_in_words(curve) for curve in curves),
        name="cost-chart",
    )


def _points_of(
    epochs: Mapping[str, np.ndarray], rows: np.ndarray, column: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the epochs and costs of a fit, sampled evenly if there are many."""
    x, y = epochs["epoch"][rows], epochs[column][rows]
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST_POINTS)).astype(int))
    return x[kept], y[kept]


def _in_words(curve: Curve) -> str:
    name, _, _, costs = curve
    known = costs[np.isfinite(costs)]
    first, lowest, last = figures(known[0], known.min(), known[-1])
    return f"{name}: from {first} to {last}, lowest {lowest}"


def _legend(entries: Sequence[tuple[str, str]]) -> list[Html]:
    """Return a legend with the names of the curves and samples of their lines."""
    shapes: list[Html] = []
    x = 0.0
    for name, class_ in entries:
        shapes.append(line((x, 6), (x + 22, 6), class_))
        shapes.append(label((x + 28, 10), name))
        x += 28 + 6.6 * len(name) + 18
    return shapes


def trials_chart(
    scores: Sequence[tuple[int, float]], best_trial: int, metric: str
) -> Html | None:
    """Plot the val score of each trial; return None for fewer than two scores.

    Args:
        scores: pairs of a trial number and its score.
        best_trial: number of the selected trial.
        metric: name of the metric that the scores measure.
    """
    if len(scores) < 2:
        return None
    xs, ys = (np.array(column, np.float64) for column in zip(*scores, strict=True))
    xs = xs + 1  # in the chart, trials are numbered from 1
    frame = frame_for(xs, ys, has_legend=True)
    is_best = xs == best_trial + 1
    best, low, high = figures(*ys[is_best][:1], ys.min(), ys.max())[-3:]
    title = f"val {metric}"
    return drawing(
        [
            *frame.axes("trial", title, whole=True),
            _points(frame, xs[~is_best], ys[~is_best], "dots"),
            _points(frame, xs[is_best], ys[is_best], "dots best"),
            dots(np.array([6.0]), np.array([6.0]), "dots best"),
            label((16, 10), "selected"),
        ],
        size=frame.size,
        title=f"{title} of {len(scores)} trials",
        description=f"from {low} to {high}; selected trial: {best}",
        name="trials-chart",
    )


def _points(frame: Frame, xs: np.ndarray, ys: np.ndarray, class_: str) -> Html:
    return dots(frame.x.many(xs), frame.y.many(ys), class_)

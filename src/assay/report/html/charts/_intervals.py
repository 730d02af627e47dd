"""Plots the test result and the baselines as points with intervals."""

import math
from collections.abc import Mapping
from typing import Any

from assay.report._format import measured
from assay.report._run import metric_title
from assay.report.html._elements import Html
from assay.report.html.charts._axes import Scale, scale_for
from assay.report.html.charts._svg import (
    circle,
    drawing,
    label,
    line,
    rectangle,
    shorten,
)

__all__ = ["intervals_chart"]

Measured = Mapping[str, Any]

_WIDTH, _ROW, _AXIS = 460, 56, 34
_MARGIN = 12  # the last tick label extends beyond the axis by half of its width


def intervals_chart(summary: Measured) -> Html:
    """Return the chart, with a band that shows the model's interval.

    Args:
        summary: content of `run.json`.
    """
    test = summary["test"]
    rows = [("this model", test), *((b["name"], b) for b in summary["baselines"])]
    metric = metric_title(test["metric"])
    scale = scale_for(_numbers(rows), (_MARGIN, _WIDTH - _MARGIN))
    bottom = _ROW * len(rows)
    shapes = [*_band(test, scale, bottom), *_axis(scale, bottom, metric)]
    for place, (name, part) in enumerate(rows):
        shapes += _row(name, part, scale=scale, top=place * _ROW, is_model=place == 0)
    return drawing(
        shapes,
        size=(_WIDTH, bottom + _AXIS),
        title=f"{metric} on the test part, with {100 * test['level']:g} % intervals",
        description="; ".join(f"{n} {' '.join(measured(part))}" for n, part in rows),
        name="intervals-chart",
    )


def _numbers(rows: list[tuple[str, Measured]]) -> list[float]:
    """Return all known values and interval ends."""
    numbers = [
        number
        for _, part in rows
        for number in (part["value"], *(part["interval"] or ()))
    ]
    return [number for number in numbers if number is not None]


def _band(test: Measured, scale: Scale, bottom: float) -> list[Html]:
    if not _is_known(test["interval"]):
        return []
    low, high = map(scale, test["interval"])
    return [rectangle((low, 0), (high - low, bottom), "band")]


def _axis(scale: Scale, bottom: float, metric: str) -> list[Html]:
    shapes = [line((scale.start, bottom), (scale.end, bottom), "axis")]
    for place, words in scale.named_ticks(5):
        shapes.append(line((place, 0), (place, bottom), "grid-line"))
        shapes.append(label((place, bottom + 16), words, "middle"))
    return [*shapes, label((scale.end, bottom + 32), metric, "axis-title end")]


def _row(
    name: str, part: Measured, *, scale: Scale, top: float, is_model: bool
) -> list[Html]:
    value, interval = measured(part)
    kind = "model" if is_model else "baseline"
    shapes = [
        label((0, top + 16), shorten(name, 28), "strong" if is_model else None),
        label((_WIDTH, top + 16), f"{value} {interval}".rstrip(), "end halo"),
    ]
    y = top + 36
    if _is_known(part["interval"]):
        low, high = map(scale, part["interval"])
        shapes.append(line((low, y), (high, y), f"reach {kind}"))
        shapes += [line((x, y - 5), (x, y + 5), f"cap {kind}") for x in (low, high)]
    if part["value"] is not None and math.isfinite(part["value"]):
        shapes.append(circle((scale(part["value"]), y), 5.5, f"point {kind}"))
    return shapes


def _is_known(interval: list[float | None] | None) -> bool:
    return interval is not None and None not in interval

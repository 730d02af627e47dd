"""Draws the protocol, with the rows that each step uses."""

from collections.abc import Mapping
from typing import Any

from assay.report._format import count, figures
from assay.report._run import metric_title
from assay.report.html._elements import Html
from assay.report.html.charts._svg import drawing, label, line, rectangle

__all__ = ["protocol_chart"]

Summary = Mapping[str, Any]
Bar = list[tuple[str, int, str]]
"""Name, number of rows and CSS class of each segment of a bar."""

_WIDTH, _ROW = 460, 56
_LEFT = 62  # the names of the steps are to the left of the bars
_BAR = 18
_LETTER = 7  # approximate width of a letter


def protocol_chart(summary: Summary) -> Html:
    """Return a drawing of the five steps, from top to bottom.

    The length of each bar is proportional to its number of rows.

    Args:
        summary: content of `run.json`.
    """
    split = summary["split"]
    train, val, test = (split[part] for part in ("train", "val", "test"))
    total = max(train + val + test, 1)
    steps: list[tuple[str, str, Bar]] = [
        ("load", _loaded(summary), [("", total, "all")]),
        (
            "split",
            _shares(split, total),
            [("train", train, "fit"), ("val", val, "val"), ("test", test, "seal")],
        ),
        (
            "tune",
            _tuned(summary),
            [("fit", train, "fit"), ("score", val, "val"), ("sealed", test, "shut")],
        ),
        ("refit", _refitted(summary), [("fit", train + val, "fit"), _sealed(test)]),
        ("test", _tested(summary), [("", train + val, "none"), ("open", test, "seal")]),
    ]
    shapes = [
        shape
        for row, step in enumerate(steps)
        for shape in _step(row, step, total, is_last=row == len(steps) - 1)
    ]
    return drawing(
        shapes,
        size=(_WIDTH, _ROW * len(steps) - 8),
        title="The protocol of the run",
        description=". ".join(f"{name}: {words}" for name, words, _ in steps) + ".",
        name="protocol-chart",
    )


def _sealed(test: int) -> tuple[str, int, str]:
    return ("sealed", test, "shut")


def _step(
    row: int, step: tuple[str, str, Bar], total: int, *, is_last: bool
) -> list[Html]:
    """Return the shapes of a step: name, bar, description and arrow."""
    name, words, bar = step
    top = row * _ROW
    shapes = [label((0, top + 13), name, "strong")]
    if not is_last:
        shapes.append(line((10, top + 22), (10, top + _ROW - 8), "axis"))
        tip = (10, top + _ROW - 5)
        shapes += [
            line((7, top + _ROW - 10), tip, "axis"),
            line((13, top + _ROW - 10), tip, "axis"),
        ]
    unit = (_WIDTH - _LEFT) / total
    x = float(_LEFT)
    for part, rows, class_ in bar:
        width = rows * unit
        shapes.append(rectangle((x, top), (width, _BAR), f"bar-{class_}"))
        if part and width > _LETTER * len(part) + 4:
            shapes.append(label((x + width / 2, top + 13), part, f"middle on-{class_}"))
        x += width
    return [*shapes, label((_LEFT, top + _BAR + 16), words)]


def _loaded(summary: Summary) -> str:
    data = summary["data"]
    examples = count(data["num_examples"], "example")
    return f"{examples}, {count(data['num_features'], 'feature')}"


def _shares(split: Summary, total: int) -> str:
    return " · ".join(
        f"{part} {split[part]:,} ({split[part] / total:.0%})"
        for part in ("train", "val", "test")
    )


def _tuned(summary: Summary) -> str:
    tune = summary["tune"]
    if tune is None:
        return "a single setting, without a search"
    (best,) = figures(tune["best_val"])
    trials = count(tune["num_trials"], "trial")
    return f"{trials}, best val {metric_title(tune['metric'])} {best}"


def _refitted(summary: Summary) -> str:
    refit = summary["refit"]
    examples = count(refit["num_examples"], "example")
    return f"on train + val: {examples}, {count(refit['epochs'], 'epoch')}"


def _tested(summary: Summary) -> str:
    test = summary["test"]
    (value,) = figures(test["value"])
    times = "once" if test["openings"] <= 1 else f"{test['openings']} times so far"
    return f"opened {times}: {metric_title(test['metric'])} {value}"

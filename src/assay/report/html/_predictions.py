"""The section on predictions: confused classes, or the distribution of errors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assay.report._format import figures
from assay.report.html._confusion import confusion_table
from assay.report.html._elements import Html, element, figure, section, table
from assay.report.html._records import RunRecords
from assay.report.html.charts._regression import (
    MOST_POINTS,
    errors_chart,
    scatter_chart,
)

__all__ = ["predictions_section"]

_MOST_CLASSES = 30
_MOST_PAIRS = 20


def predictions_section(records: RunRecords) -> Html:
    """Return the section on test predictions; empty if they are not available."""
    if records.summary["task"] == "regression":
        parts = _errors(records)
    else:
        parts = _classes(records)
    if not parts:
        return Html("")
    return section("Predictions on the test part", *parts, name="predictions")


def _errors(records: RunRecords) -> list[Html]:
    if records.predictions is None:
        return []
    targets, predictions = (
        records.predictions[name] for name in ("target", "prediction")
    )
    is_known = np.isfinite(targets) & np.isfinite(predictions)
    targets, predictions = targets[is_known], predictions[is_known]
    if not len(targets):
        return []
    words = "Each point is a test row. For a perfect model, all points are on the line."
    if len(targets) > MOST_POINTS:
        words += f" {MOST_POINTS:,} of {len(targets):,} rows are shown."
    scatter = figure(scatter_chart(targets, predictions), words)
    errors = figure(
        errors_chart(predictions - targets),
        "To the right of the dashed line, predictions are too high. The outermost bars "
        "include all larger errors.",
    )
    return [element("div", scatter, errors, class_="columns")]


def _classes(records: RunRecords) -> list[Html]:
    evaluation: Mapping[str, Any] = records.summary.get("evaluation", {})
    confusion: Sequence[Sequence[int]] = evaluation.get("confusion") or []
    scores: Sequence[Mapping[str, Any]] = evaluation.get("per_class") or []
    names = [str(score["class"]) for score in scores]
    if not confusion or len(names) != len(confusion):
        return []
    if len(names) > _MOST_CLASSES:
        worst = _pairs(np.array(confusion), names), _score_table(scores, lowest=True)
        return [element("div", *worst, class_="tables")]
    matrix = confusion_table(confusion, names)
    return [element("div", matrix, _score_table(scores), class_="tables")]


def _pairs(counts: np.ndarray, names: Sequence[str]) -> Html:
    """Return a table of the pairs of classes that are confused most often."""
    wrong = counts * ~np.eye(len(counts), dtype=bool)
    order: list[int] = np.argsort(-wrong, axis=None, kind="stable").tolist()
    rows: list[list[str]] = []
    for place in order[:_MOST_PAIRS]:
        true, predicted = divmod(place, len(names))
        size, total = int(wrong[true, predicted]), int(counts[true].sum())
        if size:
            share = f"{size / total:.0%}"
            rows.append([names[true], names[predicted], f"{size:,}", share])
    return table(
        ["true class", "predicted as", "rows", "fraction of class"],
        rows,
        caption=f"The most frequently confused pairs of {len(names)} classes",
    )


def _score_table(scores: Sequence[Mapping[str, Any]], *, lowest: bool = False) -> Html:
    """Return a table of scores per class, limited to the classes with the lowest F1."""
    caption = "Scores per class on the test part"
    if lowest:
        scores = sorted(scores, key=lambda score: score["f1"])[:_MOST_PAIRS]
        caption = f"The {len(scores)} classes with the lowest F1"
    rows = [
        [
            score["class"],
            *(figures(score[name])[0] for name in ("precision", "recall", "f1")),
            f"{score['support']:,.0f}",
        ]
        for score in scores
    ]
    return table(["class", "precision", "recall", "F1", "rows"], rows, caption=caption)

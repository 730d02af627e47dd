"""The metric names shown to users."""

from typing import Any

from assay.report._format import Record

__all__ = ["metric_title", "metric_titles"]

_LONGEST_CLASS = 20  # maximum length of a class name in a metric title

_TITLES = {
    "auroc": "AUROC",
    "brier": "Brier score",
    "f1": "F1",
    "mae": "MAE",
    "r2": "R²",
    "rmse": "RMSE",
}


def metric_title(metric: str) -> str:
    """Return the display name of a metric, such as "log loss" or "AUROC"."""
    return _TITLES.get(metric, metric.replace("_", " "))


def metric_titles(summary: Record) -> dict[str, str]:
    """Return the display names of a run's metrics, by metric name.

    For binary tasks, F1 is the score of the second class. The display name contains the
    name of that class, because if it is the larger class, F1 is close to 1 even for
    models that never predict the smaller one.
    """
    titles = {name: metric_title(name) for name in summary["metrics"]}
    classes: list[Any] = summary["data"].get("classes") or []
    if "f1" in titles and len(classes) == 2:
        titles["f1"] += f" of {str(classes[1])[:_LONGEST_CLASS]}"
    return titles

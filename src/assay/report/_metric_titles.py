"""The names of metrics, as shown to users."""

from typing import Any

from assay.report._format import Record

__all__ = ["metric_title", "metric_titles"]

_LONGEST_CLASS = 20  # characters of the name of a class in the title of a metric

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
    """Return the titles of a run's metrics, by metric name.

    The F1 of a binary task is that of its second class. Where this is the larger class,
    F1 is close to 1 for models that never find the smaller one, so the title names it.
    """
    titles = {name: metric_title(name) for name in summary["metrics"]}
    classes: list[Any] = summary["data"].get("classes") or []
    if "f1" in titles and len(classes) == 2:
        titles["f1"] += f" of {str(classes[1])[:_LONGEST_CLASS]}"
    return titles

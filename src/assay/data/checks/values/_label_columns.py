"""Checks for classes that combine several labels, and for one-hot targets."""

import re

import numpy as np
import polars as pl

from assay.data.checks._context import CheckContext, join_names
from assay.records import Finding

__all__ = ["combined_classes", "one_hot_target"]

_SEPARATORS = (";", "|", ",", "+")
_LIST_SIGNS = r"[\[\]'\"]"  # for Python lists


def combined_classes(context: CheckContext) -> list[Finding]:
    """Report classes such as "a;b" if their parts also occur in other classes."""
    task = context.dataset.task
    classes = [c for c in task.classes if isinstance(c, str)]
    for separator in _SEPARATORS:
        parts = {c: _parts(c, separator) for c in classes}
        combined = [c for c in classes if len(parts[c]) > 1]
        counts = pl.Series([p for c in classes for p in parts[c]]).value_counts()
        repeated = dict(counts.iter_rows()) if combined else {}
        if combined and all(repeated[p] > 1 for c in combined for p in parts[c]):
            return [_combined(task.target, combined)]
    return []


def _parts(name: str, separator: str) -> list[str]:
    parts = re.sub(_LIST_SIGNS, "", name).split(separator)
    return list({part.strip(): None for part in parts if part.strip()})


def _combined(target: str, combined: list[str]) -> Finding:
    return Finding(
        "combined_classes",
        "advice",
        f"Classes of {target!r} such as {combined[0]!r} seem to consist of several "
        "labels. Each combination counts as a separate class.",
        numbers={"target": target, "classes": combined},
        remedy="To predict each label, write one column of zeros and ones per label, "
        "and train one model per column, without the other label columns.",
    )


def one_hot_target(context: CheckContext) -> list[Finding]:
    """Report a target that is one of several one-hot encoded columns.

    In each row, the target or exactly one of the other columns is 1, so the other
    columns reveal the target.
    """
    dataset = context.dataset
    if dataset.task.kind != "binary" or set(dataset.task.classes) != {0, 1}:
        return []
    rows = context.known_rows
    target = dataset.target[rows]
    columns = {
        column.name: values
        for column in context.features
        if column.kind in ("number", "boolean")
        and (values := _zeros_and_ones(dataset.frame[column.name])) is not None
    }
    columns = {name: values[rows] for name, values in columns.items()}
    apart = [n for n, values in columns.items() if values.any()]
    apart = [n for n in apart if not (columns[n] & (target == 1)).any()]
    if len(apart) < 2 or (np.sum([columns[n] for n in apart], 0) != 1 - target).any():
        return []
    name = dataset.task.target
    return [
        Finding(
            "one_hot_target",
            "warning",
            f"In each row, exactly one of {join_names([name, *apart])} is 1, so the "
            f"other columns reveal {name!r}.",
            numbers={"target": name, "columns": apart},
            remedy="If these are classes of a single target, write one column with "
            f"the class of each row. Otherwise, write ignore={apart!r}.",
        )
    ]


def _zeros_and_ones(values: pl.Series) -> np.ndarray | None:
    """Return a column of zeros and ones as a mask (n,), or None for other columns."""
    if values.null_count() or not values.cast(pl.Float64).is_in([0.0, 1.0]).all():
        return None
    return values.cast(pl.Float64).to_numpy() == 1

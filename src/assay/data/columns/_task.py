"""The task: what is to be predicted, found from the target."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, did_you_mean, fault
from assay.data.columns._parse import is_readable, read_as, tidy

__all__ = ["TASKS", "Task", "read_target"]

TASKS = ("binary", "multiclass", "regression")
"""The kinds of task."""

MAX_WHOLE_CLASSES = 20
"""Whole numbers with more different values than this are quantities, not classes."""

MAX_CLASS_SHARE = 0.10
"""Classes need examples to learn from: ten each on average; two classes always pass."""

MAX_WORD_SHARE = 0.5
"""With more classes than half of the rows, most classes have a single example."""

Class = str | int | bool | float


@dataclass(frozen=True)
class Task:
    """What is to be predicted: T in D = {((x, y) given T)}.

    Args:
        kind: one of `TASKS`.
        target: the column to predict.
        classes: the classes in sorted order; empty for regression.
        reason: why it is taken so.

    Example:
        >>> Task("binary", "ill", (False, True)).num_classes
        2
    """

    kind: str
    target: str
    classes: tuple[Class, ...] = ()
    reason: str = field(default="", compare=False)

    @property
    def num_classes(self) -> int:
        """How many classes; 0 for regression."""
        return len(self.classes)

    def to_json(self) -> dict[str, Any]:
        """Return the task as plain JSON values."""
        return {
            "kind": self.kind,
            "target": self.target,
            "classes": list(self.classes),
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Task":
        """Return the task that `to_json` wrote."""
        return cls(data["kind"], data["target"], tuple(data["classes"]), data["reason"])


def read_target(
    series: pl.Series, task: str | None, faults: Faults
) -> tuple[np.ndarray, Task, pl.Series]:
    """Return the targets, the task, and the column as typed values.

    Rule: text, booleans and categories are classes; whole numbers are classes if they
    have at most MAX_WHOLE_CLASSES different values and those are at most
    MAX_CLASS_SHARE of the rows; all other numbers are quantities.

    Args:
        series: the target column as it came.
        task: what the user says; None to find out.
        faults: collects what is wrong with the target.

    Returns:
        Class positions (n,) int32 or quantities (n,) float64; the task; the values.
    """
    values, is_number = _typed(series, task, faults)
    if faults.messages or not _check_missing(values, faults):
        return np.empty(0), Task("regression", series.name), values
    if is_number and task != "regression":
        wanted, reason = _classes_or_quantities(values)
    else:
        wanted = "regression" if is_number else "classes"
        reason = "numbers" if is_number else "words or true and false are classes"
    if task is not None:
        wanted = "regression" if task == "regression" else "classes"
        reason = "the user says so"
    if wanted == "regression":
        return *_regression(values, reason, faults), values
    return *_classification(values, task, reason, faults), values


def _typed(
    series: pl.Series, task: str | None, faults: Faults
) -> tuple[pl.Series, bool]:
    name = series.name
    if task is not None and task not in (*TASKS, "classification"):
        hint = did_you_mean(task, TASKS)
        faults.add(fault(f"task in {TASKS}", "task", task, "Leave it out." + hint))
    if not is_readable(series):
        faults.add(
            fault(
                "the target is one value a row",
                f"{name}.dtype",
                str(series.dtype),
                "Name another column.",
            )
        )
        return series, False
    series = tidy(series)
    number = read_as(series, "number")
    stray = int(number.stray.sum())
    if task == "regression" and stray:
        row = number.stray.arg_true()[0]
        faults.add(
            fault(
                f"every {name!r} is a number for regression",
                name,
                series[row],
                f"{stray} rows hold other text, the first is row {row}. "
                "Correct them, or leave task out.",
            )
        )
        return series, False
    if series.dtype == pl.String:
        # A word such as NA among numbers is a missing number.
        held = number.values.null_count() < len(series)
        if held and not stray:
            return number.values, True
        truth = read_as(series, "boolean")
        if not truth.stray.any() and truth.values.null_count() < len(series):
            return truth.values, False
        return series, False
    if series.dtype == pl.Boolean:
        return series, task == "regression"
    if series.dtype.is_temporal() and series.dtype not in (pl.Duration, pl.Time):
        return read_as(series, "category").values, False
    return number.values, True


def _check_missing(values: pl.Series, faults: Faults) -> bool:
    missing = values.null_count()
    if missing:
        first = values.is_null().arg_true()[0]
        faults.add(
            fault(
                f"every row has a value of {values.name!r}",
                "num_missing",
                missing,
                f"{missing} of {len(values)} rows lack it, the first is row {first}. "
                f"Drop them: frame.drop_nulls({values.name!r}).",
            )
        )
    return not missing


def _classes_or_quantities(values: pl.Series) -> tuple[str, str]:
    distinct = values.n_unique()
    whole = values.dtype.is_integer() or bool((values == values.floor()).all())
    told = f"{distinct} different whole numbers in {len(values)} rows"
    if not whole:
        return "regression", "numbers with fractions are quantities"
    few = distinct <= max(2, MAX_CLASS_SHARE * len(values))
    if distinct <= MAX_WHOLE_CLASSES and few:
        return "classes", f"{told} are classes"
    return "regression", f"{told} are quantities"


def _regression(
    values: pl.Series, reason: str, faults: Faults
) -> tuple[np.ndarray, Task]:
    target = values.cast(pl.Float64).to_numpy()
    task = Task("regression", values.name, (), reason)
    infinite = np.flatnonzero(~np.isfinite(target))
    if infinite.size:
        row = int(infinite[0])
        faults.add(
            fault(
                f"every {values.name!r} is finite",
                values.name,
                float(target[row]),
                f"{infinite.size} rows are not, the first is row {row}. "
                "Drop or correct them.",
            )
        )
    elif target.size and target.min() == target.max():
        faults.add(
            fault(
                "the target varies",
                values.name,
                float(target[0]),
                "Every row holds this one value; name another column.",
            )
        )
    return target, task


def _classification(
    values: pl.Series, task: str | None, reason: str, faults: Faults
) -> tuple[np.ndarray, Task]:
    distinct = values.unique().sort().to_list()
    classes = sorted(
        int(c) if isinstance(c, float) and c.is_integer() else c for c in distinct
    )
    kind = "binary" if len(classes) == 2 else "multiclass"
    if task == "binary" and len(classes) > 2:
        faults.add(
            fault(
                "num_classes == 2 for a binary task",
                "num_classes",
                len(classes),
                "Write task='multiclass', or leave it out.",
            )
        )
    if task == "multiclass":
        kind = task
    if len(classes) == 1:
        faults.add(
            fault(
                "num_classes >= 2",
                "num_classes",
                1,
                f"Every row of {values.name!r} holds {classes[0]!r}; "
                "name another column, or add rows of another class.",
            )
        )
    elif len(classes) > max(2, MAX_WORD_SHARE * len(values)):
        faults.add(
            fault(
                f"num_classes <= {int(MAX_WORD_SHARE * len(values))}",
                "num_classes",
                len(classes),
                f"{values.name!r} has about as many classes as rows; "
                "name another column.",
            )
        )
    codes = np.searchsorted(np.array(distinct, dtype=object), values.to_list())
    return codes.astype(np.int32), Task(kind, values.name, tuple(classes), reason)

"""Reads the target column and infers the task from it."""

import numpy as np
import polars as pl

from assay._errors import Faults, did_you_mean, fault
from assay.data.columns._merged import values_are_merged
from assay.data.columns._parse import Reading, is_readable, read_as, tidy
from assay.data.columns._text_kind import MIN_NUMBER_SHARE
from assay.data.columns._wording import affected_rows
from assay.data.columns.formats._distinct import on_distinct
from assay.data.columns.formats._number_style import number_problem, number_style
from assay.data.columns.formats._numbers import (
    LEADING_ZERO,
    has_decimal_commas,
    is_too_large,
    with_equal_numbers,
)
from assay.data.columns.target._classes import (
    are_numbers,
    check_classes,
    class_labels,
    note_on_merged_classes,
    positions,
)
from assay.data.columns.target._quantities import (
    MAX_WHOLE_CLASSES,
    are_quantities,
    note_on_points,
    note_on_rewritten,
    regression,
)
from assay.data.columns.target._task import TASKS, Task

__all__ = ["read_target"]

_SHOWN_ROWS = 5  # maximum number of rows listed in a message
_DIGITS = (
    "numbers with leading zeros or more than 15 digits are treated as classes; if they "
    "are quantities, write task='regression'"
)


def read_target(
    cells: pl.Series, task: str | None, faults: Faults, decimal_commas: bool = False
) -> tuple[np.ndarray, Task, pl.Series]:
    """Return the targets, the task and the typed values of the target column.

    Text, booleans and categories are classes. Whole numbers are classes if they have
    only two distinct values, or at most MAX_WHOLE_CLASSES distinct values and at most
    MAX_CLASS_SHARE distinct values per row. All other numbers are quantities.

    Args:
        cells: the target column before conversion.
        task: the kind of task set by the user; None to infer it.
        faults: collects faults in the target.
        decimal_commas: whether other columns of the table have decimal commas.

    Returns:
        Class indices (n,) int32 or quantities (n,) float64, the task, and the typed
        values.
    """
    if task is not None and task not in (*TASKS, "classification"):
        hint = did_you_mean(task, TASKS)
        faults.add(fault(f"task in {TASKS}", "task", task, "Omit `task`." + hint))
    values, is_number = _typed(cells, task, faults, decimal_commas)
    if faults.messages or not _check_missing(values, faults):
        return np.empty(0), Task("regression", cells.name), values
    if task is not None:
        is_regression, reason = task == "regression", "set by the user"
    elif is_number:
        is_regression, reason = are_quantities(values)
    elif values.dtype == pl.String and are_numbers(values):
        is_regression, reason = False, _DIGITS
    else:
        is_regression, reason = False, "words and booleans are treated as classes"
    if is_regression:
        reason += note_on_rewritten(cells, values) + note_on_points(cells, values)
        return *regression(values, reason, faults), values
    reason += note_on_merged_classes(tidy(_decoded(cells)), values)
    labels = class_labels(values, tidy(cells))
    kind = "multiclass" if len(labels) > 2 or task == "multiclass" else "binary"
    check_classes(values, labels, task, faults)
    task_read = Task(kind, values.name, tuple(labels), reason)
    return positions(values), task_read, values


def _typed(
    cells: pl.Series, task: str | None, faults: Faults, decimal_commas: bool
) -> tuple[pl.Series, bool]:
    """Return the typed values of the target and whether they are numbers."""
    name = cells.name
    if not is_readable(_decoded(cells)):
        faults.add(
            f"The target must have one value per row, but the cells of {name!r} have "
            f"type {cells.dtype}. Choose another column."
        )
        return cells, False
    are_classes = cells.dtype in (pl.Categorical, pl.Enum) and task != "regression"
    cells = tidy(_decoded(cells))
    numbers = read_as(cells, "number")
    if cells.dtype == pl.String and (decimal_commas or numbers.stray.any()):
        style = number_style(cells, decimal_commas)
        numbers = read_as(cells, "number", style.name)
    num_stray = int(numbers.stray.sum())
    if task == "regression" and num_stray:
        row = numbers.stray.arg_true()[0]
        faults.add(
            f"Regression requires numbers, but {name!r} contains {cells[row]!r}. "
            f"{affected_rows(num_stray, row)} Correct these cells, or omit `task`."
        )
        return cells, False
    if cells.dtype == pl.String:
        values, is_number = _typed_text(cells, numbers, task, faults)
        return values, is_number and not are_classes
    if cells.dtype == pl.Boolean:
        return cells, task == "regression"
    if cells.dtype.is_temporal() and cells.dtype not in (pl.Duration, pl.Time):
        return read_as(cells, "category").values, False
    return numbers.values, True


def _decoded(cells: pl.Series) -> pl.Series:
    """Return bytes as text if they are valid UTF-8, and other cells unchanged."""
    if cells.dtype != pl.Binary:
        return cells
    text = cells.cast(pl.String, strict=False)
    return text if text.null_count() == cells.null_count() else cells


def _typed_text(
    cells: pl.Series, numbers: Reading, task: str | None, faults: Faults
) -> tuple[pl.Series, bool]:
    num_read = len(cells) - numbers.values.null_count()
    if num_read >= MIN_NUMBER_SHARE * len(cells) and (problem := number_problem(cells)):
        faults.add(f"The target {cells.name!r} cannot be read: {problem}.")
        return cells, False
    # If all other cells are numbers, words such as NA mean missing numbers.
    if not numbers.stray.any() and numbers.values.null_count() < len(cells):
        are_names = cells.str.contains(LEADING_ZERO) | is_too_large(cells)
        if task != "regression" and are_names.any():
            return cells, False
        return numbers.values, True
    booleans = read_as(cells, "boolean")
    if not booleans.stray.any() and booleans.values.null_count() < len(cells):
        return booleans.values, False
    if task is None:
        _check_not_numbers(cells, numbers, faults)
    return with_equal_numbers(cells), False


def _check_not_numbers(cells: pl.Series, numbers: Reading, faults: Faults) -> None:
    """Add a fault if a mostly numeric column would silently be treated as classes."""
    name = cells.name
    has_comma = on_distinct(cells, has_decimal_commas)
    is_number = numbers.values.is_not_null() | has_comma
    commas = numbers.stray & has_comma
    num_distinct = cells.filter(is_number).n_unique()
    most = MIN_NUMBER_SHARE * (len(cells) - cells.null_count())
    if is_number.sum() < most or num_distinct <= MAX_WHOLE_CLASSES:
        return
    row = int((commas if commas.any() else numbers.stray).arg_true()[0])
    fix = "Use a decimal point" if commas.any() else "Correct these cells"
    faults.add(
        f"{is_number.sum()} of {len(cells)} values of {name!r} look like numbers, but "
        f"{cells[row]!r} cannot be read as a number. "
        f"{affected_rows(int(numbers.stray.sum()), row)} {fix}, or write "
        "task='multiclass' if the values are classes."
    )


def _check_missing(values: pl.Series, faults: Faults) -> bool:
    missing = values.null_count()
    if missing:
        rows = values.is_null().arg_true().to_list()
        shown = ", ".join(map(str, rows[:_SHOWN_ROWS]))
        more = f" and {missing - _SHOWN_ROWS} more" if missing > _SHOWN_ROWS else ""
        faults.add(
            fault(
                f"num_missing[{values.name!r}] == 0",
                "num_missing",
                missing,
                f"Targets are missing in {'row' if missing == 1 else 'rows'} {shown}"
                f"{more}, counted from 0. Fill them in, or drop these rows."
                + _hint_on_merged(values),
            )
        )
    return not missing


def _hint_on_merged(values: pl.Series) -> str:
    if not values_are_merged(values):
        return ""
    return (
        " If each target applies to the empty cells below it, write "
        f"frame.with_columns(pl.col({values.name!r}).forward_fill())."
    )

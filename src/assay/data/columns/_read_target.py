"""Reads the target column and infers the task from it."""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl

from assay._errors import Faults, did_you_mean, fault
from assay.data.columns._detect_kind import MIN_NUMBER_SHARE
from assay.data.columns._parse import Reading, is_readable, read_as, tidy
from assay.data.columns._task import TASKS, Class, Task
from assay.data.columns._wording import affected_rows
from assay.data.columns.formats._distinct import on_distinct
from assay.data.columns.formats._numbers import (
    LEADING_ZERO,
    example_of_points,
    has_decimal_commas,
    is_too_large,
    with_equal_numbers,
)
from assay.data.columns.formats._styles import number_style, sign_problem

__all__ = ["read_target"]

MAX_WHOLE_CLASSES = 20
"""With more distinct values than this, whole numbers are quantities, not classes."""

MAX_CLASS_SHARE = 0.10
"""Maximum ratio of classes to rows for whole numbers (ten examples per class)."""

MAX_WORD_SHARE = 0.5
"""Maximum ratio of classes to rows. Above it, most classes have a single example."""

_SHOWN_ROWS = 5  # maximum number of rows listed in a message


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
        is_regression, reason = _are_quantities(values)
    else:
        is_regression, reason = False, "words and booleans are treated as classes"
        reason += _example_merged(tidy(_decoded(cells)), values)
    if is_regression:
        reason += _example_rewritten(cells, values) + _note_on_points(cells)
        return *_regression(values, reason, faults), values
    labels = _labels(values, tidy(cells))
    kind = "multiclass" if len(labels) > 2 or task == "multiclass" else "binary"
    _check_classes(values, labels, task, faults)
    task_read = Task(kind, values.name, tuple(labels), reason)
    return _positions(values), task_read, values


def _example_rewritten(cells: pl.Series, values: pl.Series) -> str:
    """Return a note on how a formatted number was read, or "" if there is none."""
    if cells.dtype != pl.String:
        return ""
    direct = cells.cast(pl.Float64, strict=False)
    rows = ((direct != values).fill_null(True) & values.is_not_null()).arg_true()
    return f"; {cells[rows[0]]!r} is read as {values[rows[0]]:g}" if len(rows) else ""


def _note_on_points(cells: pl.Series) -> str:
    """Return a note if "." may be a thousands separator, or "" otherwise."""
    if cells.dtype != pl.String or not (example := example_of_points(cells)):
        return ""
    whole = example.replace(".", "")
    return (
        f"; {example!r} is read with a decimal point; if the point separates "
        f"thousands, write {whole}"
    )


def _example_merged(cells: pl.Series, values: pl.Series) -> str:
    """Return how a class such as 1.0 is read if 1 is also a class, or "" otherwise."""
    if cells.dtype != pl.String or values.dtype != pl.String:
        return ""
    rows = (cells != values).fill_null(False).arg_true()
    return f"; {cells[rows[0]]!r} is read as {values[rows[0]]!r}" if len(rows) else ""


def _positions(values: pl.Series) -> np.ndarray:
    """Return the index of each value among the sorted distinct values, (n,) int32."""
    distinct = values.unique().sort()
    if values.dtype == pl.String:
        codes = values.cast(pl.Enum(distinct)).to_physical().to_numpy()
    else:
        codes = np.searchsorted(distinct.to_numpy(), values.to_numpy())
    return codes.astype(np.int32)


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
    if num_read >= MIN_NUMBER_SHARE * len(cells) and (problem := sign_problem(cells)):
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
        "task='multiclass' if they are classes."
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
                f"{more}, counted from 0. Fill them in, or drop these rows.",
            )
        )
    return not missing


def _are_quantities(values: pl.Series) -> tuple[bool, str]:
    """Return whether numbers are quantities rather than classes, and the reason."""
    if not (values.dtype.is_integer() or bool((values == values.floor()).all())):
        return True, "numbers with fractions are treated as quantities"
    if values.dtype.is_float() and values.is_infinite().any():
        return True, "infinite numbers cannot be classes"
    num_distinct = values.n_unique()
    numbers = f"{num_distinct} different whole numbers in {len(values)} rows"
    few = num_distinct <= max(2, MAX_CLASS_SHARE * len(values))
    if num_distinct <= MAX_WHOLE_CLASSES and few:
        return False, f"{numbers} are treated as classes"
    return True, f"{numbers} are treated as quantities"


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
                f"isfinite({values.name})",
                values.name,
                float(target[row]),
                f"{affected_rows(infinite.size, row)} Correct or drop these rows.",
            )
        )
    elif target.size and target.min() == target.max():
        faults.add(
            fault(
                f"min({values.name}) < max({values.name})",
                values.name,
                float(target[0]),
                "The target has this value in every row. Choose another column.",
            )
        )
    return target, task


def _labels(values: pl.Series, cells: pl.Series) -> list[Class]:
    """Return the classes in sorted order, as written in the cells.

    Numbers and booleans are kept if they are written in their usual form, or if a value
    is written in several ways. Otherwise, the classes are the text of the cells, such
    as TRUE or 1.50.
    """
    distinct = values.unique().sort().to_list()
    plain = [int(c) if isinstance(c, float) and c.is_integer() else c for c in distinct]
    if cells.dtype != pl.String or values.dtype == pl.String:
        return plain
    pairs = pl.DataFrame([values.alias("value"), cells.alias("cell")]).unique()
    written = dict(pairs.iter_rows())
    if len(set(written.values())) < cells.n_unique():
        return plain
    text = [written[value] for value in distinct]
    if all(re.fullmatch(r"-?\d\.\d+e[+-]\d\d", name) for name in text):
        return plain  # NumPy writes whole numbers in this form, such as 1.000000e+00
    for labels in (plain, distinct):
        if [str(label) for label in labels] == text:
            return labels
    return text


def _check_classes(
    values: pl.Series, classes: Sequence[Class], task: str | None, faults: Faults
) -> None:
    if task == "binary" and len(classes) > 2:
        fix = "Write task='multiclass', or omit `task`."
        faults.add(fault("num_classes == 2", "num_classes", len(classes), fix))
    if len(classes) == 1:
        fix = (
            f"{values.name!r} is {classes[0]!r} in every row. Choose another column, "
            "or add rows with another class."
        )
        faults.add(fault("num_classes >= 2", "num_classes", 1, fix))
    elif len(classes) > max(2, MAX_WORD_SHARE * len(values)):
        rule = f"num_classes <= {int(MAX_WORD_SHARE * len(values))}"
        fix = (
            f"Most classes of {values.name!r} would have a single example. Choose "
            "another column."
        )
        if all(re.match(r"[^A-Za-z]*\d", str(name)) for name in classes):
            fix += " If the values are quantities, write plain numbers, such as 12.5."
        faults.add(fault(rule, "num_classes", len(classes), fix))

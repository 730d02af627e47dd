"""Checks that a data set can be split as requested."""

from collections.abc import Collection

import numpy as np

from assay._errors import Faults, did_you_mean, fault
from assay._terminal import on_one_line
from assay.data.columns._select import hint_on_index
from assay.data.dataset._dataset import Dataset

__all__ = ["check_request", "split_by"]

_WITHOUT_COLUMN = (
    "A given test set cannot be specified by a column. Save its rows in a file of "
    "their own, pass this file, such as test_data='test.csv', and omit the column."
)


def check_request(
    dataset: Dataset,
    *,
    by: str,
    ways: Collection[str],
    column: str | None,
    seed: int,
) -> None:
    """Raise an InputError that lists every fault in the arguments of `split`.

    Args:
        dataset: the data set to split.
        by: the kind of split.
        ways: the supported values of `by`.
        column: the column to split by.
        seed: seed of the random order.
    """
    faults = Faults()
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        rule = "isinstance(seed, int) and seed >= 0"
        faults.add(fault(rule, "seed", seed, "Write seed=0."))
    if by not in ways:
        hint = did_you_mean(by, ways)
        faults.add(fault(f"by in {tuple(ways)}", "by", by, f"Write by='random'.{hint}"))
    if by == "class" and dataset.task.kind == "regression":
        fix = "Regression has no classes. Write by='random'."
        faults.add(fault("by != 'class'", "by", by, fix))
    if by == "given" and column is None and not dataset.num_test:
        fix = "Specify the test set, such as test_data='test.csv'."
        faults.add(fault("num_test >= 1", "num_test", 0, fix))
    if by in ("class", "random", "given") and column is not None:
        rule = "column is None or by in ('group', 'time')"
        fix = _WITHOUT_COLUMN if by == "given" else split_by(dataset, column)
        faults.add(fault(rule, "column", column, fix))
    if by in ("group", "time"):
        _check_column(dataset, by, column, faults)
    faults.raise_if_any()


def split_by(dataset: Dataset, column: str) -> str:
    """Return the fix for a column that is not used for splitting."""
    dates = [c.name for c in dataset.columns if c.kind == "date"]
    return f"Write by={'time' if column in dates else 'group'!r}, column={column!r}."


def _check_column(
    dataset: Dataset, by: str, column: str | None, faults: Faults
) -> None:
    names = dataset.frame.columns
    if column not in names:
        hint = did_you_mean(str(column), names) if column else ""
        shown = ", ".join(map(on_one_line, names))
        fix = f"Specify a column to split by {by}. The columns are {shown}."
        hint = hint_on_index(dataset.notes, [column]) or hint
        faults.add(fault("column in columns", "column", column, fix + hint))
        return
    values = dataset.values(column)
    if values.dtype.is_nested():
        faults.add(
            f"The cells of {column!r} are arrays or lists, so rows cannot be split by "
            f"{by}. Choose another column."
        )
    elif values.null_count():
        rule = f"num_missing[{column!r}] == 0"
        fix = (
            f"Rows without a value cannot be split by {by}. Fill in the values, or "
            "drop these rows."
        )
        faults.add(fault(rule, "num_missing", values.null_count(), fix))
    elif by == "time" and not (values.dtype.is_numeric() or values.dtype.is_temporal()):
        faults.add(
            f"To split by time, {column!r} must contain dates or numbers, but got "
            f"{values[0]!r}. Write dates as 2024-12-31."
        )

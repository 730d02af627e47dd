"""Checks that a data set can be split as requested."""

from collections.abc import Collection, Mapping

import numpy as np
import polars as pl

from assay._errors import Faults, did_you_mean, fault
from assay._terminal import on_one_line
from assay.data.columns._select import hint_on_index
from assay.data.dataset._dataset import Dataset
from assay.data.table._part_names import parts_of_cells

__all__ = ["check_request"]

_WITHOUT_COLUMN = (
    "A given test set cannot be specified by a column. Save its rows in a file of "
    "their own, write test_data='test.csv', and omit the column."
)

_MOST_PARTS = 4  # such as "train", "val", "test" and "holdout"


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
    unused = by in ("class", "random", "given") and column is not None
    if column is not None and (parts := _parts_in(dataset, column)):
        faults.add(_how_to_use_parts(column, parts))
    elif unused and column in dataset.frame.columns:
        rule = "column is None or by in ('group', 'time')"
        fix = _WITHOUT_COLUMN if by == "given" else _split_by(dataset, column)
        faults.add(fault(rule, "column", column, fix))
    elif unused or by in ("group", "time"):
        _check_column(dataset, by, column, faults)
    faults.raise_if_any()


def _parts_in(dataset: Dataset, column: str) -> dict[str, str]:
    """Return the part named by each value of a column, such as "test", or {}."""
    if column not in dataset.frame.columns or column == dataset.task.target:
        return {}
    values = dataset.values(column)
    names = values.drop_nulls().unique().sort() if values.dtype == pl.String else []
    if not 2 <= len(names) <= _MOST_PARTS:
        return {}
    parts = parts_of_cells(names)
    return parts if len(set(parts.values())) > 1 else {}


def _how_to_use_parts(column: str, parts: Mapping[str, str]) -> str:
    names, ignore = ", ".join(map(repr, parts)), f"ignore=[{column!r}]"
    fix = f"Split the rows again, and write {ignore}."
    for name in [name for name, part in parts.items() if part == "test"]:
        fix = (
            f"Save the rows of {name!r} in a file of their own, remove them from the "
            f"data, and write test_data='test.csv', {ignore}."
        )
    return (
        f"{column!r} assigns rows to parts of the data ({names}); it does not contain "
        f"groups or times. {fix}"
    )


def _split_by(dataset: Dataset, column: str) -> str:
    """Return the fix for a column that the requested split does not use."""
    dates = [c.name for c in dataset.columns if c.kind == "date"]
    return f"Write by={'time' if column in dates else 'group'!r}, column={column!r}."


def _check_column(
    dataset: Dataset, by: str, column: str | None, faults: Faults
) -> None:
    names = dataset.frame.columns
    if column not in names:
        hint = did_you_mean(str(column), names) if column else ""
        shown = ", ".join(map(on_one_line, names))
        aim = f"split by {by}" if by in ("group", "time") else "split by"
        fix = f"Specify a column to {aim}. The columns are {shown}."
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

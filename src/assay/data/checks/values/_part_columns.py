"""A check for columns that state which part of the data a row belongs to."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.columns._column import Column
from assay.data.dataset._dataset import Dataset
from assay.data.table._part_names import parts_of_cells
from assay.records import Finding

__all__ = ["part_names"]

_FIRST_ROWS = 100  # enough to rule out most columns


def part_names(context: CheckContext) -> list[Finding]:
    """Report columns that name parts, such as "train", but do not define the split."""
    dataset = context.dataset
    findings = []
    # If a test set is given, such columns do no harm unless they are inputs.
    columns = [
        column
        for column in dataset.columns
        if not column.ignored and (column.used or not dataset.num_test)
    ]
    for column in _may_be_parts(dataset, columns):
        if counts := _rows_by_part(dataset, column):
            findings.append(_finding(column, counts, bool(dataset.num_test)))
    return findings


def _finding(column: Column, counts: dict[str, int], has_test: bool) -> Finding:
    shown = ", ".join(f"{value} {count}" for value, count in counts.items())
    use = "is used as an input" if column.used else "is not used"
    again = "" if has_test else ", and the rows are split again"
    keep = (
        " To keep the test set, save its rows in a file of their own, and also write "
        "test_data='test.csv'."
    )
    return Finding(
        "part_names",
        "warning",
        f"{column.name!r} contains the names of data-set parts ({shown}), but {use}"
        f"{again}.",
        numbers={"column": column.name, "counts": counts},
        remedy=f"If the rows are already split, write ignore=[{column.name!r}]."
        f"{'' if has_test else keep}",
    )


def _may_be_parts(dataset: Dataset, columns: Sequence[Column]) -> list[Column]:
    """Return the columns whose first rows contain only names of parts."""
    few = [column for column in columns if column.num_distinct in (2, 3)]
    if not few:
        return []
    rows = np.arange(min(dataset.num_examples, _FIRST_ROWS))
    first = dataset.take([column.name for column in few], rows)
    distinct = first.select(pl.col(pl.String).unique().implode()).to_dict()
    return [column for column in few if _name_parts(distinct.get(column.name))]


def _name_parts(distinct: pl.Series | None) -> bool:
    if distinct is None:  # the column does not contain text
        return False
    present = [value for value in distinct[0] if value is not None]
    return not present or bool(parts_of_cells(present))


def _rows_by_part(dataset: Dataset, column: Column) -> dict[str, int]:
    """Return the number of rows per value; {} unless train and another part occur."""
    values = dataset.values(column.name).drop_nulls().rename("value")
    counts = values.value_counts().sort("count", "value", descending=[True, False])
    parts = {*parts_of_cells(counts["value"]).values()}
    return dict(counts.iter_rows()) if "train" in parts and len(parts) > 1 else {}

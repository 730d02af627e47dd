"""A check for cells that were merged in a spreadsheet before it was exported."""

import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.columns._merged import values_are_merged
from assay.records import Finding

__all__ = ["merged_cells"]


def merged_cells(context: CheckContext) -> list[Finding]:
    """Report columns with a value only in the first row of each block of rows."""
    names = [
        column.name
        for column in context.dataset.columns
        if column.num_missing
        and not column.ignored
        and context.dataset.frame[column.name].dtype == pl.String
        and values_are_merged(context.dataset.frame[column.name])
    ]
    return [
        Finding(
            "merged_cells",
            "warning",
            f"{name!r} has a value only in the first row of each block of rows, as in "
            "a spreadsheet with merged cells. The other rows count as missing.",
            numbers={"column": name},
            remedy="If the other rows share the value above them, fill it in: "
            f"frame.with_columns(pl.col({name!r}).forward_fill()).",
        )
        for name in names
    ]

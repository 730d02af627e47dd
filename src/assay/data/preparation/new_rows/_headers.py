"""Finds new rows that repeat the column names because files were concatenated."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from assay._errors import Faults
from assay.data.columns._joined_tables import rows_of_names
from assay.data.columns._wording import affected_rows
from assay.data.preparation.encoders._category_encoder import CategoryEncoder
from assay.data.preparation.encoders._encoder import Encoder

__all__ = ["without_headers"]


def without_headers(
    frame: pl.DataFrame,
    encoders: Sequence[Encoder],
    rows: np.ndarray | None,
    faults: Faults,
) -> pl.DataFrame:
    """Return the rows with empty cells in place of column names.

    A fault is added for rows of column names. Unlike in training, such rows are not
    left out, so that each prediction can be matched to its row.

    Args:
        frame: new rows before conversion, with the columns of the encoders.
        encoders: one encoder per column.
        rows: row numbers (n,), for messages; None if they are 0 to n - 1.
        faults: collects the fault.
    """
    headers = rows_of_names(frame)
    if not headers.size or all(map(_may_contain_its_name, encoders)):
        return frame
    first = int(headers[0] if rows is None else rows[headers[0]])
    faults.add(
        "New rows must not repeat the column names, as in concatenated files. "
        f"{affected_rows(headers.size, first)} Remove these rows."
    )
    is_header = pl.Series(np.isin(np.arange(frame.height), headers))
    return frame.with_columns(pl.when(~is_header).then(pl.all()))


def _may_contain_its_name(encoder: Encoder) -> bool:
    """Return whether the name of a column was among its values in training.

    For example, surveys have columns "red" and "blue" whose cells contain "red" and
    "blue" if that answer was checked.
    """
    name = encoder.column.lower()
    return isinstance(encoder, CategoryEncoder) and any(
        category.lower() == name for category in encoder.categories
    )

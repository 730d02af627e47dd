"""Encodes the columns of a table."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import polars as pl

from assay._errors import Faults
from assay.data.preparation._read_columns import TYPES_OF_KINDS, read_table_column
from assay.data.preparation.encoders._encoder import Encoder
from assay.data.preparation.new_rows._headers import without_headers

__all__ = ["encode_table"]


def encode_table(
    frame: pl.DataFrame,
    encoders: Sequence[Encoder],
    rows: np.ndarray | None,
    *,
    styles: Mapping[str, str],
    tolerant: Collection[str],
    is_new: bool,
    is_typed: bool,
) -> np.ndarray:
    """Return the columns of a table as network inputs (n, num_features), float32.

    Args:
        frame: the rows to encode.
        encoders: one encoder per column, in the order of the inputs.
        rows: row numbers (n,) for error messages; None for consecutive rows.
        styles: how to read ambiguous numbers and dates, by column name.
        tolerant: columns in which unreadable text counts as missing.
        is_new: whether the rows are not from a data set and may repeat column names.
        is_typed: whether the frame may contain values that were already converted.

    Raises:
        InputError: columns contain cells that cannot be read.
    """
    num_features = sum(len(encoder.features) for encoder in encoders)
    inputs = np.empty((frame.height, num_features), dtype=np.float32)
    faults, position = Faults(), 0
    if is_new:
        frame = without_headers(frame, encoders, rows, faults)
    for encoder in encoders:
        width = len(encoder.features)
        values = frame[encoder.column]
        # Typed values are not converted again, because this would take most of the
        # time.
        if not (is_typed and values.dtype in TYPES_OF_KINDS[encoder.kind]):
            values = read_table_column(
                values,
                encoder.kind,
                style=styles.get(encoder.column, ""),
                rows=rows,
                tolerant=encoder.column in tolerant,
                faults=faults,
            )
        if not faults.messages:
            encoder.write(values, inputs[:, position : position + width])
        position += width
    faults.raise_if_any()
    return inputs

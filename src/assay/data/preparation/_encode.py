"""Encodes the columns of a table."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import polars as pl

from assay._errors import Faults
from assay.data.columns.together._read_each_as import read_each_as
from assay.data.preparation._read_columns import TYPES_OF_KINDS, check_reading
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
        rows: row numbers (n,) for error messages; None if they are 0 to n - 1.
        styles: how to read ambiguous numbers and dates, by column name.
        tolerant: columns in which unreadable text counts as missing.
        is_new: whether the rows come from a new source, which may repeat its header.
        is_typed: whether the frame may contain values that are already converted.

    Raises:
        InputError: columns contain cells that cannot be read.
    """
    num_features = sum(len(encoder.features) for encoder in encoders)
    inputs = np.empty((frame.height, num_features), dtype=np.float32)
    faults, position = Faults(), 0
    if is_new:
        frame = without_headers(frame, encoders, rows, faults)
    typed = set[str]()  # not converted again, because this would take most of the time
    if is_typed:
        typed = {e.column for e in encoders if _is_converted(frame[e.column], e)}
    unread = [encoder for encoder in encoders if encoder.column not in typed]
    columns, kinds = [frame[e.column] for e in unread], [e.kind for e in unread]
    readings = read_each_as(columns, kinds, styles)
    for encoder in encoders:
        width = len(encoder.features)
        values = frame[encoder.column]
        if encoder.column not in typed:
            reading = next(readings)
            check_reading(
                reading,
                values,
                encoder.kind,
                style=styles.get(encoder.column, ""),
                rows=rows,
                tolerant=encoder.column in tolerant,
                faults=faults,
            )
            values = reading.values
        if not faults.messages:
            encoder.write(values, inputs[:, position : position + width])
        position += width
    faults.raise_if_any()
    return inputs


def _is_converted(values: pl.Series, encoder: Encoder) -> bool:
    return values.dtype in TYPES_OF_KINDS[encoder.kind]

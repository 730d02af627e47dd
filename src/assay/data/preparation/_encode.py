"""Encodes the columns of a table, and joins blocks of network inputs."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from assay._errors import Faults
from assay.data.preparation._read_columns import TYPES_OF_KINDS, read_table_column
from assay.data.preparation._sole_input_encoders import Inputs
from assay.data.preparation.encoders._encoder import Encoder

__all__ = ["encode_table", "join_blocks"]


def encode_table(
    frame: pl.DataFrame,
    encoders: Sequence[Encoder],
    rows: np.ndarray | None,
    *,
    styles: Mapping[str, str],
    tolerant: Collection[str],
    is_typed: bool,
) -> np.ndarray:
    """Return the columns of a table as network inputs (n, num_features), float32.

    Args:
        frame: the rows to encode.
        encoders: one encoder per column, in the order of the inputs.
        rows: row numbers (n,) for error messages; None for consecutive rows.
        styles: styles of ambiguous numbers and dates, by column.
        tolerant: columns in which unreadable text counts as missing.
        is_typed: whether the frame may contain values that were already converted.

    Raises:
        InputError: columns contain cells that cannot be read.
    """
    num_features = sum(len(encoder.features) for encoder in encoders)
    inputs = np.empty((frame.height, num_features), dtype=np.float32)
    faults, position = Faults(), 0
    for encoder in encoders:
        width = len(encoder.features)
        values = frame[encoder.column]
        # Converting typed values again would change nothing and take most of the time.
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


def join_blocks(
    blocks: Iterable[Inputs], num_rows: int, order: np.ndarray | None
) -> Inputs:
    """Join blocks of inputs, with the rows in the requested order.

    Each block is copied to its place before the next one is computed, so the rows are
    in memory only once.

    Args:
        blocks: consecutive blocks of inputs; at least one.
        num_rows: number of rows in all blocks.
        order: requested position of each row (n,); None if rows are already in order.
    """
    joined: dict[str, np.ndarray] = {}
    start = 0
    for block in blocks:
        parts = block if isinstance(block, dict) else {"": block}
        stop = start + len(next(iter(parts.values())))
        if order is None and stop - start == num_rows:
            return block
        if not joined:
            joined = {
                name: np.empty((num_rows, *part.shape[1:]), part.dtype)
                for name, part in parts.items()
            }
        places = slice(start, stop) if order is None else order[start:stop]
        for name, part in parts.items():
            joined[name][places] = part
        start = stop
    return joined.get("", joined)

"""Encodes streamed rows block by block, and joins the blocks."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import polars as pl

from assay.data.dataset._dataset import Dataset
from assay.data.preparation._sole_input_encoders import Inputs
from assay.data.table._chunks import Stream, chunk_rows, pieces

__all__ = ["encode_stream", "join_blocks"]

Encode = Callable[[pl.DataFrame, np.ndarray], Inputs]


def encode_stream(
    dataset: Dataset,
    stream: Stream,
    rows: np.ndarray | None,
    *,
    columns: Sequence[str],
    encode: Encode,
) -> Inputs:
    """Return streamed rows as network inputs.

    Args:
        dataset: data set whose rows are streamed.
        stream: the rows of the data set.
        rows: row numbers (n,); all rows by default.
        columns: columns to read.
        encode: function that converts a frame of these columns and its row numbers to
            inputs.
    """
    rows = np.arange(dataset.num_examples) if rows is None else np.asarray(rows)
    order = None
    if stream.bounds is not None and (np.diff(rows) < 0).any():
        order = np.argsort(rows, kind="stable")
        rows = rows[order]
    if not len(rows):
        return encode(dataset.frame.select(columns), rows)
    blocks = (
        encode(stream.read(columns, rows[piece]), rows[piece])
        for piece in pieces(rows, stream.bounds, chunk_rows(dataset.width))
    )
    return join_blocks(blocks, len(rows), order)


def join_blocks(
    blocks: Iterable[Inputs], num_rows: int, order: np.ndarray | None
) -> Inputs:
    """Join blocks of inputs, with the rows in the requested order.

    Each block is copied into the result before the next one is computed, so only one
    copy of the rows is in memory.

    Args:
        blocks: one or more consecutive blocks of inputs.
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

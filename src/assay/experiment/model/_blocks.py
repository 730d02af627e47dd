"""Reads the inputs of many rows in blocks that fit in memory."""

import math
from collections.abc import Iterator

import numpy as np

from assay.data import Dataset, Inputs, Preparation, chunk_rows

__all__ = ["block_inputs", "block_rows"]


def block_inputs(
    dataset: Dataset, rows: np.ndarray, preparation: Preparation
) -> Iterator[Inputs]:
    """Yield the inputs of rows: streamed rows in blocks, other rows all at once.

    Without rows, one empty block is yielded, so that the prediction's shape is known.
    """
    size = len(rows) if dataset.stream is None else block_rows(preparation)
    for start in range(0, max(len(rows), 1), max(size, 1)):
        yield preparation.transform(dataset, rows[start : start + size])


def block_rows(preparation: Preparation) -> int:
    """Return how many prepared rows are in memory at a time."""
    return chunk_rows(math.prod(preparation.input_shape))

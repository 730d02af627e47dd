"""Reads inputs in blocks that fit in memory."""

import math
from collections.abc import Iterator

import numpy as np

from assay.data import Dataset, Inputs, Preparation, chunk_rows
from assay.training import return_large_arrays

__all__ = ["block_inputs", "block_rows"]


def block_inputs(
    dataset: Dataset, rows: np.ndarray, preparation: Preparation
) -> Iterator[Inputs]:
    """Yield the inputs for the given rows, in blocks if the rows are streamed.

    If there are no rows, yield one empty block, which determines the shape of the
    predictions.
    """
    size = len(rows) if dataset.stream is None else block_rows(preparation)
    for start in range(0, max(len(rows), 1), max(size, 1)):
        if dataset.stream is not None:
            return_large_arrays()
        yield preparation.transform(dataset, rows[start : start + size])


def block_rows(preparation: Preparation) -> int:
    """Return the number of prepared rows to keep in memory at a time."""
    return chunk_rows(math.prod(preparation.input_shape))

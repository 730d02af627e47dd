"""Training data whose rows are read from a stream."""

import math
from typing import Any

import numpy as np

from assay.data import MAX_FLAT, Dataset, Inputs, Preparation, Split, chunk_rows
from assay.experiment.model._blocks import block_rows
from assay.training import (
    MEASURED_ROWS,
    InitialValues,
    Streamed,
    TrainingData,
    pad,
    return_large_arrays,
)

__all__ = ["FITTED_ROWS", "some_rows", "streamed_data", "streaming_record"]

FITTED_ROWS = 100_000
"""Maximum number of training rows for the baselines and the metrics on train.

With more rows, these would take longer, but hardly change.
"""

_CHUNKS_MEASURED = 4  # few, because measured rows stay in memory during training


def streamed_data(
    dataset: Dataset,
    parts: tuple[np.ndarray, np.ndarray],
    preparation: Preparation,
    *,
    capacities: tuple[int, int],
    balanced: bool,
    initial_values: InitialValues | None,
) -> TrainingData:
    """Build training data whose rows are read from a stream.

    Args:
        dataset: streamed data set.
        parts: row numbers of train and val, in the same order as for rows in memory.
        preparation: preparation of the inputs.
        capacities: sizes of train and val in memory, including padding.
        balanced: whether all classes have equal weight in the score.
        initial_values: initial values of the fits.
    """
    train, val = (
        _streamed_part(dataset, rows, preparation, capacity)
        for rows, capacity in zip(parts, capacities, strict=True)
    )
    num_classes = max(dataset.task.num_classes, 1)
    counts = np.array([len(parts[0])])
    if num_classes > 1:
        counts = np.bincount(dataset.target[parts[0]], minlength=num_classes)
    shares = counts / max(len(parts[0]), 1)
    return TrainingData(train, val, num_classes, shares, balanced, initial_values)


def _streamed_part(
    dataset: Dataset, rows: np.ndarray, preparation: Preparation, capacity: int
) -> Streamed:
    def read(rows: np.ndarray) -> tuple[Inputs, np.ndarray]:
        return_large_arrays()
        return preparation.transform(dataset, rows), read_targets(rows)

    def read_targets(rows: np.ndarray) -> np.ndarray:
        return preparation.targets(dataset, rows)

    most = min(block_rows(preparation), capacity)
    measured = min(MEASURED_ROWS, _CHUNKS_MEASURED * most)
    leading = pad(*read(rows[:measured]), min(capacity, measured))
    bounds, cuts = dataset.stream.bounds, None  # type: ignore[union-attr]
    if bounds is not None and len(rows) > most:
        rows = np.sort(rows)  # sorted rows can be read in fewer, longer ranges
        cuts = np.unique(np.searchsorted(rows, bounds))
    return Streamed(read, read_targets, rows, leading, most, cuts)


def some_rows(
    dataset: Dataset, rows: np.ndarray, preparation: Preparation
) -> np.ndarray:
    """Return the rows used to fit the baselines (only the first ones if streamed)."""
    if dataset.stream is None:
        return rows
    return rows[: _fitted_rows(preparation.input_shape)].copy()


def _fitted_rows(input_shape: tuple[int, ...]) -> int:
    """Return the number of rows that fit in memory when the baselines are fitted."""
    width = min(math.prod(input_shape), MAX_FLAT)
    return min(FITTED_ROWS, 2 * chunk_rows(width))


def streaming_record(
    dataset: Dataset, split: Split, training_data: TrainingData
) -> dict[str, Any] | None:
    """Return details about streaming as plain values, or None for rows in memory."""
    if dataset.stream is None or not isinstance(training_data.train, Streamed):
        return None
    return {
        "reason": dataset.notes[0],
        "shuffle": training_data.train.shuffle,
        "chunk_rows": training_data.train.chunk_rows,
        "rows_measured": min(
            len(split.train) + len(split.val),
            _fitted_rows(training_data.input_shape),
        ),
    }

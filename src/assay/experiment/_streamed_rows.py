"""Streamed rows as material of trainings, and passes over them."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from assay.data import MAX_FLAT, Dataset, Inputs, Preparation, Split, chunk_rows
from assay.training import MEASURED_ROWS, InitialValues, Streamed, TrainingData, pad

__all__ = ["block_inputs", "some_rows", "streamed_material", "streaming_record"]

_FITTED_ROWS = 100_000  # baselines fit no more in their time either
_CHUNKS_MEASURED = 4  # rows that are measured are held for good


def streamed_material(
    dataset: Dataset,
    parts: tuple[np.ndarray, np.ndarray],
    preparation: Preparation,
    *,
    capacities: tuple[int, int],
    balanced: bool,
    initial_values: InitialValues | None,
) -> TrainingData:
    """Return train and val as a material whose rows are read as it is trained on.

    Args:
        dataset: streamed.
        parts: row numbers of train and val, in the order of a material in memory.
        preparation: of their inputs.
        capacities: rows that a material in memory is padded to.
        balanced: whether the score weighs each class alike.
        initial_values: what trainings start from.
    """

    def read(rows: np.ndarray) -> tuple[Inputs, np.ndarray]:
        return preparation.transform(dataset, rows), targets_of(rows)

    def targets_of(rows: np.ndarray) -> np.ndarray:
        return preparation.targets(dataset, rows)

    def part(rows: np.ndarray, capacity: int) -> Streamed:
        most = min(_width_rows(preparation), capacity)
        measured = min(MEASURED_ROWS, _CHUNKS_MEASURED * most)
        leading = pad(*read(rows[:measured]), min(capacity, measured))
        bounds, cuts = dataset.stream.bounds, None  # type: ignore[union-attr]
        if bounds is not None and len(rows) > most:
            small = dataset.num_examples < 2**31
            rows = np.sort(rows).astype(np.int32 if small else np.int64, copy=False)
            cuts = np.unique(np.searchsorted(rows, bounds))
        return Streamed(read, targets_of, rows, leading, most, cuts)

    train, val = map(part, parts, capacities)
    num_classes = max(dataset.task.num_classes, 1)
    counts = np.array([len(parts[0])])
    if num_classes > 1:
        counts = np.bincount(dataset.target[parts[0]], minlength=num_classes)
    shares = counts / max(len(parts[0]), 1)
    return TrainingData(train, val, num_classes, shares, balanced, initial_values)


def some_rows(
    dataset: Dataset, rows: np.ndarray, preparation: Preparation
) -> np.ndarray:
    """Return the rows that baselines are fitted on: of streamed ones, the first."""
    if dataset.stream is None:
        return rows
    return rows[: _fitted_rows(preparation.input_shape)].copy()


def block_inputs(
    dataset: Dataset, rows: np.ndarray, preparation: Preparation
) -> Iterator[Any]:
    """Yield the inputs of rows: of streamed ones, so many as are held at once."""
    size = len(rows) if dataset.stream is None else _width_rows(preparation)
    for start in range(0, max(len(rows), 1), max(size, 1)):
        yield preparation.transform(dataset, rows[start : start + size])


def _fitted_rows(input_shape: tuple[int, ...]) -> int:
    """Return how many rows fit in memory as baselines take them."""
    width = min(math.prod(input_shape), MAX_FLAT)
    return min(_FITTED_ROWS, 2 * chunk_rows(width))


def _width_rows(preparation: Preparation) -> int:
    return chunk_rows(math.prod(preparation.input_shape))


def streaming_record(
    dataset: Dataset, split: Split, training_data: TrainingData
) -> dict[str, Any] | None:
    """Return how rows were streamed, as plain values; None if they were not."""
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

"""Prepares rows for training."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assay import costs
from assay._seeds import generator
from assay.data import NUM_FOLDS, Dataset, Inputs, Preparation
from assay.experiment.defaults._defaults import is_auto
from assay.experiment.prepare._split import SplitData
from assay.experiment.prepare._streamed_rows import some_rows, streamed_data
from assay.training import MEASURED_ROWS, TrainingData, capacity_for

__all__ = ["PreparedRows", "prepare_rows"]


@dataclass(frozen=True, eq=False)
class PreparedRows:
    """Rows prepared for training.

    Args:
        preparation: preparation fitted only on the training rows.
        training_data: training and validation sets, either on the device in a seeded
            order or streamed.
        rows: row numbers of the training set in the seeded order; for streamed rows,
            only the first ones.
        seconds: duration of the preparation.
    """

    preparation: Preparation
    training_data: TrainingData
    rows: np.ndarray
    seconds: float = 0.0


def prepare_rows(data: SplitData) -> PreparedRows:
    """Prepare train and val with a preparation fitted only on the training set.

    If training starts from another run's model, that run's input preparation is used.
    """
    started = time.perf_counter()
    dataset, experiment = data.dataset, data.experiment
    # in a random order, the first rows are a representative sample
    rows = generator(experiment.seed, "rows").permutation(data.split.train)
    val = data.split.val
    if len(val) > MEASURED_ROWS:  # if there are fewer rows, all of them are measured
        val = generator(experiment.seed, "val rows").permutation(val)
    preparation = _fit(data, rows)
    training_data = _training_data(data, (rows, val), preparation)
    rows = some_rows(dataset, rows, preparation)
    seconds = time.perf_counter() - started
    return PreparedRows(preparation, training_data, rows, seconds)


def _fit(data: SplitData, rows: np.ndarray) -> Preparation:
    """Fit a preparation to rows, or reuse the source run's preparation."""
    preparation = Preparation.fit(data.dataset, rows)
    if data.start is not None:
        preparation = data.start.preparation(preparation, data.dataset)
    if is_auto(data.experiment, "cost"):  # all default costs use standardized targets
        return preparation
    if costs.get(data.experiment.cost.kind).standardize:
        return preparation
    return replace(preparation, target_mean=0.0, target_std=1.0)


def _training_data(
    data: SplitData, parts: tuple[np.ndarray, np.ndarray], preparation: Preparation
) -> TrainingData:
    """Return train and val, either on the device or streamed."""
    dataset, start = data.dataset, data.start
    options: dict[str, Any] = {
        "balanced": data.metric == "balanced_accuracy",
        "capacities": _capacities(data),
        "initial_values": None if start is None else start.initial_values,
    }
    if dataset.stream is not None:
        return streamed_data(dataset, parts, preparation, **options)
    options["devices"] = data.experiment.devices
    train, val = (_in_memory(dataset, rows, preparation) for rows in parts)
    num_classes = max(dataset.task.num_classes, 1)
    if dataset.weights is not None:
        options["weights"] = tuple(dataset.weights[rows] for rows in parts)
    return TrainingData.of(train, val, num_classes=num_classes, **options)


def _in_memory(
    dataset: Dataset, rows: np.ndarray, preparation: Preparation
) -> tuple[Inputs, np.ndarray]:
    return preparation.transform(dataset, rows), preparation.targets(dataset, rows)


def _capacities(data: SplitData) -> tuple[int, int]:
    """Return the sizes of train and val, including padding.

    The training set is padded to the size of train + val, and the validation set to at
    least the size of a fold. Therefore, the folds and the refit can reuse the program
    compiled for tuning.
    """
    total = data.dataset.num_examples - len(data.split.test)
    num_val = round(data.dataset.num_examples * data.experiment.split.val)
    largest_val = max(num_val, len(data.split.val), -(-total // NUM_FOLDS))
    return capacity_for(total), capacity_for(largest_val)

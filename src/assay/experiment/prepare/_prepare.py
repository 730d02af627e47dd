"""Train and val as the program takes them; the test part stays behind its seal."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assay import costs, spec
from assay._seeds import generator
from assay.data import Dataset, Inputs, Preparation, Split
from assay.evaluate import Ledger, Seal
from assay.experiment._streamed_rows import some_rows, streamed_material
from assay.experiment.transfer._warm_start import Start
from assay.metrics import imbalance, primary
from assay.records import RunFolder
from assay.training import MEASURED_ROWS, TrainingData, capacity_for

__all__ = [
    "NUM_FOLDS",
    "Prepared",
    "deciding_metric",
    "fold_splits",
    "prepare",
    "refit_split",
    "seal_of",
]

NUM_FOLDS = 5
"""Parts of train + val that are held out in turn, where val alone is too small."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Rows prepared for training, and what they were prepared with.

    Args:
        preparation: fitted on the train rows alone.
        material: the same rows on the device, in a seeded order, or streamed.
        rows: row numbers that are trained on, in that order; the first of them where
            rows are streamed.
    """

    preparation: Preparation
    training_data: TrainingData
    rows: np.ndarray


def prepare(
    dataset: Dataset, split: Split, asked: spec.Experiment, start: Start | None = None
) -> Prepared:
    """Prepare train and val; the preparation is fitted on train alone.

    Where the training starts from a run, the preparation of its inputs is the run's.

    Train is padded to what train + val fit in, val to what a fold fits in, so that
    the folds and the refit run in the program that tuning has compiled.
    """
    # drawn in a seeded order, so that the first rows are a fair sample of the part
    rows = generator(asked.seed, "rows").permutation(split.train)
    preparation = Preparation.fit(dataset, rows)
    if start is not None:
        preparation = start.preparation(preparation, dataset)
    if isinstance(asked.cost, spec.Cost) and not costs.get(asked.cost.kind).standardize:
        preparation = replace(preparation, target_mean=0.0, target_std=1.0)

    def part(rows: np.ndarray) -> tuple[Inputs, np.ndarray]:
        return preparation.transform(dataset, rows), preparation.targets(dataset, rows)

    total = dataset.num_examples - len(split.test)
    num_val = round(dataset.num_examples * asked.split.val)
    most = max(num_val, len(split.val), -(-total // NUM_FOLDS))
    val = split.val
    if len(val) > MEASURED_ROWS:  # so that the first ones are a fair sample too
        val = generator(asked.seed, "val rows").permutation(val)
    how: dict[str, Any] = {
        "balanced": deciding_metric(dataset, split) == "balanced_accuracy",
        "capacities": (capacity_for(total), capacity_for(most)),
        "initial_values": None if start is None else start.given,
    }
    if dataset.stream is not None:
        training_data = streamed_material(dataset, (rows, val), preparation, **how)
    else:
        num_classes = max(dataset.task.num_classes, 1)
        training_data = TrainingData.of(
            part(rows), part(val), num_classes=num_classes, **how
        )
    return Prepared(preparation, training_data, some_rows(dataset, rows, preparation))


def refit_split(split: Split) -> Split:
    """Return the split in which train + val is trained on and nothing is watched."""
    both = np.concatenate([split.train, split.val])
    return replace(split, train=both, val=split.val[:0])


def fold_splits(split: Split, *, seed: int, num_folds: int) -> Iterator[Split]:
    """Yield splits in which each fold of train + val is once what is watched."""
    both = refit_split(split).train
    order = generator(seed, "folds").permutation(both)
    for fold in range(num_folds):
        held = np.arange(len(order)) % num_folds == fold
        yield replace(split, train=order[~held], val=order[held])


def deciding_metric(dataset: Dataset, split: Split) -> str:
    """Return the metric that decides: classes beyond 3:1 in train are balanced."""
    task = dataset.task
    if task.kind == "regression":
        return primary(task.kind)
    shares = imbalance(dataset.target[split.train], task.num_classes)
    return primary(task.kind, shares)


def seal_of(
    dataset: Dataset, split: Split, folder: RunFolder
) -> Seal[tuple[np.ndarray, np.ndarray]]:
    """Return the sealed test part; opening it gives its row numbers and targets."""
    test, targets = split.test, dataset.target
    return Seal(
        lambda: (test, targets[test]),
        Ledger(folder.path.parent / "ledger.jsonl"),
        fingerprint=dataset.fingerprint,
        test_hash=split.test_hash,
        copies=(Ledger(folder.path_of("ledger.jsonl")),),
    )

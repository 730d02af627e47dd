"""Assigns rows to parts and chooses the deciding metric."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from assay import spec
from assay._seeds import generator
from assay.data import Dataset, Preparation, Split
from assay.experiment.defaults._data_profile import DataProfile
from assay.experiment.prepare._load import LoadedData
from assay.experiment.prepare._look import split_data
from assay.experiment.transfer._warm_start import WarmStart
from assay.metrics import imbalance, primary

__all__ = ["NUM_FOLDS", "SplitData", "fold_splits", "refit_split", "split"]

NUM_FOLDS = 5
"""Number of cross-validation folds of train + val, used if val is too small."""


@dataclass(frozen=True, eq=False)
class SplitData:
    """An experiment with its examples, split into parts.

    Args:
        experiment: the loaded experiment, with all defaults filled in after the prepare
            stage.
        dataset: all examples.
        split: the rows of train, val and test.
        metric: the deciding metric, such as "accuracy".
        start: transfer from another run; None if training starts from random values.
    """

    experiment: spec.Experiment
    dataset: Dataset
    split: Split
    metric: str
    start: WarmStart | None = None

    def for_refit(self) -> "SplitData":
        """Return the data with val merged into train."""
        return replace(self, split=refit_split(self.split))

    def profile(self, preparation: Preparation) -> DataProfile:
        """Return the properties of the data that determine the default networks."""
        return DataProfile.of(
            preparation,
            len(self.split.train),
            streamed=self.dataset.stream is not None,
        )

    def folds(self) -> "Iterator[SplitData]":
        """Yield the data with each fold of train + val as the val part in turn."""
        seed = self.experiment.seed
        for fold in fold_splits(self.split, seed=seed, num_folds=NUM_FOLDS):
            yield replace(self, split=fold)


def split(loaded: LoadedData) -> SplitData:
    """Split the examples into train, val and test.

    Raises:
        InputError: the examples cannot be split as the experiment requests.
    """
    rows = split_data(loaded.dataset, loaded.experiment)
    return SplitData(
        loaded.experiment,
        loaded.dataset,
        rows,
        _deciding_metric(loaded.dataset, rows),
        loaded.start,
    )


def _deciding_metric(dataset: Dataset, split: Split) -> str:
    """Return the deciding metric; it is balanced if the class ratio exceeds 3:1."""
    task = dataset.task
    if task.kind == "regression":
        return primary(task.kind)
    shares = imbalance(dataset.target[split.train], task.num_classes)
    return primary(task.kind, shares)


def refit_split(split: Split) -> Split:
    """Return the split with train + val as train and an empty val part."""
    both = np.concatenate([split.train, split.val])
    return replace(split, train=both, val=split.val[:0])


def fold_splits(split: Split, *, seed: int, num_folds: int) -> Iterator[Split]:
    """Yield splits in which each fold of train + val serves as val in turn."""
    both = refit_split(split).train
    order = generator(seed, "folds").permutation(both)
    for fold in range(num_folds):
        held_out = np.arange(len(order)) % num_folds == fold
        yield replace(split, train=order[~held_out], val=order[held_out])

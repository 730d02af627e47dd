"""Assigns rows to parts and chooses the metric used for selection."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assay import spec
from assay.data import Dataset, Preparation, Split, folds, with_val_in_train
from assay.experiment.defaults._data_profile import DataProfile
from assay.experiment.prepare._load import LoadedData
from assay.experiment.prepare._look import split_data
from assay.experiment.transfer._warm_start import WarmStart
from assay.metrics import imbalance, primary

__all__ = ["SplitData", "split"]


@dataclass(frozen=True, eq=False)
class SplitData:
    """An experiment with its examples, split into parts.

    Args:
        experiment: the loaded experiment; the prepare stage fills in all defaults.
        dataset: all examples.
        split: the rows of train, val and test.
        metric: the metric used for selection, such as "accuracy".
        start: transfer from another run; None if training starts from random values.
    """

    experiment: spec.Experiment
    dataset: Dataset
    split: Split
    metric: str
    start: WarmStart | None = None

    def for_refit(self) -> "SplitData":
        """Return the data with val merged into train."""
        return replace(self, split=with_val_in_train(self.split))

    def profile(self, preparation: Preparation) -> DataProfile:
        """Return the properties of the data that determine the default networks."""
        return DataProfile.of(
            preparation,
            len(self.split.train),
            streamed=self.dataset.stream is not None,
        )

    def folds(self) -> "Iterator[SplitData]":
        """Yield the data with each fold of train + val as the validation set."""
        seed = self.experiment.seed
        for fold in folds(self.split, seed=seed):
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
    """Return the metric for selection; balanced if the class ratio exceeds 3:1."""
    task = dataset.task
    if task.kind == "regression":
        return primary(task.kind)
    shares = imbalance(dataset.target[split.train], task.num_classes)
    return primary(task.kind, shares)

"""The data and networks used by the units."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assay import spec
from assay._errors import InputError
from assay.data import Dataset, Preparation, load, split
from assay.experiment import Model, run_data
from assay.lab.runs._folder import open_run, root
from assay.training import Fit, TrainingData

__all__ = ["Source", "builtin", "inputs_of", "source_of"]

Part = tuple[Any, np.ndarray]  # inputs (n, *input_shape) and targets (n,)


@dataclass(frozen=True, eq=False)
class Source:
    """Prepared data and the settings of a network that suits them.

    Args:
        name: name of the data set or of the run.
        dataset: the data set.
        preparation: preparation fitted on train.
        training: resolved settings of a fit.
        train: inputs and targets of train.
        val: inputs and targets of val.
        rows: row numbers of the training set in the data set.
        model: trained model of a run; None for built-in data.
    """

    name: str
    dataset: Dataset
    preparation: Preparation
    training: spec.Training
    train: Part
    val: Part
    rows: np.ndarray
    model: Model | None = None

    @property
    def num_classes(self) -> int:
        """Number of classes; 1 for regression."""
        return max(self.preparation.task.num_classes, 1)

    def fit(self, training: spec.Training | None = None, *, seed: int = 0) -> Fit:
        """Return a new fit that does not measure its layers."""
        training = training or self.training
        return self.training_data().fit(training, seed=seed, measure_layers=False)

    def settings(self, **changes: Any) -> spec.Training:
        """Return the settings with the given changes and without early stopping."""
        kept = [r for r in self.training.regularizers if r.kind != "early_stopping"]
        changes = {"regularizers": tuple(kept), **changes}
        return self.training.model_copy(update=changes)

    def training_data(self) -> TrainingData:
        """Return the training and validation data on the device."""
        return _on_device(self)

    def model_of(self, fit: Fit, training: spec.Training | None = None) -> Model:
        """Return the model with the current parameters of a fit."""
        return Model(training or self.training, self.preparation, [fit.last()])


@lru_cache(maxsize=8)
def _on_device(source: Source) -> TrainingData:
    return TrainingData.of(source.train, source.val, num_classes=source.num_classes)


_NETWORK = (spec.Dense(32), spec.ReLU(), spec.Dense(32), spec.ReLU())
_COSTS = {
    "binary": "binary_cross_entropy",
    "multiclass": "cross_entropy",
    "regression": "squared_error",
}


@lru_cache(maxsize=4)
def builtin(name: str = "digits") -> Source:
    """Return a built-in data set and a small network with two hidden layers."""
    dataset = load(name)
    parts = split(dataset, seed=0)
    preparation = Preparation.fit(dataset, parts.train)
    training = spec.Training(
        model=_NETWORK,
        cost=_COSTS[dataset.task.kind],
        optimizer=spec.SGD(0.1),
        regularizers=(),
        batch_size=32,
        num_epochs=10,
    )
    train, val = (_part(dataset, preparation, r) for r in (parts.train, parts.val))
    return Source(name, dataset, preparation, training, train, val, parts.train)


def _part(dataset: Dataset, preparation: Preparation, rows: np.ndarray) -> Part:
    return preparation.transform(dataset, rows), preparation.targets(dataset, rows)


def source_of(run: str, *, data: str = "digits") -> Source:
    """Return the data and model of a run or, without a run, a built-in data set.

    Args:
        run: name of a finished run, or "".
        data: built-in data set to use if there is no run.

    Raises:
        InputError: the run's network was written in Python, or its data are streamed.
    """
    return builtin(data) if not run else _of_run(run, root())


@lru_cache(maxsize=4)
# The folder is a parameter so that it is part of the cache key.
def _of_run(name: str, folder: Path) -> Source:
    run = open_run(name)
    model = run.model
    if model.training.own is not None:
        raise InputError(
            f"The network of {name} was written in Python, so its layers cannot "
            "be shown. Choose a run whose network is built from Assay's layers."
        )
    dataset = run_data(run.folder)
    if dataset.stream is not None:
        raise InputError(
            f"The data of {name} are read from disk during training, so the units "
            "cannot use them. Choose a run with data that fit in memory."
        )
    rows = run.folder.read_npz("split.npz", "train", "val")
    train, val = (_part(dataset, model.preparation, rows[n]) for n in ("train", "val"))
    return Source(
        name,
        dataset,
        model.preparation,
        model.training,
        train,
        val,
        rows["train"],
        model,
    )


def inputs_of(part: Part, count: int | None = None) -> tuple[np.ndarray, Any]:
    """Return the first inputs of a part and their lengths (None if all are equal)."""
    inputs = part[0]
    if isinstance(inputs, dict):
        return inputs["values"][:count], inputs["lengths"][:count]
    return inputs[:count], None

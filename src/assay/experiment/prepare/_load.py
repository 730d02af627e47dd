"""Reads the examples of an experiment and its source run, if any."""

from dataclasses import dataclass

from assay import spec
from assay.data import Dataset
from assay.experiment.prepare._look import load_data
from assay.experiment.transfer._source_run import read_source_run
from assay.experiment.transfer._warm_start import WarmStart, warm_start
from assay.training import return_large_arrays

__all__ = ["LoadedData", "load"]


@dataclass(frozen=True, eq=False)
class LoadedData:
    """An experiment with its examples.

    Args:
        experiment: the experiment. If it starts from a source run, the model and the
            image layout are copied from that run unless they are set.
        dataset: all examples.
        start: transfer from another run; None if training starts from random values.
    """

    experiment: spec.Experiment
    dataset: Dataset
    start: WarmStart | None = None


def load(experiment: spec.Experiment) -> LoadedData:
    """Read the data of an experiment and, if it has one, its source run.

    Raises:
        InputError: the data or the source run cannot be read.
    """
    if experiment.start_from is None:
        return LoadedData(experiment, _dataset(experiment))
    source_run = read_source_run(experiment.start_from)
    experiment = source_run.complete(experiment)
    dataset = _dataset(experiment)
    return LoadedData(experiment, dataset, warm_start(source_run, dataset, experiment))


def _dataset(experiment: spec.Experiment) -> Dataset:
    """Return the data set, and free unused memory if its rows are streamed."""
    dataset = load_data(experiment)
    if dataset.stream is not None:
        return_large_arrays()
    return dataset

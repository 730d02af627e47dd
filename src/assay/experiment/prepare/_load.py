"""The load stage: reads the examples and, if any, the run to start from."""

from dataclasses import dataclass

from assay import spec
from assay.data import Dataset
from assay.experiment.prepare._look import load_data
from assay.experiment.transfer._source_run import read_source_run
from assay.experiment.transfer._warm_start import WarmStart, warm_start

__all__ = ["LoadedData", "load"]


@dataclass(frozen=True, eq=False)
class LoadedData:
    """The examples of an experiment.

    Args:
        experiment: experiment; if it sets no model or image layout, those of the run it
            starts from are filled in.
        dataset: all examples.
        start: what is transferred from another run; None for a fresh start.
    """

    experiment: spec.Experiment
    dataset: Dataset
    start: WarmStart | None = None


def load(experiment: spec.Experiment) -> LoadedData:
    """Read the data of an experiment and, if any, the run that it starts from.

    Raises:
        InputError: the data or that run cannot be read.
    """
    if experiment.start_from is None:
        return LoadedData(experiment, load_data(experiment))
    source_run = read_source_run(experiment.start_from)
    experiment = source_run.complete(experiment)
    dataset = load_data(experiment)
    return LoadedData(experiment, dataset, warm_start(source_run, dataset, experiment))

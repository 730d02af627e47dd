"""Rereads the data of a finished run."""

from typing import Any

from assay import spec
from assay._errors import InputError
from assay.data import Dataset
from assay.experiment.prepare._look import load_data
from assay.experiment.records._paths import with_absolute_paths
from assay.experiment.records._resume_run import check_same_data
from assay.experiment.records._write import IN_MEMORY
from assay.records import RunFolder
from assay.training import devices_here

__all__ = ["run_data", "run_experiment"]


def run_data(folder: RunFolder, source: Any = None) -> Dataset:
    """Return the data set of a run.

    Args:
        folder: folder of the run.
        source: the data, if they were passed to the run in Python.

    Raises:
        InputError: the data are missing, or have changed since the run.
    """
    experiment = run_experiment(folder, source)
    dataset = load_data(experiment)
    check_same_data(folder, dataset)
    return dataset


def run_experiment(folder: RunFolder, source: Any = None) -> spec.Experiment:
    """Return the experiment of a run, with paths that work in any working directory.

    If the run used more devices than this machine has, their number is reduced.

    Raises:
        InputError: the data were passed to the run in Python, and are missing.
        RunError: `experiment.toml` was deleted.
    """
    folder.read_bytes("experiment.toml")  # if it is missing, the error suggests a fix
    fields = spec.read_data(folder.path_of("experiment.toml"))
    fields = with_absolute_paths(folder, fields)
    if source is None and fields.get("data") == IN_MEMORY:
        raise InputError(
            f"The run {folder.path} used in-memory data, which were not saved. Pass "
            "them again: assay.experiment.open_row(run, row, source=...)."
        )
    experiment = spec.Experiment(**fields)
    if "devices" in fields:
        devices = devices_here(experiment.devices)
        experiment = experiment.model_copy(update={"devices": devices})
    if source is not None:  # the file contains only a placeholder for data in memory
        experiment = experiment.model_copy(update={"data": source})
    return experiment

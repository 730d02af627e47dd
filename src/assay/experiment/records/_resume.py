"""Reads the experiment of a stopped run and checks that its data are unchanged."""

from pathlib import Path

from assay import spec
from assay._errors import InputError, fault
from assay.data import Dataset
from assay.experiment.model._files import factory_name, is_custom_network
from assay.experiment.records._paths import with_absolute_paths
from assay.experiment.records._write import IN_MEMORY, recorded_source
from assay.experiment.transfer._source_run import SourceRun
from assay.records import RunFolder

__all__ = [
    "check_same_data",
    "check_same_source_run",
    "folder_to_resume",
    "read_experiment",
]


def folder_to_resume(out: str | Path | None) -> RunFolder:
    """Return the folder of the run to resume.

    Raises:
        InputError: no folder is named.
        RunError: the folder contains no run.
    """
    if out is None:
        raise InputError("resume needs the folder of a run. Write out='runs/NAME'.")
    return RunFolder.create(out, resume=True)


def read_experiment(folder: RunFolder, experiment: spec.Experiment) -> spec.Experiment:
    """Return the experiment of the run to resume, as it was started.

    Args:
        folder: folder of the run.
        experiment: experiment with the data or network, if they came from Python.

    Raises:
        InputError: the data or network from Python is missing.
    """
    fields = spec.read_data(folder.path_of("experiment.toml"))
    if fields.get("data") == IN_MEMORY:
        if recorded_source(experiment) is not None:
            raise InputError(
                f"{folder.path} was run on data passed in Python. Resume it with "
                "assay.Experiment(data=..., ...).run(out=..., resume=True)."
            )
        fields["data"] = experiment.data
    fields = with_absolute_paths(folder, fields)
    if is_custom_network(fields):
        factory = factory_name(fields)
        if experiment.own is None or experiment.own.name != factory:
            raise InputError(
                f"{folder.path} trains the network {factory}, written in Python. "
                "Resume it with "
                "assay.Experiment(..., model=...).run(out=..., resume=True)."
            )
        fields["model"] = experiment.model
    return type(experiment)(**fields)


def check_same_data(folder: RunFolder, dataset: Dataset) -> None:
    """Check that the data are those that a run was started on.

    Raises:
        InputError: they differ, so that trials on them could not be compared.
    """
    if not folder.exists("data.json"):
        return
    before = folder.read_object("data.json").get("fingerprint")
    now = dataset.fingerprint
    if before != now:
        fix = f"{folder.path} was started on other data. Pass those, or start a new "
        raise InputError(
            fault("the data are the same", "fingerprint", now, f"{fix}run.")
        )


def check_same_source_run(folder: RunFolder, source_run: SourceRun) -> None:
    """Check that the source run has the model that a run was started from.

    Raises:
        InputError: the source run was trained again in the meantime.
    """
    if not folder.exists("start.json"):
        return
    before, now = folder.read_object("start.json").get("sha256"), source_run.sha256
    if before != now:
        fix = f"The model in {source_run.path} has changed since. Start a new run."
        raise InputError(fault("the model is the same", "start_from", now, fix))

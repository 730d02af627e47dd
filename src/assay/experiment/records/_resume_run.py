"""The command, the experiment and the data checks for resuming a run."""

import shlex
from pathlib import Path

from assay import spec
from assay._errors import InputError
from assay._urls import is_url, without_secrets
from assay.data import Dataset
from assay.experiment.model._files import factory_name, is_custom_network
from assay.experiment.records._paths import with_absolute_paths
from assay.experiment.records._write import IN_MEMORY, recorded_source
from assay.experiment.transfer._source_run import SourceRun
from assay.records import Ledger, RunFolder
from assay.tuning import masked

__all__ = [
    "check_same_data",
    "check_same_source_run",
    "check_study",
    "folder_to_resume",
    "opening_note",
    "read_experiment",
    "resume_command",
    "study_note",
]

_SHARED = "The trials are shared in "


def folder_to_resume(out: str | Path | None) -> RunFolder:
    """Return the folder of the run to resume.

    Raises:
        InputError: no folder was given.
        RunError: the folder contains no run.
    """
    if out is None:
        raise InputError("resume requires the folder of a run. Use out='runs/NAME'.")
    return RunFolder.create(out, resume=True)


def resume_command(
    folder: RunFolder, experiment: spec.Experiment, study: str | Path | None
) -> str:
    """Return the command that resumes a run.

    Args:
        folder: folder of the run.
        experiment: experiment of the run.
        study: file or address of a study that runs share; None for a study in the
            folder.
    """
    path = folder.path
    if recorded_source(experiment) is None:  # the data were passed in Python
        return f"Experiment(data=...).run(out={str(path)!r}, resume=True)"
    command = f"assay train --resume --out {shlex.quote(str(path))}"
    if study is not None:
        command += f" --study {shlex.quote(masked(str(study)))}"
    return command


def read_experiment(folder: RunFolder, experiment: spec.Experiment) -> spec.Experiment:
    """Return the original experiment of the run to resume.

    Args:
        folder: folder of the run.
        experiment: experiment with the data and the network passed in Python, if any.

    Raises:
        InputError: the run needs data or a network from Python that was not passed.
    """
    fields = spec.read_data(folder.path_of("experiment.toml"))
    if fields.get("data") == IN_MEMORY:
        if recorded_source(experiment) is not None:
            raise InputError(
                f"{folder.path} used data passed in Python. To resume it, use "
                "assay.Experiment(data=..., ...).run(out=..., resume=True)."
            )
        fields["data"] = experiment.data
    for name in ("data", "test_data"):
        given = getattr(experiment, name)
        # The secrets in an address are not recorded, but the user may pass them again.
        if is_url(given) and without_secrets(given) == fields.get(name):
            fields[name] = given
    fields = with_absolute_paths(folder, fields)
    if is_custom_network(fields):
        factory = factory_name(fields)
        if experiment.own is None or experiment.own.name != factory:
            raise InputError(
                f"{folder.path} trains {factory}, a network written in Python. To "
                "resume it, use "
                "assay.Experiment(..., model=...).run(out=..., resume=True)."
            )
        fields["model"] = experiment.model
    return type(experiment)(**fields)


def check_same_data(folder: RunFolder, dataset: Dataset) -> None:
    """Check that the data have not changed since the run was started.

    Raises:
        InputError: the data differ, so trials on them would not be comparable.
    """
    if not folder.exists("data.json"):
        return
    before = folder.read_object("data.json").get("fingerprint")
    now = dataset.fingerprint
    if before != now:
        raise InputError(
            f"{folder.path} was started on different data (fingerprint {before}, not "
            f"{now}). Pass the original data, or start a new run."
        )


def check_same_source_run(folder: RunFolder, source_run: SourceRun) -> None:
    """Check that the source run's model has not changed since the run was started.

    Raises:
        InputError: the model of the source run has changed.
    """
    if not folder.exists("start.json"):
        return
    before, now = folder.read_object("start.json").get("sha256"), source_run.sha256
    if before != now:
        raise InputError(
            f"The model in {source_run.path} has changed since {folder.path} was "
            "started from it. Start a new run."
        )


def opening_note(folder: RunFolder) -> str:
    """Return a note if an unfinished run has already opened its test rows, else "".

    In that case, the process was killed before it wrote the result, or `run.json` was
    deleted. The repeated test counts as the same opening, because the run's ledger
    contains the time of that opening.
    """
    if not Ledger(folder.path_of("ledger.jsonl")).entries():
        return ""
    return (
        "run.json, which contains the result, is missing, although this run has "
        "opened its test rows. The refit and the test will be repeated."
    )


def study_note(study: str | Path) -> str:
    """Return a note with the address of a shared study but without its password."""
    return f"{_SHARED}{masked(str(study))}"


def check_study(folder: RunFolder, study: str | Path | None) -> None:
    """Check that a run with a shared study is resumed with a study.

    Raises:
        InputError: no study was passed, so the search would start over.
    """
    notes = [str(note.get("message")) for note in folder.events("note")]
    shared = [note.removeprefix(_SHARED) for note in notes if note.startswith(_SHARED)]
    if shared and study is None:
        raise InputError(
            f"The trials of {folder.path} are in a shared study. To resume the run, "
            f"add: --study {shared[-1]}"
        )

"""Searches for the best settings on the validation set, without a refit or test."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay import spec
from assay._calls import (
    ExplainsNames,
    check_paths,
    explains_construction,
    takes_one_source,
)
from assay.cluster import open_workers
from assay.experiment._events import Events, Observer, Recorder
from assay.experiment._experiment import Experiment, experiment_for
from assay.experiment.prepare._load import load
from assay.experiment.prepare._prepare import prepare
from assay.experiment.prepare._split import split
from assay.experiment.selection._select import select
from assay.experiment.selection._selection import Selection
from assay.report import tuning_text
from assay.training import Checkpoints, Workers, check_process
from assay.tuning import Storage, Trial, check_place, open_storage

__all__ = ["Tuning", "tune"]


@explains_construction("assay.tune((X, y))", selection=Selection)
@dataclass(frozen=True, repr=False)
class Tuning(ExplainsNames):
    """The result of a search. Printing it shows the best settings.

    Args:
        selection: all trials, the best trial, and the data used in the search.
    """

    selection: Selection

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All trials, in order."""
        return self.selection.trials

    @property
    def best(self) -> Trial:
        """The selected trial."""
        return self.selection.best

    @property
    def training(self) -> spec.Training:
        """The training spec with the values of the selected trial."""
        return self.selection.training

    @property
    def experiment(self) -> Experiment:
        """The experiment with its search spaces replaced by the selected values."""
        fields = dict(self.selection.prepared.data.experiment)
        for name in spec.Training.model_fields:
            fields[name] = getattr(self.training, name)
        return Experiment(**(fields | {"tune": spec.Tune(num_trials=1)}))

    def __repr__(self) -> str:
        data = self.selection.prepared.data
        record = {
            "data": {"name": data.dataset.name},
            "split": {name: len(rows) for name, rows in data.split.parts.items()},
            "trials": [vars(trial) for trial in self.trials],
            "best_trial": self.best.number,
            "higher_is_better": data.dataset.task.num_classes > 1,
            "notes": self.selection.notes,
        }
        return tuning_text(record)


@takes_one_source("data")
def tune(
    data: Any,
    *,
    target: str | None = None,
    trials: int | None = None,
    time_seconds: float | None = None,
    study: str | Path | None = None,
    observer: Observer | None = None,
    on: str | None = None,
    **fields: Any,
) -> Tuning:
    """Tune the hyperparameters on the validation set without opening the test set.

    Args:
        data: a file, the name of a built-in data set, a frame, or (X, y) arrays.
        target: the column to predict.
        trials: number of settings to try.
        time_seconds: time limit for the search.
        study: SQLite file for the trials, or the address of a PostgreSQL server,
            "postgresql://USER@HOST/NAME"; None to keep the trials in memory. If the
            study already exists, the search continues where the last one stopped.
            Processes that use the same study at the same time share the work.
        observer: observer that is notified of progress.
        on: where to train: "ray" or "ray://HOST:PORT" for a Ray cluster; None for this
            machine. The choice does not affect the result.
        **fields: any other field of `Experiment`, such as seed=3.

    Raises:
        InputError: the data or the spec is invalid. The message lists all errors.
        RunError: every trial diverged.

    Example:
        >>> tuning = tune("iris", trials=2, model="linear", num_epochs=5)
        >>> len(tuning.trials), tuning.experiment.spaces()
        (2, {})
    """
    check_process()
    check_paths(study=study)
    experiment = experiment_for(
        data, target, fields, trials=trials, time_seconds=time_seconds
    )
    with open_workers(on, experiment.devices) as workers:
        events = Events(_StudyFile(study, workers), observer)
        events.notes(filter(None, [workers.description]))
        loaded = load(experiment)
        events.notes(loaded.dataset.notes)
        prepared = prepare(split(loaded))
        return Tuning(select(prepared, events, followed_by_refit=False))


class _StudyFile(Recorder):
    """A recorder that stores only the trials."""

    def __init__(self, path: str | Path | None, workers: Workers) -> None:
        check_place(path)
        self._path = path
        self._workers = workers

    def checkpoints(self) -> Checkpoints:
        return Checkpoints(workers=self._workers)

    def study(self) -> Storage | None:
        return None if self._path is None else open_storage(self._path)

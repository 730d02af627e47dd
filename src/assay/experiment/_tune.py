"""A search on its own: every setting is scored on val; the test part stays sealed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay import spec
from assay.experiment._events import Events, Observer, Recorder
from assay.experiment._experiment import Experiment, experiment_for
from assay.experiment.prepare._load import load
from assay.experiment.prepare._prepare import prepare
from assay.experiment.prepare._split import split
from assay.experiment.selection._select import select
from assay.experiment.selection._selection import Selection
from assay.report import tuning_text
from assay.training import check_process
from assay.tuning import Storage, Trial, open_storage

__all__ = ["Tuning", "tune"]


@dataclass(frozen=True, repr=False)
class Tuning:
    """The result of a search; printing it shows the best settings.

    Args:
        selection: all trials, the best of them, and the data they were scored on.
    """

    selection: Selection

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Every setting that was tried, in order."""
        return self.selection.trials

    @property
    def best(self) -> Trial:
        """The trial that was selected."""
        return self.selection.best

    @property
    def training(self) -> spec.Training:
        """The training spec with the values of the best trial."""
        return self.selection.training

    @property
    def experiment(self) -> Experiment:
        """The experiment with its spaces replaced by the best setting, ready to run."""
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


def tune(
    data: Any,
    *,
    target: str | None = None,
    trials: int | None = None,
    time_seconds: float | None = None,
    study: str | Path | None = None,
    observer: Observer | None = None,
    **fields: Any,
) -> Tuning:
    """Search the hyperparameters on val; the test part stays sealed.

    Args:
        data: a file, the name of a built-in set, a frame, or (X, y) arrays.
        target: the column to predict.
        trials: number of settings to try.
        time_seconds: time limit for the search.
        study: SQLite file that keeps the trials. A search with the same file continues
            where the last one stopped, and processes that use it at the same time share
            the work. None keeps nothing.
        observer: receives the progress of the search.
        **fields: any other field of `Experiment`, such as seed=3.

    Raises:
        InputError: the data or the spec is wrong; lists every fault.
        RunError: every trial diverged.

    Example:
        >>> tuning = tune("iris", trials=2, model="linear", num_epochs=5)
        >>> len(tuning.trials), tuning.experiment.spaces()
        (2, {})
    """
    check_process()
    events = Events(_StudyFile(study), observer)
    experiment = experiment_for(
        data, target, fields, trials=trials, time_seconds=time_seconds
    )
    loaded = load(experiment)
    events.notes(loaded.dataset.notes)
    prepared = prepare(split(loaded))
    return Tuning(select(prepared, events, followed_by_refit=False))


class _StudyFile(Recorder):
    """Recorder that keeps only the trials, in a file."""

    def __init__(self, path: str | Path | None) -> None:
        self._path = path

    def study(self) -> Storage | None:
        return None if self._path is None else open_storage(self._path)

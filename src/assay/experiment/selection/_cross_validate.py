"""Compares the best settings by training and evaluating networks on each fold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay import spec
from assay.data import Preparation
from assay.experiment.prepare._positions import at_columns_of
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._rows import PreparedRows
from assay.training import Checkpoints, Fitted
from assay.tuning import Candidate, Trial

__all__ = [
    "NUM_FINALISTS",
    "Compared",
    "Finalist",
    "Trainings",
    "few_val_rows",
    "mean_error",
]

NUM_FINALISTS = 2
"""Number of settings for each kind of network to compare by cross-validation."""

ENOUGH_VAL = 1000
"""Number of validation rows above which an accuracy difference of 1% exceeds 2 standard
errors."""


def few_val_rows(prepared: PreparedData) -> bool:
    """Return whether val is too small for selection while random folds are allowed.

    Random folds are not allowed if groups or times must be kept apart.
    """
    split = prepared.data.split
    by_rows = split.by in ("class", "random", "given")
    return by_rows and len(split.val) < ENOUGH_VAL


@dataclass(frozen=True)
class Finalist:
    """One of the best settings for a kind of network.

    Args:
        candidate: kind of network.
        trial: trial of the setting.
        training: training spec with the values of the trial.
        fitted: parameters learned by the trial on the tuning rows, if known.
    """

    candidate: Candidate
    trial: Trial
    training: spec.Training
    fitted: Fitted | None = None

    @property
    def kind(self) -> str:
        """Name of the kind of network, such as "linear"."""
        return self.candidate.name


Compared = tuple[Finalist, np.ndarray]
"""A finalist and its errors on the validation rows."""


def mean_error(errors: np.ndarray) -> float:
    """Return the mean of errors (n,), or inf if the network has diverged."""
    return float(np.nan_to_num(errors.mean(), nan=np.inf))


@dataclass(frozen=True, eq=False)
class Trainings:
    """Trains and evaluates finalists.

    Args:
        parts: splits of the data; each finalist is trained and evaluated on all splits.
        tuning: preparation for which the finalists' training specs were created.
        seed: seed for all fits.
        checkpoints: checkpoints of the running fits.
        on_tuning: whether the only split is the one used in the search.
    """

    parts: Sequence[PreparedRows]
    tuning: Preparation
    seed: int
    checkpoints: Checkpoints
    on_tuning: bool = False

    def best_of(self, finalists: Sequence[Finalist]) -> Compared:
        """Return the finalist with the smallest mean error on all validation rows.

        Finalists that diverged on any split are ranked last.
        """
        errors = self._errors_on_all(finalists)
        place = int(np.argmin([mean_error(rows) for rows in errors]))
        return finalists[place], errors[place]

    def _errors_on_all(self, finalists: Sequence[Finalist]) -> list[np.ndarray]:
        """Return the errors of each finalist on the validation rows of all splits."""
        count = len(self.parts)
        jobs = [(finalist, part) for finalist in finalists for part in range(count)]
        # Threads are enough, because compiled programs release the interpreter lock.
        # There are several splits only if val is small.
        workers = self.checkpoints.workers
        threads = workers.count if count > 1 or workers.remote else 1
        errors = self.checkpoints.in_threads(self._errors, jobs, threads=threads)
        starts = range(0, len(errors), count)
        return [np.concatenate(errors[start : start + count]) for start in starts]

    def _errors(self, job: tuple[Finalist, int]) -> np.ndarray:
        """Train for as many updates as in the setting's trial. Return each row's error.

        If the search has already trained with this setting on the same rows, the
        learned parameters are reused.

        For regression, the errors are squared. For classification, the error is 1 if
        the predicted class is wrong, otherwise 0. If the metric for selection is
        balanced, errors are weighted so that their mean is the balanced error.
        """
        finalist, part = job
        rows, trial = self.parts[part], finalist.trial
        training_data = rows.training_data
        training = at_columns_of(finalist.training, self.tuning, rows.preparation)
        fit = training_data.fit(
            training,
            seed=self.seed,
            num_iterations=trial.iterations,
            total_iterations=trial.total_iterations,
            measure_epochs=False,
        )
        learned = finalist.fitted if self.on_tuning else None
        if learned is None:
            name = f"part-{part}-trial-{trial.number}"
            fit = self.checkpoints.resumable(name, fit, training).run()
            learned = fit.last()
        scores = fit.program.scores(
            learned.model, fit.hyperparameters, training_data.val
        )
        if training_data.num_classes == 1:
            return scores
        targets = np.asarray(training_data.val.targets)[: len(scores)]
        weights = training_data.inverse_shares[targets] if training_data.balanced else 1
        return (1 - scores) * weights

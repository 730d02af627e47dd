"""Compares the best settings by training and evaluating them on each fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from assay import spec
from assay.data import Preparation
from assay.experiment.prepare._positions import at_columns_of
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._rows import PreparedRows
from assay.training import Checkpoints, Examples, Fitted, TrainingData
from assay.tuning import Candidate, Trial

__all__ = ["NUM_FINALISTS", "Compared", "Finalist", "Trainings", "few_val_rows"]

NUM_FINALISTS = 2
"""Number of settings of each kind of network to compare by cross-validation."""

ENOUGH_VAL = 1000
"""Number of validation rows above which an accuracy difference of 1% exceeds 2 standard
errors."""


def few_val_rows(prepared: PreparedData) -> bool:
    """Return whether val is too small for selection and random folds are allowed.

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


class Compared(NamedTuple):
    """The best of several finalists of one kind.

    Args:
        finalist: the finalist.
        errors: its errors on the validation rows.
        averaged: errors of the finalists' mean prediction if the final model averages
            several networks; otherwise None.
    """

    finalist: Finalist
    errors: np.ndarray
    averaged: np.ndarray | None = None

    @property
    def expected(self) -> np.ndarray:
        """The errors with which the kind is compared with other kinds."""
        return self.errors if self.averaged is None else self.averaged


class _Evaluated(NamedTuple):
    """The errors (n,) and the predictions (n, ...) of a finalist on validation rows."""

    errors: np.ndarray
    predictions: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Trainings:
    """Trains and evaluates finalists.

    Args:
        parts: splits of the data; each finalist is trained and evaluated on all splits.
        tuning: preparation for which the finalists' training specs were created.
        seed: seed of all fits.
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
        found = self._evaluated(finalists)
        errors = [np.concatenate([part.errors for part in parts]) for parts in found]
        means = [np.nan_to_num(rows.mean(), nan=np.inf) for rows in errors]
        place = int(np.argmin(means))
        averaged = self._averaged(found) if np.isfinite(means).all() else None
        return Compared(finalists[place], errors[place], averaged)

    def _averaged(self, found: Sequence[Sequence[_Evaluated]]) -> np.ndarray | None:
        """Return the errors of the finalists' mean prediction on all splits."""
        errors: list[np.ndarray] = []
        for rows, parts in zip(self.parts, zip(*found, strict=True), strict=True):
            predictions = [p.predictions for p in parts if p.predictions is not None]
            if len(predictions) < 2:
                return None
            mean = np.mean(predictions, axis=0)
            errors.append(_errors_of(mean, rows.training_data))
        return np.concatenate(errors)

    def _evaluated(self, finalists: Sequence[Finalist]) -> list[list[_Evaluated]]:
        """Train and evaluate each finalist on all splits."""
        count = len(self.parts)
        jobs = [(finalist, part) for finalist in finalists for part in range(count)]
        # Threads are enough, because compiled programs release the interpreter lock.
        # There are several splits only if val is small.
        workers = self.checkpoints.workers
        threads = workers.count if count > 1 or workers.remote else 1
        found = self.checkpoints.in_threads(self._evaluate, jobs, threads=threads)
        starts = range(0, len(found), count)
        return [found[start : start + count] for start in starts]

    def _evaluate(self, job: tuple[Finalist, int]) -> _Evaluated:
        """Train a setting for as many updates as its trial, and evaluate it.

        A setting that the search has already trained on the same rows is not trained
        again.
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
        val, values = training_data.val, (learned.model, fit.hyperparameters)
        scores = fit.program.scores(*values, val)
        predictions = None
        if finalist.candidate.members > 1 and isinstance(val, Examples):
            predicted = fit.program.predict(*values, val.inputs)
            predictions = np.asarray(predicted)[: len(scores)]
        return _Evaluated(_errors(scores, training_data), predictions)


def _errors_of(predictions: np.ndarray, training_data: TrainingData) -> np.ndarray:
    """Return the error of each prediction (n, ...) for the validation rows."""
    targets = np.asarray(training_data.val.targets)[: len(predictions)]
    if training_data.num_classes == 1:
        return _errors((predictions - targets) ** 2, training_data)
    is_binary = predictions.ndim == 1  # these are probabilities of class 1
    classes = predictions > 0.5 if is_binary else predictions.argmax(axis=1)
    return _errors((classes == targets).astype(np.float32), training_data)


def _errors(scores: np.ndarray, training_data: TrainingData) -> np.ndarray:
    """Return the error of each validation row (n,).

    For regression, the errors are squared. For classification, the error is 1 if the
    predicted class is wrong, otherwise 0. If the metric for selection is balanced,
    errors are weighted so that their mean is the balanced error.
    """
    if training_data.num_classes == 1:
        return scores
    targets = np.asarray(training_data.val.targets)[: len(scores)]
    weights = training_data.inverse_shares[targets] if training_data.balanced else 1
    return (1 - scores) * weights

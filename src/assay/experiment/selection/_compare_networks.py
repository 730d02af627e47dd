"""Compares the best settings of different kinds of network."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay import spec
from assay.data import NUM_FOLDS, Preparation
from assay.experiment.prepare._positions import at_columns_of
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._rows import PreparedRows, prepare_rows
from assay.experiment.selection._selection import Setting
from assay.experiment.selection._time_budget import NUM_FINALISTS, few_val_rows
from assay.training import Checkpoints, Fitted
from assay.tuning import Candidate, Search, Trial, ranked

__all__ = ["Finalist", "compare_networks", "next_best"]


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
"""A finalist and its errors on the val rows."""


def compare_networks(
    searches: Sequence[Search],
    prepared: PreparedData,
    *,
    by_folds: bool,
    checkpoints: Checkpoints,
) -> tuple[Finalist, list[str]]:
    """Return the finalist with the lowest error, and notes on the choice.

    If the errors are equal, the simpler network is selected. If val is small, the best
    settings of each kind are compared by cross-validation on train + val, because with
    few rows, the best of many settings is mostly determined by chance.
    """
    count = NUM_FINALISTS if by_folds else 1
    kinds = [_finalists(done, count) for done in searches]
    if sum(map(len, kinds)) == 1:
        return kinds[0][0], []
    parts, where, notes = [prepared.tuning], "on val", list[str]()
    if by_folds:
        parts = [prepare_rows(fold) for fold in prepared.data.folds()]
        where = f"in {NUM_FOLDS}-fold cross-validation on train + val"
    elif few_val_rows(prepared):
        notes.append(
            "too little time for cross-validation; the best setting on val was selected"
        )
    seed = prepared.data.experiment.seed
    tuning = prepared.tuning.preparation
    trainings = _Trainings(parts, tuning, seed, checkpoints, on_tuning=not by_folds)
    best, *richer = (trainings.best_of(finalists) for finalists in kinds)
    for rich in richer:
        better = _is_better(best[1], rich[1])
        notes.append(_note(best, rich, better=better, where=where))
        best = rich if better else best
    return best[0], notes


def next_best(best: Finalist, done: Search) -> tuple[Setting, ...]:
    """Return the next best settings on val, which some of the members use.

    Args:
        best: the selected setting.
        done: search over the settings of its kind.
    """
    count = best.candidate.num_settings
    finalists = _finalists(done, count)
    others = [f for f in finalists if f.trial.number != best.trial.number]
    return tuple(Setting(f.trial, f.training) for f in others[: count - 1])


def _finalists(done: Search, count: int) -> list[Finalist]:
    order = ranked(done.trials, maximize=done.maximize)[:count]
    training = done.candidate.training
    fitted = [done.fitted, *[None] * (count - 1)]
    return [
        Finalist(done.candidate, trial, training.with_values(trial.values), learned)
        for trial, learned in zip(order, fitted, strict=False)
    ]


@dataclass(frozen=True, eq=False)
class _Trainings:
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
        """Return the finalist with the smallest mean error on all val rows.

        Finalists that diverged on any split are ranked last.
        """
        errors = self._errors_on_all(finalists)
        means = [np.nan_to_num(rows.mean(), nan=np.inf) for rows in errors]
        place = int(np.argmin(means))
        return finalists[place], errors[place]

    def _errors_on_all(self, finalists: Sequence[Finalist]) -> list[np.ndarray]:
        """Return the errors of each finalist on the val rows of all splits."""
        count = len(self.parts)
        jobs = [(finalist, part) for finalist in finalists for part in range(count)]
        # Threads are enough, because compiled programs release the interpreter lock.
        # Several parts exist only if val is small.
        workers = self.checkpoints.workers
        threads = workers.count if count > 1 or workers.remote else 1
        errors = self.checkpoints.in_threads(self._errors, jobs, threads=threads)
        starts = range(0, len(errors), count)
        return [np.concatenate(errors[start : start + count]) for start in starts]

    def _errors(self, job: tuple[Finalist, int]) -> np.ndarray:
        """Train a setting for as many updates as its trial; return the error per row.

        A setting that the search has already trained on the same rows is not trained
        again.

        For regression, the errors are squared. For classification, the error is 1 if
        the predicted class is wrong, otherwise 0. If the deciding metric is balanced,
        errors are weighted so that their mean is the balanced error.
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


def _is_better(simple: np.ndarray, rich: np.ndarray) -> bool:
    """Return whether the mean error of the more complex network is lower.

    A network with non-finite errors has diverged and is considered worse.
    """
    means = [np.nan_to_num(rows.mean(), nan=np.inf) for rows in (simple, rich)]
    return bool(means[1] < means[0])


def _note(simple: Compared, rich: Compared, *, better: bool, where: str) -> str:
    """Return a note on the selected network and the difference between the errors."""
    (selected, errors), (other, others) = (rich, simple) if better else (simple, rich)
    if not np.isfinite(others).all():
        return f"{other.kind} diverged, so {selected.kind} is selected"
    difference = np.float64(others) - np.float64(errors)
    if not difference.mean():
        return (
            f"{other.kind} and {selected.kind} have the same error {where}, so the "
            f"simpler {selected.kind} is selected"
        )
    error = difference.std(ddof=1) / math.sqrt(difference.size)
    return (
        f"{selected.kind} is selected because its error {where} is "
        f"{errors.mean():.4g}, compared with {others.mean():.4g} for {other.kind} "
        f"(difference {difference.mean():.2g}, standard error {error:.2g})"
    )

"""Tries a remedy, and decides whether the improvement exceeds noise.

Networks are trained with the unchanged settings and with the settings changed by the
remedy, using the same seeds, and compared on the validation set. The remedy counts as
better if

- the changed settings are better on average by at least 3 points of accuracy or 10% of
  the error,
- the paired differences cannot be explained by chance (a sign-flip test, p < 0.05), and
- the changed settings are better on average than the best unchanged fit, because simply
  trying more seeds with the unchanged settings would find that fit at the same cost.

Five seeds cannot show an improvement if one of the differences is 0 or slightly
negative. If only the second condition is not met and p is at most 0.2, five more seeds
are used for both settings, and the test is repeated with a lower limit, p < 0.02.
"""

import itertools
import math
from dataclasses import dataclass, field, replace

import numpy as np

from assay.doctor._diagnose import Diagnosis, diagnose
from assay.doctor._examine import examine
from assay.doctor._patient import Patient
from assay.doctor._references import References
from assay.doctor._remedy import Remedy
from assay.training import Checkpoints, Fit

__all__ = ["Attempt", "Runner", "Trained", "least_gain"]

_NUM_SEEDS = 5  # enough for a sign-flip test to reach p = 1/32
_MOST_P, _MOST_P_LATER = 0.05, 0.02  # for 5 and for 10 seeds
_OPEN_P = 0.2  # above this p-value, more seeds are unlikely to show an improvement
_MATERIAL_POINTS, _MATERIAL_SHARE = 0.03, 0.1


@dataclass(eq=False)
class Trained:
    """The fits of a patient, one per seed, and their validation errors."""

    patient: Patient
    fits: tuple[Fit, ...] = ()
    errors: np.ndarray = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, eq=False)
class Attempt:
    """A remedy that was tried, and its outcome.

    Args:
        code: code of the symptom that the remedy is meant to correct.
        remedy: the remedy that was tried.
        patient: the changed settings.
        before: (seeds,), validation errors without the remedy.
        after: (seeds,), validation errors with the remedy.
        p_value: probability of such differences if the remedy has no effect.
        better: whether the improvement exceeds noise.
        trained: fits with the remedy, possibly with additional seeds.
        faults: the remaining problems of the worst fit that has any.
        behind: whether most fits are still worse than a simple model.
    """

    code: str
    remedy: Remedy
    patient: Patient
    before: np.ndarray
    after: np.ndarray
    p_value: float
    better: bool
    trained: Trained = field(repr=False)
    faults: tuple[Diagnosis, ...]
    behind: bool

    @property
    def fit(self) -> Fit:
        """The fit with the first seed."""
        return self.trained.fits[0]

    @property
    def error(self) -> float:
        """Mean validation error with the remedy."""
        return float(self.after.mean())

    @property
    def left(self) -> set[str]:
        """Codes of the remaining problems."""
        return {fault.symptom.code for fault in self.faults}

    def after_another(self, first: "Attempt") -> "Attempt":
        """Return an attempt that treats the first symptom with both remedies."""
        return replace(self, code=first.code, remedy=first.remedy.then(self.remedy))


class Runner:
    """Runs fits with several seeds, and evaluates and examines them."""

    def __init__(
        self,
        checkpoints: Checkpoints,
        seed: int,
        name: str,
        *,
        references: References | None,
    ) -> None:
        self.num_fits = self.num_tried = 0
        self.useless: set[tuple[str, str]] = set()  # (symptom code, remedy name)
        self._references = references
        self._name = name
        self._checkpoints = checkpoints
        self._seed = seed

    def train(self, patient: Patient) -> Trained:
        """Run one fit for each of the first seeds."""
        trained = Trained(patient)
        self._train_until(trained, _NUM_SEEDS)
        return trained

    def _train_until(self, trained: Trained, num_seeds: int) -> None:
        """Train with more seeds until there are `num_seeds` fits."""
        first = len(trained.fits)
        seeds = range(self._seed + first, self._seed + num_seeds)
        fits = [trained.patient.fit(seed) for seed in seeds]
        names = (f"{self._name}-{self.num_fits + n}" for n in range(1, len(fits) + 1))
        waiting = [*map(self._checkpoints.unsaved, names, fits)]
        with self._checkpoints.stopping():
            done = tuple(fit.run() for fit in waiting)
        self.num_fits += len(done)
        errors = [_error_on_val(trained.patient, fit) for fit in done]
        trained.fits += done
        trained.errors = np.concatenate([trained.errors, errors])

    def attempt(
        self, code: str, remedy: Remedy, patient: Patient, before: Trained
    ) -> Attempt:
        """Train with changed settings, and compare the errors with the earlier ones."""
        self.num_tried += 1
        after = self.train(patient)
        count, most_p = _NUM_SEEDS, _MOST_P
        chance, material = self._compared(before, after, count)
        if material and most_p <= chance <= _OPEN_P:
            count, most_p = 2 * _NUM_SEEDS, _MOST_P_LATER
            for each in (before, after):
                self._train_until(each, count)
            chance, material = self._compared(before, after, count)
        errors = after.errors[:count]
        if errors.mean() >= before.errors[:count].mean():
            self.useless.add((code, remedy.name))
        faults, behind = self._examined(after)
        return Attempt(
            code,
            remedy,
            patient,
            before.errors[:count],
            errors,
            chance,
            better=chance < most_p and material,
            trained=after,
            faults=faults,
            behind=behind,
        )

    @staticmethod
    def _compared(before: Trained, after: Trained, count: int) -> tuple[float, bool]:
        """Return the p-value for `count` seeds, and whether the gain matters."""
        pair = before.errors[:count], after.errors[:count]
        return _p_value(pair[0] - pair[1]), _is_material(before.patient, *pair)

    def _examined(self, trained: Trained) -> tuple[tuple[Diagnosis, ...], bool]:
        """Return the problems of the worst fit, and the value of `Attempt.behind`."""
        worst_first = [trained.fits[number] for number in np.argsort(-trained.errors)]
        seen = [examine(trained.patient, f, self._references) for f in worst_first]
        found = ([d for d in diagnose(each) if d.serious] for each in seen)
        faults = tuple(next(filter(None, found), ()))
        behind = sum(each.is_behind or each.falls_short for each in seen)
        return faults, 2 * behind > len(seen)


def _error_on_val(patient: Patient, fit: Fit) -> float:
    """Return 1 - accuracy, or the RMSE, on the validation set."""
    val, classes = patient.data.val.leading, patient.data.num_classes > 1
    if fit.diverged_at is not None:
        return 1.0 if classes else _error_of_mean(patient)
    scores = fit.program.scores(fit.result().model, fit.hyperparameters, val)
    if not classes:
        error = math.sqrt(float(scores.mean())) * patient.target_scale
        # The squares of large outputs may overflow.
        return error if math.isfinite(error) else _error_of_mean(patient)
    targets = np.asarray(val.targets)[: len(scores)]
    if not patient.data.balanced:
        return 1 - float(scores.mean())
    each = [scores[targets == label].mean() for label in np.unique(targets)]
    return 1 - float(np.mean(each))


def _error_of_mean(patient: Patient) -> float:
    """Return the RMSE of predicting the mean of the targets."""
    return float(patient.targets.std()) * patient.target_scale


def _is_material(patient: Patient, before: np.ndarray, after: np.ndarray) -> bool:
    """Return whether the mean error fell enough and is below the lowest earlier error.

    Args:
        patient: the settings and the data.
        before: (seeds,), validation errors with the unchanged settings.
        after: (seeds,), validation errors with the changed settings.
    """
    gain = float(before.mean() - after.mean())
    least = least_gain(patient, before)
    return gain >= least and after.mean() < before.min()


def least_gain(patient: Patient, before: np.ndarray) -> float:
    """Return the smallest improvement in the mean error that matters."""
    if patient.data.num_classes > 1:
        return _MATERIAL_POINTS
    return _MATERIAL_SHARE * float(before.mean())


def _p_value(differences: np.ndarray) -> float:
    """Return the one-sided p-value of a sign-flip test on paired differences."""
    signs = np.array([*itertools.product((1, -1), repeat=len(differences))])
    means = signs @ differences
    return float((means >= differences.sum() - 1e-12).mean())

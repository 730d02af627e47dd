"""Tries remedies, and keeps one only if the improvement exceeds noise.

A remedy is trained with several seeds and compared on val with the unchanged settings,
trained with the same seeds. It is kept if

- it is better on average by at least 3 points of accuracy or 10 % of the error,
- the differences between the pairs are not explained by chance (a sign-flip test with
  p < 0.05), and
- it is better on average than the best of the unchanged fits, because training again
  with other seeds would find the latter at the same cost.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from assay._errors import InputError
from assay.doctor._diagnose import Diagnosis, diagnose
from assay.doctor._examine import examine
from assay.doctor._patient import Patient
from assay.doctor._references import References
from assay.doctor._remedy import REMEDIES, Remedy
from assay.training import Checkpoints, Fit

__all__ = ["Attempt", "Treatment", "treat"]


_NUM_SEEDS = 5  # so that a sign-flip test can reach p = 1/32
_MOST_P = 0.05
_MATERIAL_POINTS, _MATERIAL_SHARE = 0.03, 0.1
_MOST_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Attempt:
    """A remedy that was tried, and its outcome.

    Args:
        code: code of the symptom to remedy.
        remedy: the remedy.
        patient: the changed settings.
        before: (seeds,), errors on val without the remedy.
        after: (seeds,), errors on val with it.
        p_value: probability of such differences by chance.
        better: whether the improvement exceeds noise.
        fit: the fit with the first seed.
    """

    code: str
    remedy: Remedy
    patient: Patient
    before: np.ndarray
    after: np.ndarray
    p_value: float
    better: bool
    fit: Fit = field(repr=False)


@dataclass(frozen=True, eq=False)
class Treatment:
    """The remedies that were tried, and the resulting settings.

    Args:
        patient: the corrected settings, or the given ones if no remedy was applied.
        attempts: all remedies that were tried, in order.
        applied: the best remedy of each round, in order.
        num_fits: number of fits that were trained.
    """

    patient: Patient
    attempts: tuple[Attempt, ...]
    applied: tuple[Attempt, ...]
    num_fits: int


def treat(
    patient: Patient,
    diagnoses: Sequence[Diagnosis],
    *,
    seed: int,
    references: References | None = None,
    checkpoints: Checkpoints | None = None,
    name: str = "remedy",
) -> Treatment:
    """Try the remedies for the diagnoses, most likely cause first.

    After a remedy has helped, the corrected training is examined again, because it may
    have a second fault.

    Args:
        patient: the settings and the data.
        diagnoses: the diagnoses returned by `diagnose`.
        seed: seed of the first fit; the other fits use the next numbers.
        references: simple models of the same rows.
        checkpoints: the running fits of a run, which Ctrl-C stops.
        name: prefix of the names of the fits within the run.
    """
    seeds = [seed + number for number in range(_NUM_SEEDS)]
    runner = _Runner(checkpoints or Checkpoints(), seeds, name)
    attempts: list[Attempt] = []
    applied: list[Attempt] = []
    before: np.ndarray | None = None
    for _ in range(_MOST_ROUNDS):
        serious = [d for d in diagnoses if d.serious]
        if not any(d.symptom.remedies for d in serious):
            break
        if before is None:
            before, _ = runner.errors(patient)
        tried, best = _one_round(
            patient, serious, before, runner=runner, references=references
        )
        attempts += tried
        if best is None:
            break
        applied.append(best)
        patient, before = best.patient, best.after
        diagnoses = diagnose(examine(patient, best.fit, references))
    return Treatment(patient, tuple(attempts), tuple(applied), runner.num_fits)


def _one_round(
    patient: Patient,
    diagnoses: Sequence[Diagnosis],
    before: np.ndarray,
    *,
    runner: "_Runner",
    references: References | None,
) -> tuple[list[Attempt], Attempt | None]:
    """Try the remedies of each cause in turn until one helps."""
    tried: list[Attempt] = []
    for diagnosis in diagnoses:
        own: list[Attempt] = []
        for remedy, changed in _changes(patient, diagnosis):
            after, fit = runner.errors(changed)
            p_value = _p_value(before - after)
            better = p_value < _MOST_P and _is_material(patient, before, after)
            code = diagnosis.symptom.code
            own.append(
                Attempt(code, remedy, changed, before, after, p_value, better, fit)
            )
            if better and _is_healthy(changed, fit, references):
                break
        tried += own
        helpful = [attempt for attempt in own if attempt.better]
        if helpful:
            return tried, min(helpful, key=lambda attempt: attempt.after.mean())
    return tried, None


def _is_healthy(patient: Patient, fit: Fit, references: References | None) -> bool:
    found = diagnose(examine(patient, fit, references))
    return not any(diagnosis.serious for diagnosis in found)


def _changes(
    patient: Patient, diagnosis: Diagnosis
) -> Iterator[tuple[Remedy, Patient]]:
    """Yield the remedies of a symptom that apply to these settings."""
    for name in diagnosis.symptom.remedies:
        try:
            changed = REMEDIES[name].apply(patient)
            if changed is not None:
                changed.data.program(changed.training)  # raises if it cannot be built
        except InputError:  # such as another layer before codes or a custom network
            continue
        if changed is not None:
            yield REMEDIES[name], changed


class _Runner:
    """Runs fits with several seeds, and returns their errors on val."""

    def __init__(
        self, checkpoints: Checkpoints, seeds: Sequence[int], name: str
    ) -> None:
        self.num_fits = 0
        self._name = name
        self._checkpoints = checkpoints
        self._seeds = seeds

    def errors(self, patient: Patient) -> tuple[np.ndarray, Fit]:
        """Return the errors (seeds,) and the first fit."""
        fits = [patient.fit(seed) for seed in self._seeds]
        first = self.num_fits + 1
        names = (f"{self._name}-{first + number}" for number in range(len(fits)))
        waiting = [*map(self._checkpoints.unsaved, names, fits)]
        with self._checkpoints.stopping():
            done = [fit.run() for fit in waiting]
        self.num_fits += len(done)
        return np.array([_error(patient, fit) for fit in done]), done[0]


def _error(patient: Patient, fit: Fit) -> float:
    """Return 1 - accuracy, or the RMSE, on val."""
    val, classes = patient.data.val.leading, patient.data.num_classes > 1
    if fit.diverged_at is not None:
        targets = patient.targets
        return 1.0 if classes else float(targets.std()) * patient.target_scale
    scores = fit.program.scores(fit.result().model, fit.hyperparameters, val)
    if not classes:
        return math.sqrt(float(scores.mean())) * patient.target_scale
    targets = np.asarray(val.targets)[: len(scores)]
    if not patient.data.balanced:
        return 1 - float(scores.mean())
    each = [scores[targets == label].mean() for label in np.unique(targets)]
    return 1 - float(np.mean(each))


def _is_material(patient: Patient, before: np.ndarray, after: np.ndarray) -> bool:
    gain = float(before.mean() - after.mean())
    classes = patient.data.num_classes > 1
    least = _MATERIAL_POINTS if classes else _MATERIAL_SHARE * float(before.mean())
    return gain >= least and after.mean() < before.min()


def _p_value(differences: np.ndarray) -> float:
    """Return the one-sided p-value of a sign-flip test of paired differences."""
    signs = np.array([*itertools.product((1, -1), repeat=len(differences))])
    means = signs @ differences
    return float((means >= differences.sum() - 1e-12).mean())

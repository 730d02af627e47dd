"""Tries remedies, and keeps one only if the improvement exceeds noise.

The settings changed by a remedy are trained with several seeds and compared on val with
the unchanged settings, trained with the same seeds. The remedy is kept if

- the changed settings are better on average by at least 3 points of accuracy or 10 % of
  the error,
- the paired differences cannot be explained by chance (a sign-flip test, p < 0.05), and
- the changed settings are better on average than the best unchanged fit, because simply
  training the unchanged settings with more seeds would find that fit at the same cost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from assay._errors import InputError
from assay.doctor._diagnose import Diagnosis, diagnose
from assay.doctor._examine import examine
from assay.doctor._improvement import (
    error_on_val,
    is_material,
    least_gain,
    p_value,
)
from assay.doctor._patient import Patient
from assay.doctor._references import References
from assay.doctor._remedy import REMEDIES, Remedy
from assay.doctor._symptom import SYMPTOMS
from assay.training import Checkpoints, Fit

__all__ = ["Attempt", "Treatment", "treat"]


_NUM_SEEDS = 5  # so that a sign-flip test can reach p = 1/32
_MOST_P = 0.05
_MOST_ROUNDS = 3
_MOST_REMEDIES = 10  # tried over all rounds


@dataclass(frozen=True, eq=False)
class Attempt:
    """A remedy that was tried, and its outcome.

    Args:
        code: code of the symptom to remedy.
        remedy: the remedy.
        patient: the changed settings.
        before: (seeds,), errors on val without the remedy.
        after: (seeds,), errors on val with the remedy.
        p_value: probability of such differences by chance.
        better: whether the improvement exceeds noise.
        fits: (seeds,), the fits with the remedy.
        faults: the remaining faults in the worst fit that has any.
    """

    code: str
    remedy: Remedy
    patient: Patient
    before: np.ndarray
    after: np.ndarray
    p_value: float
    better: bool
    fits: tuple[Fit, ...] = field(repr=False)
    faults: tuple[Diagnosis, ...]

    @property
    def fit(self) -> Fit:
        """The fit with the first seed."""
        return self.fits[0]

    @property
    def error(self) -> float:
        """Mean error on val with the remedy."""
        return float(self.after.mean())

    @property
    def left(self) -> set[str]:
        """Codes of the remaining faults."""
        return {fault.symptom.code for fault in self.faults}

    def after_another(self, first: "Attempt") -> "Attempt":
        """Return an attempt that treats the first symptom with both remedies."""
        return replace(self, code=first.code, remedy=first.remedy.then(self.remedy))


@dataclass(frozen=True, eq=False)
class Treatment:
    """The remedies that were tried, and the resulting settings.

    Args:
        patient: the corrected settings, or the original ones if no remedy was applied.
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

    After a remedy has helped, the corrected fits are examined again, because they may
    have a second fault. If they have none, the same remedy is tried once more. If no
    remedy helps by itself, one is combined with the remedies for a second fault.

    Args:
        patient: the settings and the data.
        diagnoses: the diagnoses returned by `diagnose`.
        seed: seed of the first fit; the other fits use the following seeds.
        references: simple models fitted to the same rows.
        checkpoints: the running fits of a run, so that Ctrl-C can stop them.
        name: prefix of the fits' names within the run.
    """
    seeds = [seed + number for number in range(_NUM_SEEDS)]
    runner = _Runner(checkpoints or Checkpoints(), seeds, name, references=references)
    attempts: list[Attempt] = []
    applied: list[Attempt] = []
    before: np.ndarray | None = None
    faults = tuple(diagnosis for diagnosis in diagnoses if diagnosis.serious)
    while len(applied) < _MOST_ROUNDS:
        if any(fault.symptom.remedies for fault in faults):
            before = runner.errors(patient)[0] if before is None else before
            tried, best = _one_round(patient, faults, before, runner)
        elif applied and not faults:
            tried, best = _one_more(applied[-1], runner)
        else:
            break
        attempts += tried
        if best is None:
            break
        applied.append(best)
        patient, before, faults = best.patient, best.after, best.faults
    return Treatment(patient, tuple(attempts), tuple(applied), runner.num_fits)


def _one_round(
    patient: Patient, faults: Sequence[Diagnosis], before: np.ndarray, runner: "_Runner"
) -> tuple[list[Attempt], Attempt | None]:
    """Try the remedies one by one, then one combined with those for a second fault."""
    tried, best = _one_by_one(patient, faults, before, runner)
    if best is not None:
        return tried, best
    combined, best = _combined(tried, before, runner)
    return tried + combined, best


def _one_by_one(
    patient: Patient, faults: Sequence[Diagnosis], before: np.ndarray, runner: "_Runner"
) -> tuple[list[Attempt], Attempt | None]:
    """Try the remedies of each cause in turn until one helps."""
    tried: list[Attempt] = []
    for fault in faults:
        own: list[Attempt] = []
        for remedy, changed in _changes(patient, fault.symptom.remedies):
            code = fault.symptom.code
            if runner.num_tried == _MOST_REMEDIES:
                break
            if (code, remedy.name) in runner.useless:
                continue
            own.append(runner.attempt(code, remedy, changed, before))
            if own[-1].better and not own[-1].faults:
                break
        tried += own
        helpful = [attempt for attempt in own if attempt.better]
        if helpful:
            known = {c for f in faults for c in (f.symptom.code, *f.consequences)}
            # a remedy that causes a new fault is only a last resort
            return tried, min(helpful, key=lambda a: (bool(a.left - known), a.error))
    return tried, None


def _one_more(last: Attempt, runner: "_Runner") -> tuple[list[Attempt], Attempt | None]:
    """Try again the remedy that helped, or one listed before it.

    Many remedies change a setting by a fixed factor, so a second change may help too.
    """
    names = SYMPTOMS[last.code].remedies
    enough = last.error < least_gain(last.patient, last.after)
    if enough or runner.num_tried == _MOST_REMEDIES or last.remedy.name not in names:
        return [], None
    until = names.index(last.remedy.name) + 1
    for remedy, changed in _changes(last.patient, names[:until]):
        more = runner.attempt(last.code, remedy, changed, last.after)
        return [more], more if more.better else None
    return [], None


def _combined(
    tried: Sequence[Attempt], before: np.ndarray, runner: "_Runner"
) -> tuple[list[Attempt], Attempt | None]:
    """Combine a remedy that did not help by itself with those for a second fault.

    A second fault can hide the effect of the remedy. In that case, the remedy's own
    symptom is gone, but another one is left.
    """
    gone = [a for a in tried if a.faults and a.code not in a.left]
    if not gone:
        return [], None
    first = min(gone, key=lambda attempt: attempt.error)
    tried, best = _one_by_one(first.patient, first.faults, before, runner)
    both = {each: each.after_another(first) for each in tried}
    return [*both.values()], None if best is None else both[best]


def _changes(
    patient: Patient, names: Sequence[str]
) -> Iterator[tuple[Remedy, Patient]]:
    """Yield each named remedy that applies to the settings, with the changed ones."""
    for name in names:
        try:
            changed = REMEDIES[name].apply(patient)
            if changed is not None:
                changed.data.program(changed.training)  # raises if it cannot be built
        except InputError:  # for example, a layer cannot be added to a custom network
            continue
        if changed is not None:
            yield REMEDIES[name], changed


class _Runner:
    """Runs fits with several seeds, evaluates them on val and examines them."""

    def __init__(
        self,
        checkpoints: Checkpoints,
        seeds: Sequence[int],
        name: str,
        *,
        references: References | None,
    ) -> None:
        self.num_fits = self.num_tried = 0
        self.useless: set[tuple[str, str]] = set()  # (symptom code, remedy name)
        self._references = references
        self._name = name
        self._checkpoints = checkpoints
        self._seeds = seeds

    def errors(self, patient: Patient) -> tuple[np.ndarray, tuple[Fit, ...]]:
        """Train with every seed; return the errors on val, (seeds,), and the fits."""
        fits = [patient.fit(seed) for seed in self._seeds]
        first = self.num_fits + 1
        names = (f"{self._name}-{first + number}" for number in range(len(fits)))
        waiting = [*map(self._checkpoints.unsaved, names, fits)]
        with self._checkpoints.stopping():
            done = tuple(fit.run() for fit in waiting)
        self.num_fits += len(done)
        return np.array([error_on_val(patient, fit) for fit in done]), done

    def attempt(
        self, code: str, remedy: Remedy, patient: Patient, before: np.ndarray
    ) -> Attempt:
        """Train changed settings, and compare them with the errors before, (seeds,)."""
        self.num_tried += 1
        after, fits = self.errors(patient)
        chance = p_value(before - after)
        if after.mean() >= before.mean():
            self.useless.add((code, remedy.name))
        return Attempt(
            code,
            remedy,
            patient,
            before,
            after,
            chance,
            better=chance < _MOST_P and is_material(patient, before, after),
            fits=fits,
            faults=self._faults(patient, [fits[n] for n in np.argsort(-after)]),
        )

    def _faults(self, patient: Patient, fits: Sequence[Fit]) -> tuple[Diagnosis, ...]:
        """Return the faults of the first fit that has any."""
        for fit in fits:
            found = diagnose(examine(patient, fit, self._references))
            serious = tuple(diagnosis for diagnosis in found if diagnosis.serious)
            if serious:
                return serious
        return ()

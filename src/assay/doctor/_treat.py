"""Tries remedies, and keeps one only if the improvement exceeds noise.

The settings changed by a remedy are trained with several seeds and compared on val with
the unchanged settings, trained with the same seeds. The remedy is kept if

- the changed settings are better on average by at least 3 points of accuracy or 10 % of
  the error,
- the paired differences cannot be explained by chance (a sign-flip test, p < 0.05), and
- the changed settings are better on average than the best unchanged fit, because simply
  training the unchanged settings with more seeds would find that fit at the same cost.

Five seeds cannot show an improvement if one of the differences is 0 or slightly
negative. If only chance is in question, both settings are trained with five more seeds,
and the test is repeated with a lower limit, p < 0.02.
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
_MOST_P, _MOST_P_LATER = 0.05, 0.02  # with 5 and with 10 seeds
_OPEN_P = 0.2  # above it, more seeds are unlikely to show an improvement
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
        trained: the fits with the remedy.
        faults: the remaining faults in the worst fit that has any.
        falls_short: whether most fits are still clearly worse than a simple model.
    """

    code: str
    remedy: Remedy
    patient: Patient
    before: np.ndarray
    after: np.ndarray
    p_value: float
    better: bool
    trained: "_Trained" = field(repr=False)
    faults: tuple[Diagnosis, ...]
    falls_short: bool

    @property
    def fit(self) -> Fit:
        """The fit with the first seed."""
        return self.trained.fits[0]

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
    runner = _Runner(checkpoints or Checkpoints(), seed, name, references=references)
    attempts: list[Attempt] = []
    applied: list[Attempt] = []
    before: _Trained | None = None
    faults = tuple(diagnosis for diagnosis in diagnoses if diagnosis.serious)
    while len(applied) < _MOST_ROUNDS:
        if any(fault.symptom.remedies for fault in faults):
            before = before or runner.train(patient)
            tried, best = _one_round(patient, faults, before, runner)
        elif applied and not faults:
            tried, best = _one_more(applied[-1], runner)
        else:
            break
        attempts += tried
        if best is None:
            break
        applied.append(best)
        patient, before, faults = best.patient, best.trained, best.faults
    return Treatment(patient, tuple(attempts), tuple(applied), runner.num_fits)


def _one_round(
    patient: Patient, faults: Sequence[Diagnosis], before: "_Trained", runner: "_Runner"
) -> tuple[list[Attempt], Attempt | None]:
    """Try the remedies one by one, then one combined with those for a second fault."""
    tried, best = _one_by_one(patient, faults, before, runner)
    if best is not None:
        return tried, best
    combined, best = _combined(tried, before, runner)
    return tried + combined, best


def _one_by_one(
    patient: Patient, faults: Sequence[Diagnosis], before: "_Trained", runner: "_Runner"
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
            if own[-1].better and not own[-1].faults and not own[-1].falls_short:
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
        more = runner.attempt(last.code, remedy, changed, last.trained)
        return [more], more if more.better else None
    return [], None


def _combined(
    tried: Sequence[Attempt], before: "_Trained", runner: "_Runner"
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


@dataclass(eq=False)
class _Trained:
    """The fits of a patient with the first seeds, and their errors on val."""

    patient: Patient
    fits: tuple[Fit, ...] = ()
    errors: np.ndarray = field(default_factory=lambda: np.zeros(0))


class _Runner:
    """Runs fits with several seeds, evaluates them on val and examines them."""

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

    def train(self, patient: Patient) -> _Trained:
        """Train with the first seeds."""
        trained = _Trained(patient)
        self._train_until(trained, _NUM_SEEDS)
        return trained

    def _train_until(self, trained: _Trained, num_seeds: int) -> None:
        """Train with further seeds, up to a number of seeds."""
        first = len(trained.fits)
        seeds = range(self._seed + first, self._seed + num_seeds)
        fits = [trained.patient.fit(seed) for seed in seeds]
        names = (f"{self._name}-{self.num_fits + n}" for n in range(1, len(fits) + 1))
        waiting = [*map(self._checkpoints.unsaved, names, fits)]
        with self._checkpoints.stopping():
            done = tuple(fit.run() for fit in waiting)
        self.num_fits += len(done)
        errors = [error_on_val(trained.patient, fit) for fit in done]
        trained.fits += done
        trained.errors = np.concatenate([trained.errors, errors])

    def attempt(
        self, code: str, remedy: Remedy, patient: Patient, before: _Trained
    ) -> Attempt:
        """Train changed settings, and compare them with the unchanged ones."""
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
        faults, falls_short = self._examined(after)
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
            falls_short=falls_short,
        )

    @staticmethod
    def _compared(before: _Trained, after: _Trained, count: int) -> tuple[float, bool]:
        """Return the p-value with the first seeds, and whether the gain matters."""
        pair = before.errors[:count], after.errors[:count]
        return p_value(pair[0] - pair[1]), is_material(before.patient, *pair)

    def _examined(self, trained: _Trained) -> tuple[tuple[Diagnosis, ...], bool]:
        """Return the faults of the worst fit that has any, and if most fall short."""
        worst_first = [trained.fits[number] for number in np.argsort(-trained.errors)]
        seen = [examine(trained.patient, f, self._references) for f in worst_first]
        found = ([d for d in diagnose(each) if d.serious] for each in seen)
        faults = tuple(next(filter(None, found), ()))
        return faults, 2 * sum(each.falls_short for each in seen) > len(seen)

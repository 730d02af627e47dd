"""Corrects problems in training by trying remedies one after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from assay._errors import InputError
from assay.doctor._attempt import Attempt, Runner, Trained, least_gain
from assay.doctor._diagnose import Diagnosis
from assay.doctor._patient import Patient
from assay.doctor._references import References
from assay.doctor._remedy import REMEDIES, Remedy
from assay.doctor._symptom import SYMPTOMS
from assay.training import Checkpoints

__all__ = ["Attempt", "Treatment", "treat"]

_UNDERFITTING = "underfitting"
_MOST_ROUNDS = 3
_MOST_REMEDIES = 10  # maximum number in all rounds together


@dataclass(frozen=True, eq=False)
class Treatment:
    """The remedies that were tried, and the resulting settings.

    Args:
        patient: the corrected settings, or the original ones if no remedy was applied.
        attempts: all remedies that were tried, in order.
        applied: the best remedy of each round, in order.
        num_fits: number of fits that were run.
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
    have a second problem. If they do not, the same remedy is tried once more, followed
    by the remedies for underfitting if a simple model is still better. If no remedy
    helps by itself, one is combined with the remedies for a second problem.

    Args:
        patient: the settings and the data.
        diagnoses: the diagnoses returned by `diagnose`.
        seed: seed of the first fit; the other fits use the following seeds.
        references: simple models fitted to the training rows.
        checkpoints: checkpoints of the running fits, used to stop them on Ctrl-C.
        name: prefix of the fits' names within the run.
    """
    runner = Runner(checkpoints or Checkpoints(), seed, name, references=references)
    attempts: list[Attempt] = []
    applied: list[Attempt] = []
    before: Trained | None = None
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
    patient: Patient, faults: Sequence[Diagnosis], before: Trained, runner: Runner
) -> tuple[list[Attempt], Attempt | None]:
    """Try the remedies one by one, then combinations for a second problem."""
    tried, best = _one_by_one(patient, faults, before, runner)
    if best is not None:
        return tried, best
    combined, best = _combined(tried, before, runner)
    return tried + combined, best


def _one_by_one(
    patient: Patient, faults: Sequence[Diagnosis], before: Trained, runner: Runner
) -> tuple[list[Attempt], Attempt | None]:
    """Try the remedies for each cause, one after another, until one helps."""
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
            if own[-1].better and not own[-1].faults and not own[-1].behind:
                break
        tried += own
        helpful = [attempt for attempt in own if attempt.better]
        if helpful:
            known = {c for f in faults for c in (f.symptom.code, *f.consequences)}
            # prefer remedies that do not cause a new problem
            return tried, min(helpful, key=lambda a: (bool(a.left - known), a.error))
    return tried, None


def _one_more(last: Attempt, runner: Runner) -> tuple[list[Attempt], Attempt | None]:
    """Try the helpful remedy again, then those for underfitting if necessary."""
    tried: list[Attempt] = []
    if last.error < least_gain(last.patient, last.after):
        return tried, None
    for code, remedy, changed in _further(last):
        if runner.num_tried == _MOST_REMEDIES:
            break
        tried.append(runner.attempt(code, remedy, changed, last.trained))
        if tried[-1].better:
            return tried, tried[-1]
    return tried, None


def _further(last: Attempt) -> Iterator[tuple[str, Remedy, Patient]]:
    """Yield more remedies after one that helped, each with the code of its symptom.

    Many remedies change a setting by a fixed factor, so the same remedy, or one listed
    before it, may help again. If a simple model is still better, the network underfits.
    """
    names = SYMPTOMS[last.code].remedies
    until = names.index(last.remedy.name) + 1 if last.remedy.name in names else 0
    for remedy, changed in islice(_changes(last.patient, names[:until]), 1):
        yield last.code, remedy, changed
    if last.behind and last.code != _UNDERFITTING:
        for remedy, changed in _changes(last.patient, SYMPTOMS[_UNDERFITTING].remedies):
            yield _UNDERFITTING, remedy, changed


def _combined(
    tried: Sequence[Attempt], before: Trained, runner: Runner
) -> tuple[list[Attempt], Attempt | None]:
    """Combine a remedy that did not help by itself with those for a second problem.

    A second problem can hide the effect of a remedy. In that case, the symptom that the
    remedy corrects is gone, but another symptom remains.
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
    """Yield each named remedy that is applicable, with the changed settings."""
    for name in names:
        try:
            changed = REMEDIES[name].apply(patient)
            if changed is not None:
                changed.data.program(changed.training)  # raises an error if invalid
        except InputError:  # for example, a layer cannot be added to a custom network
            continue
        if changed is not None:
            yield REMEDIES[name], changed

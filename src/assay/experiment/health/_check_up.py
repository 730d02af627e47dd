"""Examines the training before the test set is opened."""

from dataclasses import replace

from assay import spec
from assay._errors import RunError
from assay.doctor import (
    REMEDIES,
    Diagnosis,
    Evidence,
    Patient,
    diagnose,
    examine,
    fit_references,
)
from assay.experiment._refit import Refitted
from assay.experiment.prepare._prepare import PreparedData
from assay.records import Finding

__all__ = ["check_up", "finding_of", "patient_of"]

_LEARNED = 0.1  # a lower training skill means that nothing was learned
_FEW_EPOCHS, _FEW_UPDATES = 10, 1000  # shorter training may be intentional
_POSSIBLE = 0.3  # if a simple model has this skill, learning is possible


def patient_of(prepared: PreparedData, training: spec.Training) -> Patient:
    """Return the patient for a setting and the rows on which it was tuned."""
    rows = prepared.tuning
    return Patient(
        training, rows.training_data, settings_only=True, row_numbers=rows.rows
    )


def check_up(refitted: Refitted) -> list[Finding]:
    """Examine the records of the selected trial and the refit, and return the findings.

    Simple models are fitted for comparison only if there is room for improvement.

    Raises:
        RunError: the training clearly failed, so the test set must stay sealed.
    """
    evidence = _evidence(refitted)
    refitted.fit.release()  # free the rows that were read for the check-up
    diagnoses = diagnose(evidence)
    experiment = refitted.selection.prepared.data.experiment
    if not experiment.open_anyway:
        _check_not_failed(evidence, diagnoses)
    return [finding_of(diagnosis) for diagnosis in diagnoses]


def _evidence(refitted: Refitted) -> Evidence:
    selection = refitted.selection
    patient = patient_of(selection.prepared, selection.training)
    history = selection.histories.get(selection.best.number)
    evidence = examine(patient, refitted.fit, history=history)
    if evidence.solved and not evidence.may_gain:
        return evidence
    return replace(evidence, references=fit_references(patient))


def _check_not_failed(evidence: Evidence, diagnoses: list[Diagnosis]) -> None:
    """Raise a RunError if simple models learned something but the network did not."""
    epochs, updates = len(evidence.train_cost), len(evidence.costs)
    long = epochs >= _FEW_EPOCHS or updates >= _FEW_UPDATES
    learned = evidence.skill >= _LEARNED or evidence.attainable < _POSSIBLE
    hopeless = any(found.symptom.code == "no_signal" for found in diagnoses)
    if learned or hopeless or not long:
        return
    likely = diagnoses[0].finding.message if diagnoses else ""
    skill, possible = max(evidence.skill, 0), evidence.attainable
    raise RunError(
        "The training clearly failed, so the test set stays sealed. On the training "
        f"set, the network's skill is {skill:.2f} (0 is a constant prediction, 1 is "
        f"perfect), while a simple model reaches {possible:.2f}. {likely} Set fix=True "
        "to try remedies, or open_anyway=True to open the test set."
    )


def finding_of(diagnosis: Diagnosis) -> Finding:
    """Return a diagnosis as a finding that recommends the first remedy to try."""
    finding, names = diagnosis.finding, diagnosis.symptom.remedies
    if not names:
        return finding
    remedy = f"{REMEDIES[names[0]].title} Set fix=True to try remedies."
    return replace(finding, remedy=remedy)

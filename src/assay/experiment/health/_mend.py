"""Mends the selected setting before the refit, if remedies prove better."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assay._errors import RunError
from assay.doctor import (
    Attempt,
    Diagnosis,
    Patient,
    Treatment,
    diagnose,
    examine,
    fit_references,
    treat,
)
from assay.experiment._events import Events
from assay.experiment.health._check_up import finding_of, patient_of
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.selection._select import select
from assay.experiment.selection._selection import Selection
from assay.records import Finding
from assay.training import Checkpoints, Fit
from assay.tuning import Candidate, middle

__all__ = ["Healing", "findings_of", "heal", "mend", "select_or_mend"]


@dataclass(frozen=True, eq=False)
class Healing:
    """The diagnoses of a training, and what came of their remedies.

    Args:
        diagnoses: what is wrong, likeliest cause first.
        treatment: the remedies that were tried; None if none were.
    """

    diagnoses: tuple[Diagnosis, ...]
    treatment: Treatment | None


def mend(selection: Selection, events: Events) -> Selection:
    """Return the selection with a mended setting, or unchanged.

    Args:
        selection: the selected setting.
        events: events of the run, which report the remedies.
    """
    experiment = selection.prepared.data.experiment
    if not experiment.fix:
        return selection
    checkpoints = events.recorder.checkpoints() or Checkpoints()
    patient = patient_of(selection)
    with events.stage("doctor", "remedies for the selected setting"):
        healing = heal(patient, seed=experiment.seed, checkpoints=checkpoints, fix=True)
        events.findings(findings_of(healing))
    treatment = healing.treatment
    if treatment is None or not treatment.kept:
        return selection
    fit = _run("mended", treatment.patient, experiment.seed, checkpoints)
    kept = fit.result().iteration
    epoch = max(kept // fit.iterations_per_epoch, 1) - 1
    best = replace(
        selection.best,
        iterations=kept,
        val_score=float(fit.history.epochs["val_score"][epoch]),
        total_iterations=fit.num_iterations,
        num_parameters=fit.program.network.num_parameters,
    )
    notes = [words_of(attempt) for attempt in treatment.kept]
    return replace(
        selection,
        training=treatment.patient.training,
        best=best,
        histories={**selection.histories, best.number: fit.history},
        notes=(*selection.notes, *notes),
    )


def select_or_mend(prepared: PreparedData, events: Events) -> Selection:
    """Select a setting; if all diverge and remedies are asked for, mend the last one.

    Raises:
        RunError: all trials diverged, and no remedy was asked for or helped.
    """
    try:
        return select(prepared, events)
    except RunError:
        experiment, candidate = prepared.data.experiment, prepared.candidates[-1]
        if not experiment.fix:
            raise
        spaces = candidate.training.spaces().items()
        values = {path: middle(space) for path, space in spaces}
        training = candidate.training.with_values(values)
        patient = Patient(training, prepared.tuning.training_data, settings_only=True)
        checkpoints = events.recorder.checkpoints() or Checkpoints()
        healing = heal(patient, seed=experiment.seed, checkpoints=checkpoints, fix=True)
        events.findings(findings_of(healing))
        treatment = healing.treatment
        if treatment is None or not treatment.kept:
            raise
        mended = Candidate(
            f"{candidate.name} mended",
            treatment.patient.training,
            1,
            candidate.members,
        )
        return select(replace(prepared, candidates=(mended,)), events)


def heal(
    patient: Patient, *, seed: int, checkpoints: Checkpoints, fix: bool
) -> Healing:
    """Train once, examine the training, and try remedies.

    Args:
        patient: the settings and the data.
        seed: seed of the run.
        checkpoints: the running fits of the run, which Ctrl-C stops.
        fix: whether to try remedies.
    """
    fit = _run("examined", patient, seed, checkpoints)
    references = fit_references(patient)
    diagnoses = diagnose(examine(patient, fit, references))
    treatment = None
    if fix and any(diagnosis.serious for diagnosis in diagnoses):
        treatment = treat(
            patient,
            diagnoses,
            seed=seed,
            references=references,
            checkpoints=checkpoints,
        )
    return Healing(tuple(diagnoses), treatment)


def findings_of(healing: Healing) -> list[Finding]:
    """Return the diagnoses as findings, with what came of the remedies."""
    findings = [finding_of(diagnosis) for diagnosis in healing.diagnoses]
    treatment = healing.treatment
    if treatment is None or not treatment.attempts:
        return findings
    kept = {id(attempt) for attempt in treatment.kept}
    return [_treated(finding, treatment.attempts, kept) for finding in findings]


def _treated(
    finding: Finding, attempts: tuple[Attempt, ...], kept: set[int]
) -> Finding:
    own = [attempt for attempt in attempts if attempt.code == finding.code]
    if not own:
        return replace(finding, remedy="")
    applied = [words_of(attempt) for attempt in own if id(attempt) in kept]
    tried = ", ".join(repr(attempt.remedy.name) for attempt in own)
    outcome = " ".join(applied) or f"Nothing was changed: {tried} did not help enough."
    numbers: dict[str, Any] = {
        **finding.numbers,
        "remedies": [
            {
                "name": attempt.remedy.name,
                "kept": id(attempt) in kept,
                "error_before": float(np.mean(attempt.before)),
                "error_after": float(np.mean(attempt.after)),
                "p_value": attempt.p_value,
            }
            for attempt in own
        ],
    }
    message = f"{finding.message} {outcome}"
    return replace(finding, message=message, numbers=numbers, remedy="")


def words_of(attempt: Attempt) -> str:
    """Return a sentence on a remedy that was kept."""
    before, after = float(attempt.before.mean()), float(attempt.after.mean())
    return (
        f"{attempt.remedy.title} The mean error on val of {len(attempt.before)} seeds "
        f"fell from {before:.3g} to {after:.3g} (p = {attempt.p_value:.2f})."
    )


def _run(name: str, patient: Patient, seed: int, checkpoints: Checkpoints) -> Fit:
    with checkpoints.stopping():
        return checkpoints.unsaved(name, patient.fit(seed)).run()

"""Corrects the selected setting before the refit if a remedy improves the result."""

from dataclasses import dataclass, replace

from assay import spec
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
from assay.experiment.selection._findings import findings_of_search
from assay.experiment.selection._select import select
from assay.experiment.selection._selection import Selection
from assay.records import Finding
from assay.training import Checkpoints
from assay.tuning import middle

__all__ = ["Healing", "findings_of", "heal", "mend", "select_or_mend"]


@dataclass(frozen=True, eq=False)
class Healing:
    """The diagnoses of a fit and the outcomes of their remedies.

    Args:
        diagnoses: the problems found, most likely cause first.
        treatment: the remedies that were tried, if any.
    """

    diagnoses: tuple[Diagnosis, ...]
    treatment: Treatment | None


def select_or_mend(prepared: PreparedData, events: Events) -> Selection:
    """Select a setting and report findings about the search.

    If all trials diverge and `fix` is set, the last kind of network is corrected.

    Raises:
        RunError: all trials diverged, and remedies were not requested or did not help.
    """
    selection = _selected_or_mended(prepared, events)
    events.findings(findings_of_search(selection))
    return selection


def _selected_or_mended(prepared: PreparedData, events: Events) -> Selection:
    try:
        return select(prepared, events)
    except RunError:
        if not prepared.data.experiment.fix:
            raise
        candidate = prepared.candidates[-1]
        spaces = candidate.training.spaces().items()
        values = {path: middle(space) for path, space in spaces}
        training = candidate.training.with_values(values)
        treatment = _treated_in_run(prepared, training, events, name="rescue")
        if treatment is None:
            raise
        mended = replace(
            candidate,
            name=f"{candidate.name} mended",  # stored as a separate search in the study
            training=treatment.patient.training,
            num_trials=1,
            settings=(),
        )
        return select(replace(prepared, candidates=(mended,)), events)


def mend(selection: Selection, events: Events) -> Selection:
    """Return the selection, including a corrected setting if a remedy helped.

    Args:
        selection: the selected setting.
        events: events of the run, used to report the remedies.
    """
    prepared, training = selection.prepared, selection.training
    if not prepared.data.experiment.fix:
        return selection
    limited = prepared.data.experiment.tune.time_seconds is not None
    beyond = " (not covered by the time limit)" if limited else ""
    with events.stage("doctor", f"remedies for the selected setting{beyond}"):
        treatment = _treated_in_run(prepared, training, events, name="remedy")
    if treatment is None:
        return selection
    fit = treatment.applied[-1].fit  # trained with the run's seed
    iteration = fit.result().iteration
    epoch = max(iteration // fit.iterations_per_epoch, 1) - 1
    best = replace(
        selection.best,
        iterations=iteration,
        val_score=float(fit.history.epochs["val_score"][epoch]),
        total_iterations=fit.num_iterations,
        num_parameters=fit.program.network.num_parameters,
    )
    return replace(
        selection,
        training=treatment.patient.training,
        best=best,
        others=(),  # the next best settings have not been corrected
        histories={**selection.histories, best.number: fit.history},
        notes=(*selection.notes, *map(_words_of, treatment.applied)),
    )


def _treated_in_run(
    prepared: PreparedData, training: spec.Training, events: Events, *, name: str
) -> Treatment | None:
    """Report the diagnoses and remedies. Return None if no remedy was applied."""
    healing = heal(
        patient_of(prepared, training),
        seed=prepared.data.experiment.seed,
        checkpoints=events.recorder.checkpoints() or Checkpoints(),
        fix=True,
        name=name,
    )
    events.findings(findings_of(healing))
    treatment = healing.treatment
    return treatment if treatment is not None and treatment.applied else None


def heal(
    patient: Patient,
    *,
    seed: int,
    checkpoints: Checkpoints,
    fix: bool,
    name: str = "remedy",
) -> Healing:
    """Train once, examine the training, and try remedies.

    Args:
        patient: the settings and the data.
        seed: seed of the run.
        checkpoints: checkpoints of the running fits, used to stop them on Ctrl-C.
        fix: whether to try remedies.
        name: prefix of the fit names within the run.
    """
    with checkpoints.stopping():
        fit = checkpoints.unsaved(f"{name}-0", patient.fit(seed)).run()
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
            name=name,
        )
    return Healing(tuple(diagnoses), treatment)


def findings_of(healing: Healing) -> list[Finding]:
    """Return the diagnoses as findings, with the outcomes of the remedies."""
    findings = [finding_of(diagnosis) for diagnosis in healing.diagnoses]
    treatment = healing.treatment
    if treatment is None or not treatment.attempts:
        return findings
    return [_with_outcome(finding, treatment) for finding in findings]


def _with_outcome(finding: Finding, treatment: Treatment) -> Finding:
    own = [attempt for attempt in treatment.attempts if attempt.code == finding.code]
    if not own:
        return replace(finding, remedy="")
    applied = [_words_of(attempt) for attempt in own if attempt in treatment.applied]
    tried = ", ".join(repr(attempt.remedy.name) for attempt in own)
    outcome = " ".join(applied) or f"Nothing was changed: {tried} did not help enough."
    remedies = [
        {
            "name": attempt.remedy.name,
            "kept": attempt in treatment.applied,
            "error_before": float(attempt.before.mean()),
            "error_after": float(attempt.after.mean()),
            "p_value": attempt.p_value,
        }
        for attempt in own
    ]
    return replace(
        finding,
        message=f"{finding.message} {outcome}",
        numbers={**finding.numbers, "remedies": remedies},
        remedy="",
    )


def _words_of(attempt: Attempt) -> str:
    """Return a sentence about a remedy that was applied."""
    before, after = float(attempt.before.mean()), float(attempt.after.mean())
    return (
        f"{attempt.remedy.title} The mean validation error over {len(attempt.before)} "
        f"seeds fell from {before:.3g} to {after:.3g} (p = {attempt.p_value:.2f})."
    )

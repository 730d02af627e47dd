"""Examines a finished run and tries remedies by training on its data again."""

from dataclasses import dataclass
from typing import Any

from assay import spec
from assay.experiment._run import Run
from assay.experiment.explain._run_data import run_experiment
from assay.experiment.health._check_up import patient_of
from assay.experiment.health._mend import Healing, findings_of, heal
from assay.experiment.prepare._load import load
from assay.experiment.prepare._positions import at_columns_of
from assay.experiment.prepare._prepare import prepare
from assay.experiment.prepare._split import split
from assay.experiment.records._resume_run import check_same_data
from assay.experiment.records._write import write_experiment
from assay.records import Finding
from assay.training import Checkpoints

__all__ = ["MENDED", "Examination", "examine_run"]

MENDED = "mended.toml"
"""Name of the file with corrected settings in a run's folder."""


@dataclass(frozen=True, eq=False)
class Examination:
    """The doctor's findings about a run.

    Args:
        findings: the problems, most likely cause first, with the outcomes of remedies.
        healing: the diagnoses and the remedies that were tried.
        experiment: the experiment with the corrected settings; None if nothing was
            corrected.
    """

    findings: tuple[Finding, ...]
    healing: Healing
    experiment: spec.Experiment | None

    @property
    def serious(self) -> bool:
        """Whether any finding is a problem rather than advice."""
        return any(diagnosis.serious for diagnosis in self.healing.diagnoses)


def examine_run(run: Run, *, fix: bool = False, source: Any = None) -> Examination:
    """Train again with the selected setting of a run, and examine the training.

    The test set is not read. With `fix`, remedies are tried with several seeds on the
    training and validation sets, and settings that improve the result are written to
    `mended.toml`.

    Args:
        run: finished run, or one that stopped before the test.
        fix: whether to try remedies.
        source: the data, if they were passed to the run in Python.

    Raises:
        InputError: the data are missing, or have changed since the run.
    """
    experiment = run_experiment(run.folder, source)
    loaded = load(experiment)
    check_same_data(run.folder, loaded.dataset)
    prepared = prepare(split(loaded))
    # the run may have used more devices than this machine has
    same = {"devices": experiment.devices}
    training = run.model.training.model_copy(update=same)
    fitted = run.model.preparation, prepared.tuning.preparation
    patient = patient_of(prepared, at_columns_of(training, *fitted))
    healing = heal(patient, seed=experiment.seed, checkpoints=Checkpoints(), fix=fix)
    mended = None
    if healing.treatment is not None and healing.treatment.applied:
        changed = healing.treatment.patient.training
        fields = {name: getattr(changed, name) for name in spec.Training.model_fields}
        mended = experiment.model_copy(update=fields)
        write_experiment(run.folder, mended, MENDED)
    return Examination(tuple(findings_of(healing)), healing, mended)

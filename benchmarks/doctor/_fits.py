"""Runs recipes and scores them on rows that neither training nor the doctor used."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from assay import spec
from assay._seeds import generator
from assay.doctor import Patient
from assay.training import Fit, InitialValues, TrainingData, pad
from benchmarks.doctor._data import Arrays, draw
from benchmarks.doctor._plants import Recipe

__all__ = ["Case", "case_of", "score_on_test"]


@dataclass(frozen=True, eq=False)
class Case:
    """A recipe and the data that were drawn for it with one seed.

    Args:
        patient: the settings and the data of the fit.
        arrays: train, val and test rows. The test rows contain the fault only if it
            affects all rows.
        seed: seed for the split, the planted fault and the fit.
    """

    patient: Patient
    arrays: Arrays
    seed: int

    def fit(self) -> Fit:
        """Run the fit to completion."""
        return self.patient.fit(self.seed).run()


def case_of(recipe: Recipe, dataset: str, seed: int) -> Case:
    """Draw the data of a case and plant the fault."""
    arrays = draw(dataset, seed, recipe.num_train)
    if recipe.change is not None:
        arrays = recipe.change(arrays, np.random.default_rng((seed, 1)))
    data = arrays.training_data()
    if recipe.balanced:
        data = replace(data, balanced=True)
    start = None if recipe.initial is None else _planted(recipe.initial)
    return Case(Patient(recipe.training, data, start), arrays, seed)


def _planted(
    plant: Callable[[dict[str, dict[str, np.ndarray]]], None],
) -> Callable[[spec.Training, TrainingData, int], InitialValues]:
    """Return a function that changes the initial values of a fit."""

    def start(training: spec.Training, data: TrainingData, seed: int) -> InitialValues:
        network = data.program(training).network
        model = network.initialize(generator(seed, "parameters"))
        fresh = {
            layer: {name: np.asarray(value) for name, value in values.items()}
            for layer, values in model.parameters.items()
        }
        plant(fresh)
        return InitialValues(fresh, {})

    return start


def score_on_test(patient: Patient, fit: Fit, arrays: Arrays) -> float:
    """Return the test score: the accuracy, or the negative RMSE in `unit`."""
    inputs, targets = arrays.parts[2]
    scale = patient.target_scale
    if scale != 1:  # a remedy has standardized the targets of train and val
        targets = ((targets - arrays.train[1].mean()) / scale).astype(np.float32)
    part = pad(inputs, targets, len(inputs))
    if fit.diverged_at is not None:
        return -np.inf if arrays.num_classes == 1 else 0.0
    scores = fit.program.scores(fit.result().model, fit.hyperparameters, part)
    if arrays.num_classes == 1:
        return -float(np.sqrt(scores.mean())) * scale / arrays.unit
    if patient.data.balanced:
        return float(np.mean([scores[targets == c].mean() for c in np.unique(targets)]))
    return float(scores.mean())

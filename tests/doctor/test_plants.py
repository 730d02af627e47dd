"""Planted faults are named, and healthy trainings are left alone."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.doctor._fits import case_of, score_on_test
from benchmarks.doctor._plants import PLANTS, healthy

from assay.doctor import diagnose, examine, fit_references, treat
from assay.training import TrainingData

_PLANTS = {plant.name: plant for plant in PLANTS}
_GROSS = 2
# most of them share the program of the healthy network, which is compiled once
_CASES = [
    ("sigmoid depth", "wine", "adam"),
    ("initial gain", "wine", "sgd"),
    ("negative bias", "wine", "adam"),
    ("saturating gain", "wine", "adam"),
    ("constant weights", "wine", "sgd"),
    ("fast", "wine", "sgd"),
    ("slow", "wine", "adam"),
    ("small batch", "wine", "sgd"),
    ("raw column", "wine", "sgd"),
    ("broken input", "wine", "adam"),
    ("raw target", "friedman1", "adam"),
    ("narrow", "wine", "adam"),
    ("strong L2", "wine", "adam"),
    ("strong dropout", "wine", "adam"),
    ("squashed output", "friedman1", "adam"),
    ("label noise", "moons", "adam"),
    ("minority", "moons", "adam"),
]


def _diagnosed(case):
    references = fit_references(case.patient)
    evidence = examine(case.patient, case.fit(), references)
    return diagnose(evidence), references


@pytest.mark.parametrize(("name", "data", "optimizer"), _CASES)
def test_a_gross_fault_is_named_first(name, data, optimizer):
    plant = _PLANTS[name]
    case = case_of(plant.recipes(data, optimizer, _GROSS), data, 0)
    first, *_ = _diagnosed(case)[0]
    assert first.serious
    assert first.symptom.code in plant.expected


@pytest.mark.parametrize("data", ["wine", "friedman1"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_healthy_training_has_no_fault(data, optimizer):
    case = case_of(healthy(data, optimizer), data, 0)
    assert not [found for found in _diagnosed(case)[0] if found.serious]


def test_shuffled_labels_are_refused():
    plant = _PLANTS["shuffled"]
    case = case_of(plant.recipes("wine", "adam", _GROSS), "wine", 0)
    diagnoses, references = _diagnosed(case)
    assert [found.symptom.code for found in diagnoses] == ["no_signal"]
    treatment = treat(case.patient, diagnoses, seed=1, references=references)
    assert treatment.patient is case.patient
    assert treatment.num_fits == 0


def test_a_slow_training_is_mended():
    plant = _PLANTS["slow"]
    case = case_of(plant.recipes("wine", "adam", _GROSS), "wine", 0)
    diagnoses, references = _diagnosed(case)
    treatment = treat(case.patient, diagnoses, seed=1, references=references)
    assert [attempt.code for attempt in treatment.applied]
    before = score_on_test(case.patient, case.fit(), case.arrays)
    fit = treatment.patient.fit(0).run()
    after = score_on_test(treatment.patient, fit, case.arrays)
    assert after > before + 0.3


def test_nothing_is_changed_if_no_remedy_is_clearly_better():
    plant = _PLANTS["slow"]
    case = case_of(plant.recipes("wine", "adam", _GROSS), "wine", 0)
    diagnoses, references = _diagnosed(case)
    well = case_of(healthy("wine", "adam"), "wine", 0)
    # the diagnosis is wrong for this training, so its remedies cannot help
    treatment = treat(well.patient, diagnoses, seed=1, references=references)
    assert not treatment.applied
    assert treatment.patient is well.patient


def test_simple_models_are_also_measured_on_val_if_there_is_one():
    case = case_of(healthy("wine", "adam"), "wine", 0)
    train, (inputs, targets), _ = case.arrays.parts
    known = fit_references(case.patient)
    assert known.linear.skill_on_val > 0.8
    data = TrainingData.of(train, (inputs[:0], targets[:0]), num_classes=3)
    without = fit_references(replace(case.patient, data=data))
    assert np.isnan(without.linear.skill_on_val)
    assert without.linear.val_skill == known.linear.val_skill


def test_suspicious_rows_are_named_by_their_numbers_in_the_data():
    plant = _PLANTS["label noise"]
    case = case_of(plant.recipes("moons", "adam", _GROSS), "moons", 0)
    places = fit_references(case.patient).suspicious
    numbers = 1000 + np.arange(len(case.patient.targets))
    named = fit_references(replace(case.patient, row_numbers=numbers)).suspicious
    assert len(places)
    np.testing.assert_array_equal(named, 1000 + places)

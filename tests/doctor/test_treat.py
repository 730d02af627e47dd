"""Remedies that need others, or more of the same, to help."""

import math
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.doctor._fits import case_of, score_on_test
from benchmarks.doctor._plants import PLANTS, healthy

from assay import spec
from assay.doctor import REMEDIES, diagnose, examine, fit_references, treat

_PLANTS = {plant.name: plant for plant in PLANTS}
_GROSS = 2


def _treated(name, data, optimizer, dose, *, seed=0):
    case = case_of(_PLANTS[name].recipes(data, optimizer, dose), data, seed)
    known = fit_references(case.patient)
    diagnoses = diagnose(examine(case.patient, case.fit(), known))
    start = 1000 * (seed + 1)
    return case, treat(case.patient, diagnoses, seed=start, references=known)


def test_remedies_for_two_faults_that_hide_each_other_are_combined():
    case, treatment = _treated("saturating gain", "moons", "adam", _GROSS)
    tried = {attempt.remedy.name: attempt for attempt in treatment.attempts}
    assert not tried["random_initial_values"].better
    assert "saturated_units" not in tried["random_initial_values"].left
    first = treatment.applied[0]
    assert (first.code, first.remedy.name) == (
        "saturated_units",
        "random_initial_values + higher_rate",
    )
    assert not first.left
    fit = treatment.patient.fit(0).run()
    before = score_on_test(case.patient, case.fit(), case.arrays)
    assert score_on_test(treatment.patient, fit, case.arrays) > before + 0.05


def test_a_combined_remedy_makes_both_changes():
    patient = case_of(_PLANTS["sigmoid depth"].recipes("wine", "adam", 0), "wine", 0)
    both = REMEDIES["relu"].then(REMEDIES["higher_rate"])
    training = both.apply(patient.patient).training
    assert spec.ReLU() in training.model
    assert spec.Sigmoid() not in training.model
    assert training.optimizer.learning_rate == pytest.approx(0.03)
    assert both.title.startswith("Use ReLU in the hidden layers. Use a learning rate")
    healthy_patient = case_of(healthy("wine", "adam"), "wine", 0).patient
    assert both.apply(healthy_patient) is None  # there is no sigmoid to replace


def test_a_rate_is_raised_again_while_that_helps():
    _, treatment = _treated("slow", "friedman1", "sgd", 1, seed=101)
    names = [attempt.remedy.name for attempt in treatment.attempts]
    assert names == ["higher_rate"] * 3
    assert [attempt.better for attempt in treatment.attempts] == [True, True, False]
    assert treatment.applied == treatment.attempts[:2]
    assert not treatment.applied[0].left  # more was tried although no fault was left


def test_errors_beyond_the_largest_number_count_as_diverged():
    _, treatment = _treated("raw target", "friedman1", "sgd", _GROSS, seed=100)
    assert all(np.isfinite(attempt.before).all() for attempt in treatment.attempts)
    assert [each.remedy.name for each in treatment.applied] == ["standardize_target"]


@pytest.mark.parametrize("num_epochs", [10, 200])
def test_weight_decay_leaves_5_percent_of_weights_without_gradients(num_epochs):
    patient = case_of(healthy("wine", "adam", num_epochs=num_epochs), "wine", 0).patient
    mended = REMEDIES["weight_decay"].apply(patient)
    [decay] = mended.training.regularizers
    updates = mended.fit(0).num_iterations
    rate = patient.training.optimizer.learning_rate
    assert 0.04 < (1 - rate * decay.strength) ** updates < 0.05
    assert math.exp(-rate * decay.strength * updates) == pytest.approx(0.05)


def test_weight_decay_needs_a_learning_rate():
    patient = case_of(healthy("wine", "adam"), "wine", 0).patient
    searched = spec.Adam(spec.Log(1e-4, 1e-1))
    training = patient.training.model_copy(update={"optimizer": searched})
    assert REMEDIES["weight_decay"].apply(replace(patient, training=training)) is None


def test_inputs_that_batch_norm_scales_do_not_explode_gradients():
    column = _PLANTS["raw column"].recipes("moons", "adam", 1)
    model = (spec.BatchNorm(), *column.training.model)
    normalized = replace(
        column, training=column.training.model_copy(update={"model": model})
    )
    case = case_of(normalized, "moons", 0)
    evidence = examine(case.patient, case.fit(), fit_references(case.patient))
    # the running statistics are not those of the rows yet
    assert evidence.monitor("std", 0)[-1] > 5
    assert "exploding_gradients" not in [d.symptom.code for d in diagnose(evidence)]


def test_remedies_are_tried_until_the_network_reaches_a_simple_model():
    _, treatment = _treated("negative bias", "moons", "adam", 1)
    first, second, *_ = treatment.attempts
    assert (first.remedy.name, second.remedy.name) == ("leaky_relu", "prelu")
    assert first.better and first.falls_short and not first.faults
    assert second.error < first.error
    assert treatment.applied == (second,)


def test_more_seeds_decide_if_a_tie_leaves_the_test_open():
    _, treatment = _treated("initial gain", "wine", "adam", 0)
    [attempt] = treatment.attempts
    assert len(attempt.before) == len(attempt.after) == 10
    assert (attempt.before - attempt.after)[:5].min() == 0  # so p >= 1/16
    assert attempt.p_value < 0.02
    assert attempt.better
    assert treatment.num_fits == 20

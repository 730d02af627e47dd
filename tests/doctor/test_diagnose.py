"""The order of causes and consequences, from evidence alone."""

from dataclasses import replace

import numpy as np
import pytest
from tests.doctor.evidence import evidence as _evidence
from tests.doctor.evidence import facts as _facts
from tests.doctor.evidence import monitors as _monitors
from tests.doctor.evidence import references as _references

from assay import spec
from assay.doctor import SYMPTOMS, diagnose
from assay.doctor._members import ORDER


def test_every_symptom_has_a_place_and_names_known_members():
    assert set(ORDER) == set(SYMPTOMS)
    for symptom in SYMPTOMS.values():
        assert set(symptom.causes) <= set(SYMPTOMS)
        assert symptom.formula
        assert symptom.condition
        assert symptom.reference


def test_nothing_is_found_without_measurements():
    assert diagnose(_evidence()) == []


def test_a_diverged_training_names_its_iteration_and_first_layer():
    nan = np.nan
    monitors = _monitors(
        gradient_norm=[[1, nan, 1, 1], [np.inf, nan, np.inf, 1]],
        parameter_norm=[[1, nan, 1, 1]] * 2,
        update_ratio=[[0.5, nan, 0.5, 0.5]] * 2,
        max=[[1, 1, 1, 1], [1, np.inf, 1, 1]],
    )
    layers = ("dense1", "relu1", "dense2", "output")
    evidence = _evidence(layers=layers, monitors=monitors, diverged_at=7)
    (found,) = diagnose(evidence)
    assert found.symptom.code == "learning_rate_too_large"
    assert "iteration 7, and 'dense1' is the first layer" in found.finding.message
    assert found.finding.numbers["diverged_at"] == 7


def test_dead_units_explain_a_network_that_does_not_fit():
    monitors = _monitors(
        dead_share=[[np.nan, 0.9, np.nan, np.nan]] * 2,
        parameter_norm=[[1, np.nan, np.nan, 1]] * 2,
        update_ratio=[[0.01, np.nan, np.nan, 0.01]] * 2,
    )
    evidence = _evidence(
        layers=("dense1", "relu1", "flatten1", "output"),
        monitors=monitors,
        train_skill=np.zeros(20),
        val_skill=np.zeros(20),
        references=_references(0.9, 0.9),
    )
    (found,) = diagnose(evidence)
    assert found.symptom.code == "dead_units"
    assert "underfitting" in found.consequences
    assert found.finding.numbers["dead_share"] == pytest.approx(0.9)


def test_the_ceiling_is_information_and_not_a_fault():
    evidence = _evidence(
        train_cost=np.full(20, 0.7),
        train_skill=np.full(20, 0.62),
        val_skill=np.full(20, 0.6),
        references=_references(0.61, 0.6),
    )
    (found,) = diagnose(evidence)
    assert found.symptom.code == "at_the_ceiling"
    assert found.finding.severity == "info"
    assert not found.serious


@pytest.mark.parametrize(
    ("val_skill", "references", "severity"),
    [
        # val is predicted better than train, before train is learned by heart
        ([0.8, 0.8, 0.4], _references(0.4, 0.4), "warning"),
        ([0.5, 0.4, 0.2], _references(0.4, 0.4, num_suspicious=20), "warning"),
        ([0.5, 0.4, 0.2], _references(0.4, 0.4, inside=0.3), "warning"),
        # classes that overlap also have rows that contradict their neighbors
        ([0.3, 0.5, 0.8], _references(0.4, 0.4, num_suspicious=20), "advice"),
        ([0.5, 0.4, 0.2], _references(0.4, 0.4), None),
        # val is predicted better only because the network learned nothing
        ([0.8, 0.8, 0.4], _references(0.9, 0.9), None),
        ([0.3, 0.5, 0.8], _references(0.4, 0.4, inside=0.22), "advice"),
        ([0.3, 0.5, 0.8], _references(0.4, 0.4, inside=0.3), "warning"),
        # a simple model also predicts val better than rows of train it has not seen
        ([0.4, 0.4, 0.4], _references(0.4, 0.4, on_val=0.9), "warning"),
        # the neighbors are a bad model, because the network predicts val much better
        ([0.5, 0.6, 0.5], _references(0.6, 0.2, on_val=0.2, inside=0.4), None),
    ],
)
def test_wrong_labels_are_a_fault_if_train_and_val_differ(
    val_skill, references, severity
):
    evidence = _evidence(
        train_skill=np.array([0.4, 0.5, 0.8]),
        val_skill=np.array(val_skill),
        references=references,
        data=_facts([50, 50]),
    )
    found = SYMPTOMS["label_noise"].find(evidence)
    assert (found and found.severity) == severity


def test_a_class_of_two_rows_cannot_show_that_nothing_can_be_learned():
    evidence = _evidence(
        train_skill=np.zeros(20),
        val_skill=np.zeros(20),
        references=_references(0.0, 0.0, p_value=0.5),
        data=_facts([50, 50]),
    )
    assert SYMPTOMS["no_signal"].find(evidence) is not None
    few = replace(evidence, data=_facts([2, 98]))
    assert SYMPTOMS["no_signal"].find(few) is None


@pytest.mark.parametrize(("p_value", "severity"), [(0.5, "warning"), (0.01, "info")])
def test_a_weak_signal_is_no_fault_and_explains_a_network_that_learns_little(
    p_value, severity
):
    evidence = _evidence(
        train_skill=np.full(20, 0.9),
        val_skill=np.linspace(0.1, -0.3, 20),
        references=_references(0.1, 0.0, p_value=p_value, on_val=0.0),
        data=_facts([50, 50]),
    )
    (found,) = diagnose(evidence)
    assert (found.symptom.code, found.finding.severity) == ("no_signal", severity)
    assert "overfitting" in found.consequences
    predicted = replace(evidence, references=_references(0.1, 0.0, on_val=0.6))
    assert SYMPTOMS["no_signal"].find(predicted) is None


@pytest.mark.parametrize("keeps_best", [True, False])
def test_a_fit_that_keeps_its_best_epoch_does_not_overfit(keeps_best):
    evidence = _evidence(
        train_skill=np.linspace(0.5, 1.0, 20),
        val_skill=np.linspace(0.7, 0.4, 20),
        val_cost=np.linspace(0.5, 0.9, 20),
        keeps_best=keeps_best,
        references=_references(0.7, 0.6),
    )
    found = SYMPTOMS["overfitting"].find(evidence)
    assert (found is None) == keeps_best


def test_a_few_rows_of_a_small_class_change_the_skill_by_chance():
    stuck = _evidence(
        train_skill=np.full(20, 0.7),
        val_skill=np.full(20, 0.7),
        references=_references(0.95, 0.95),
        data=_facts([160, 160]),
    )
    assert stuck.short_on_train
    assert not replace(stuck, data=_facts([290, 30])).short_on_train


def test_a_simple_model_must_be_better_on_val_too():
    evidence = _evidence(
        val_skill=np.full(20, 0.6), references=_references(0.9, 0.9, on_val=0.62)
    )
    assert not evidence.short_on_val
    better = replace(evidence, references=_references(0.9, 0.9, on_val=0.8))
    assert better.short_on_val


def test_strong_dropout_explains_large_updates():
    training = spec.Training(
        model=(spec.Dense(8), spec.ReLU(), spec.Dropout(0.9)), cost="cross_entropy"
    )
    monitors = _monitors(
        parameter_norm=[[1, np.nan, np.nan, 1]] * 2,
        update_ratio=[[0.5, np.nan, np.nan, 0.5]] * 2,
    )
    evidence = _evidence(
        layers=("dense1", "relu1", "dropout1", "output"),
        monitors=monitors,
        training=training,
        train_cost=np.full(20, 1.1),
        train_skill=np.full(20, 0.3),
        val_skill=np.full(20, 0.3),
        references=_references(0.9, 0.9),
    )
    (found,) = diagnose(evidence)
    assert found.symptom.code == "over_regularized"
    assert "learning_rate_too_large" in found.consequences


def test_values_that_were_never_finite_are_not_blamed_on_the_learning_rate():
    nan = np.full(3, np.nan)
    evidence = _evidence(
        costs=nan, train_cost=nan, diverged_at=0, data=_facts([50, 50])
    )
    (found,) = diagnose(evidence)
    assert found.symptom.code == "not_a_number"
    assert "before the first update" in found.finding.message
    broken = replace(_facts([50, 50]), input_means=np.array([0.0, np.inf, 0.0]))
    (found,) = diagnose(replace(evidence, diverged_at=4, data=broken))
    assert found.finding.numbers["inputs"] == [1]

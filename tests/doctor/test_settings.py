"""Settings and data that keep a network from learning, from evidence alone."""

from dataclasses import replace

import numpy as np
import pytest
from tests.doctor.evidence import evidence, facts, monitors, references

from assay import spec
from assay.doctor import SYMPTOMS, diagnose
from assay.doctor._facts import input_facts

_NET = (spec.Dense(8), spec.ReLU())


def _stuck(**fields):
    """Evidence of a network that learned nothing although simple models did."""
    values = {
        "train_cost": np.full(20, 1.1),
        "train_skill": np.zeros(20),
        "val_skill": np.zeros(20),
        "references": references(0.9, 0.9),
        "data": facts([50, 50]),
    }
    return evidence(**(values | fields))


def _training(model=_NET, **fields):
    return spec.Training(model=model, cost="cross_entropy", **fields)


def _first(found):
    return diagnose(found)[0].symptom.code


def _of_size(size, offset=0.0):
    ones = np.ones(3)
    return replace(facts([50, 50]), input_means=offset * ones, input_stds=size * ones)


@pytest.mark.parametrize("data", [_of_size(1e3), _of_size(1e-3), _of_size(1, 100)])
def test_inputs_that_all_have_a_wrong_size_explain_a_network_that_learns_nothing(data):
    assert _first(_stuck(data=data)) == "inputs_not_scaled"
    healthy = evidence(data=data, references=references(0.9, 0.9))
    assert SYMPTOMS["inputs_not_scaled"].find(healthy) is None
    normalized = _training((spec.BatchNorm(), *_NET))
    found = _stuck(data=data, training=normalized)
    assert SYMPTOMS["inputs_not_scaled"].find(found) is None


def test_inputs_of_the_usual_size_are_not_blamed():
    pixels = _of_size(6, 5)
    assert SYMPTOMS["inputs_not_scaled"].find(_stuck(data=pixels)) is None


@pytest.mark.parametrize(
    ("regularizer", "optimizer", "blamed"),
    [
        (spec.L2(10.0), spec.SGD(0.1), True),
        (spec.WeightDecay(1e3), spec.Adam(1e-2), True),
        (spec.L2(10.0), spec.Adam(0.1), False),  # which limits the update
        (spec.L2(1e-3), spec.SGD(10.0), False),  # the rate is to blame
    ],
)
def test_a_penalty_that_makes_the_updates_grow_is_blamed(
    regularizer, optimizer, blamed
):
    training = _training(regularizers=(regularizer,), optimizer=optimizer)
    found = _stuck(training=training, diverged_at=7)
    expected = "over_regularized" if blamed else "learning_rate_too_large"
    assert _first(found) == expected


def test_weights_that_a_penalty_shrank_to_0_are_not_a_bad_start():
    table = [[1, np.nan, 1], [0, np.nan, 0]]
    found = _stuck(
        training=_training(regularizers=(spec.WeightDecay(10.0),)),
        layers=("dense1", "relu1", "output"),
        monitors={k: v[:, :3] for k, v in monitors().items()}
        | {"parameter_norm": np.array(table)},
        distinct={"dense1": 0.1},
    )
    assert _first(found) == "over_regularized"
    assert _first(replace(found, training=_training())) == "symmetric_units"


def test_a_schedule_that_ends_too_early_is_named_where_the_network_falls_short():
    rates = 0.1 * 0.5 ** np.arange(200)
    found = _stuck(rates=rates)
    assert _first(found) == "schedule_too_short"
    assert "only 4% of the updates" in diagnose(found)[0].finding.message
    assert SYMPTOMS["schedule_too_short"].find(evidence(rates=rates)) is None
    cosine = 0.5 * (1 + np.cos(np.linspace(0, np.pi, 200)))
    assert SYMPTOMS["schedule_too_short"].find(_stuck(rates=cosine)) is None


def test_frozen_layers_are_named_where_the_network_falls_short():
    frozen = _training(freeze=("dense*",))
    assert _first(_stuck(training=frozen)) == "frozen_layers"
    assert SYMPTOMS["frozen_layers"].find(evidence(training=frozen)) is None


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ((*_NET, spec.Dense(1), spec.ReLU()), 3),
        ((*_NET, spec.Dense(1), spec.Tanh()), 3),
        ((spec.Dense(1), spec.ReLU(), spec.Dense(1), spec.ReLU()), None),  # narrow
        ((*_NET, spec.Dense(8), spec.ReLU()), None),
    ],
)
def test_an_activation_after_a_single_unit_squashes_the_output(model, place):
    found = _stuck(training=_training(model))
    seen = SYMPTOMS["wrong_output"].find(found)
    assert (seen and seen.numbers["place"]) == place


@pytest.mark.parametrize(
    ("std", "skill", "severity"),
    [
        (100, 0.1, "warning"),
        (100, 0.6, "advice"),
        (1e-3, 0.1, "warning"),
        (1, 0.1, None),
    ],
)
def test_a_target_is_blamed_only_where_more_can_be_learned(std, skill, severity):
    data = replace(facts([]), target_std=std, num_train=100)
    found = _stuck(
        regression=True,
        data=data,
        train_skill=np.full(20, skill),
        val_skill=np.full(20, skill),
        references=references(0.6, 0.55),
    )
    seen = SYMPTOMS["target_not_scaled"].find(found)
    assert (seen and seen.severity) == severity


def test_a_slow_fall_is_seen_beside_batches_that_differ_more():
    ratios = [[1e-5, np.nan, 1e-5]] * 2
    table = {k: v[:, :3] for k, v in monitors().items()}
    norms = [[1, np.nan, 1]] * 2
    table |= {"update_ratio": np.array(ratios), "parameter_norm": np.array(norms)}
    found = _stuck(
        costs=1.1 + 0.1 * np.cos(np.arange(100)),  # the first batch is costly
        train_cost=np.linspace(1.1, 1.099, 20),
        layers=("dense1", "relu1", "output"),
        monitors=table,
    )
    assert _first(found) == "learning_rate_too_small"


@pytest.mark.parametrize(
    ("costs", "blamed"),
    [(np.linspace(1, 0.3, 20), False), (1 - 0.3 * (np.arange(20) % 2), True)],
)
def test_a_large_first_update_is_blamed_only_if_the_training_suffers(costs, blamed):
    table = {k: v[:, :3] for k, v in monitors().items()}
    table |= {"update_ratio": np.full((2, 3), 0.2), "parameter_norm": np.ones((2, 3))}
    found = evidence(
        train_cost=costs,
        train_skill=np.full(20, 0.8),
        val_skill=np.full(20, 0.8),
        references=references(0.8, 0.8),
        layers=("dense1", "dense2", "output"),
        monitors=table,
    )
    assert (SYMPTOMS["learning_rate_too_large"].find(found) is not None) == blamed


def test_small_rises_around_the_minimum_are_no_oscillation():
    costs = np.r_[np.linspace(1, 0.3, 10), 0.3 + 0.005 * (np.arange(30) % 2)]
    table = {k: v[:, :3] for k, v in monitors().items()}
    table |= {"update_ratio": np.full((2, 3), 0.3), "parameter_norm": np.ones((2, 3))}
    found = evidence(
        train_cost=costs,
        train_skill=np.full(40, 0.3),
        val_skill=np.full(40, 0.3),
        references=references(0.3, 0.3),
        layers=("dense1", "dense2", "output"),
        monitors=table,
    )
    assert SYMPTOMS["learning_rate_too_large"].find(found) is None


@pytest.mark.parametrize(("last", "blamed"), [(0.5, True), (0.7, False)])
def test_a_fall_that_val_does_not_follow_needs_no_higher_rate(last, blamed):
    found = evidence(
        train_cost=np.linspace(1, 0.4, 20),
        train_skill=np.full(20, 0.6),
        val_skill=np.full(20, 0.5),
        val_cost=np.r_[np.linspace(1, 0.7, 10), np.linspace(0.7, last, 10)],
        references=references(0.5, 0.5),
    )
    assert (SYMPTOMS["learning_rate_too_small"].find(found) is not None) == blamed


@pytest.mark.parametrize(
    ("num_updates", "severity"), [(100, "warning"), (2000, "advice")]
)
def test_a_slow_fall_is_a_fault_if_the_updates_together_are_small(
    num_updates, severity
):
    table = {k: v[:, :3] for k, v in monitors().items()}
    table |= {"update_ratio": np.full((2, 3), 1e-3), "parameter_norm": np.ones((2, 3))}
    found = evidence(
        costs=np.linspace(1, 0.4, num_updates),
        train_cost=np.linspace(1, 0.4, 20),
        train_skill=np.full(20, 0.6),
        val_skill=np.full(20, 0.5),
        references=references(0.5, 0.5),
        layers=("dense1", "dense2", "output"),
        monitors=table,
    )
    assert SYMPTOMS["learning_rate_too_small"].find(found).severity == severity


@pytest.mark.parametrize(("skill", "severity"), [(0.9, "advice"), (0.7, "warning")])
def test_a_large_column_is_a_fault_if_a_simple_model_fits_better(skill, severity):
    data = replace(facts([50, 50]), input_stds=np.array([1.0, 1.0, 1e3]))
    found = evidence(
        data=data,
        train_skill=np.full(20, skill),
        val_skill=np.full(20, skill),
        references=references(0.8, 0.8),
    )
    assert SYMPTOMS["inputs_not_scaled"].find(found).severity == severity


def test_pixels_share_the_scale_of_their_channel():
    images = np.random.default_rng(0).normal(size=(50, 4, 4, 2))
    images[:, 0] *= 1e-3  # a border that hardly varies
    means, stds = input_facts(images)
    assert means.shape == stds.shape == (2,)
    assert stds.max() / stds.min() < 1.5


@pytest.mark.parametrize(("size", "first"), [(5e3, "inputs_not_scaled"), (1, None)])
def test_large_inputs_explain_large_outputs_of_a_new_network(size, first):
    table = {k: v[:, :3] for k, v in monitors().items()}
    table |= {"std": np.full((2, 3), 900.0), "gradient_norm": np.ones((2, 3))}
    found = evidence(
        data=_of_size(size),
        val_skill=np.full(20, 0.6),
        layers=("dense1", "relu1", "output"),
        monitors=table,
        references=references(0.5, 0.5),
    )
    assert _first(found) == (first or "exploding_gradients")


def test_a_penalty_is_blamed_where_simple_models_cannot_learn_either():
    table = {k: v[:, :3] for k, v in monitors().items()}
    table |= {"parameter_norm": np.array([[1, np.nan, 1], [0.1, np.nan, 0.1]])}
    found = _stuck(
        training=_training(regularizers=(spec.WeightDecay(10.0),)),
        layers=("dense1", "relu1", "output"),
        monitors=table,
        references=references(0.02, 0.0),
    )
    assert _first(found) == "over_regularized"

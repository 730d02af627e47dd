"""Default settings for tables depend on the task, and on what the user has chosen."""

import pytest

from assay import spec
from assay.experiment.defaults._data_profile import DataProfile
from assay.experiment.defaults._defaults import candidates

PROFILE = {"num_train": 500, "num_inputs": 7, "task": "regression"}


def found(profile=None, **fields):
    """Return the candidates by name."""
    profile = DataProfile(**(PROFILE | (profile or {})))
    experiment = spec.Experiment(data="x", **fields)
    return {each.name: each for each in candidates(experiment, profile)}


def test_a_linear_network_for_regression_starts_at_its_solution():
    kinds = found()
    assert kinds["linear"].training.initial_values == "ridge"
    assert kinds["linear"].training.spaces() == {}
    assert [each.num_trials for each in kinds.values()] == [1, 5]
    few = found(tune=spec.Tune(num_trials=4))
    assert [each.num_trials for each in few.values()] == [1, 3]


@pytest.mark.parametrize(
    ("profile", "fields"),
    [
        ({"task": "binary"}, {}),
        ({"streamed": True}, {}),
        ({"embedded": ((0, 50),)}, {}),
        ({"num_inputs": 5000}, {}),
        ({}, {"optimizer": spec.Adam(0.01)}),
        ({}, {"num_epochs": 5}),
        ({}, {"start_from": "runs/other"}),
    ],
)
def test_otherwise_it_is_trained_from_random_values(profile, fields):
    linear = found(profile, **fields)["linear"]
    assert linear.training.initial_values == "random"
    assert linear.num_trials == 3


def test_dropout_fades_in_regression():
    numbers = found()["realmlp"]
    assert isinstance(numbers.training.dropout_schedule, spec.FlatCosine)
    path = "dropout_schedule.flat_fraction"
    assert path in numbers.training.spaces()
    fractions = [setting[path] for setting in numbers.settings]
    assert (min(fractions), max(fractions)) == (0.5, 0.99)
    classes = found({"task": "binary"})["realmlp"]
    assert classes.training.dropout_schedule == spec.Constant()


def test_in_regression_realmlp_learns_what_ridge_regression_leaves():
    training = found(num_epochs=5)["realmlp"].training
    assert training.initial_values == "ridge"
    assert training.freeze == ("residual1.kernel", "output.kernel")
    (block,) = training.model
    assert block.layers[-1] == spec.Dense(1)


@pytest.mark.parametrize(
    ("profile", "fields"),
    [
        ({"task": "binary"}, {}),
        ({"streamed": True}, {}),
        ({"num_inputs": 1}, {}),
        ({}, {"cost": "absolute_error"}),
        ({}, {"freeze": ("dense1",)}),
        ({}, {"initial_values": "random"}),
    ],
)
def test_otherwise_it_has_no_linear_path(profile, fields):
    training = found(profile, **fields)["realmlp"].training
    assert training.initial_values == "random"
    assert len(training.model) > 1


def test_members_mix_settings_in_regression():
    mixed, same = found()["realmlp"], found({"task": "binary"})["realmlp"]
    assert (mixed.members, mixed.num_settings) == (4, 4)
    assert (same.members, same.num_settings) == (8, 1)

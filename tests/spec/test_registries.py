"""What can be asked for is what there is: names, hyper-parameters and defaults."""

import re

import numpy as np
import pytest

from assay import costs, nn, optim, regularize, spec


def snake(name):
    """Return a class name in snake case, as `leaky_relu` for `LeakyReLU`."""
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


FAMILIES = {
    spec.Cost: costs.REGISTRY,
    spec.Optimizer: optim.REGISTRY,
    spec.Schedule: optim.schedules.REGISTRY,
    spec.Layer: nn.LAYERS,
    spec.Augmentation: regularize.AUGMENTATIONS,
}
FAMILY = pytest.mark.parametrize(
    ("family", "registry"), FAMILIES.items(), ids=lambda v: getattr(v, "__name__", "")
)


def fields(member):
    """Return {name: default} of the hyper-parameters of a member of spec."""
    return {name: field.default for name, field in member.model_fields.items()}


@FAMILY
def test_both_sides_have_the_same_members(family, registry):
    assert set(family.members) == set(registry)


@FAMILY
def test_a_member_is_called_alike_on_both_sides(family, registry):
    for kind, member in family.members.items():
        assert snake(member.__name__).replace("_", "") == kind.replace("_", "")
        assert getattr(spec, member.__name__) is member


def test_activations_are_layers():
    kinds = {k for k, m in spec.Layer.members.items() if issubclass(m, spec.Activation)}
    assert kinds == set(nn.ACTIVATIONS)
    for kind, activation in nn.ACTIVATIONS.items():
        assert fields(spec.Layer.members[kind]) == activation.hyperparameters


def test_costs_take_the_same_hyperparameters():
    for kind, member in spec.Cost.members.items():
        assert tuple(fields(member)) == costs.get(kind).hyperparameters


def test_the_defaults_of_costs_agree():
    """A loss declares names only; its defaults are those of the function."""
    for kind, member in spec.Cost.members.items():
        loss = costs.get(kind)
        outputs = np.linspace(-3, 3, 4 * loss.num_outputs(2)).reshape(4, -1)
        targets = np.array([0, 1, 1, 0])
        expected = loss.loss(np.float32(outputs), targets)
        given = loss.loss(np.float32(outputs), targets, **fields(member))
        np.testing.assert_array_equal(given, expected)


def test_optimizers_take_the_same_hyperparameters_with_the_same_defaults():
    for kind, member in spec.Optimizer.members.items():
        asked = fields(member)
        assert isinstance(asked.pop("learning_rate"), float)
        assert asked == optim.get(kind).hyperparameters


def test_schedules_take_the_same_hyperparameters_with_the_same_defaults():
    for kind, member in spec.Schedule.members.items():
        assert fields(member) == optim.schedules.get(kind).hyperparameters


def test_augmentations_take_the_same_hyperparameters_with_the_same_defaults():
    for kind, member in spec.Augmentation.members.items():
        assert fields(member) == regularize.get_augmentation(kind).hyperparameters


def test_regularizers_are_penalties_and_rules():
    rules = {"early_stopping", "label_smoothing", "weight_decay"}
    assert set(spec.Regularizer.members) == {*regularize.PENALTIES, *rules}
    for kind in (*regularize.PENALTIES, "weight_decay"):
        assert set(fields(spec.Regularizer.members[kind])) == {"strength"}


def test_every_default_is_within_its_own_range(cls, required):
    for _, bounds, value in cls(**required).leaves():
        if bounds is not None and value is not None:
            assert bounds.check(value) == value

"""Every documented member of `assay.spec` has an implementation, and vice versa."""

import inspect
import re

import pytest

from assay import costs, nn, optim, regularize, spec

RULES = {"early_stopping", "label_smoothing", "weight_decay"}  # parts of the program
REGISTRIES = {
    spec.Cost: costs.REGISTRY,
    spec.Optimizer: optim.REGISTRY,
    spec.Schedule: optim.schedules.REGISTRY,
    spec.Augmentation: regularize.AUGMENTATIONS,
    spec.Regularizer: regularize.PENALTIES,
    spec.Layer: nn.LAYERS,
}
FAMILY = pytest.mark.parametrize(
    ("family", "registry"),
    REGISTRIES.items(),
    ids=lambda value: getattr(value, "__name__", ""),
)
MEMBERS = [
    pytest.param(member, id=member.name)
    for registry in REGISTRIES.values()
    for member in registry.values()
    if isinstance(member, spec.Member)
]


def snake(name):
    """Return a class name in snake case, such as `leaky_relu` for `LeakyReLU`."""
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def fields(member):
    """Return {name: default} for the fields of a member."""
    return {name: field.default for name, field in member.model_fields.items()}


def function_of(member):
    """Return the function that implements a member, which is its second field."""
    return list(vars(member).values())[1]


@FAMILY
def test_both_sides_have_the_same_members(family, registry):
    rules = RULES if family is spec.Regularizer else set()
    assert set(family.members) == {*registry, *rules}


@FAMILY
def test_a_kind_is_the_name_of_its_class(family, registry):
    for kind, member in family.members.items():
        assert snake(member.__name__).replace("_", "") == kind.replace("_", "")
        assert getattr(spec, member.__name__) is member


@pytest.mark.parametrize("member", MEMBERS)
def test_a_function_takes_the_fields_of_its_spec_and_has_no_defaults(member):
    function = function_of(member)
    assert function.__name__ == member.name
    parameters = inspect.signature(function).parameters.values()
    assert all(p.default is inspect.Parameter.empty for p in parameters)
    names = [p.name for p in parameters]
    hyperparameters = list(member.hyperparameters)
    assert names[len(names) - len(hyperparameters) :] == hyperparameters
    expected = fields(member.declaration)
    expected.pop("learning_rate", None)  # the program applies it to every optimizer
    assert member.hyperparameters == expected


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_is_documented(member):
    declaration = inspect.getdoc(member.declaration)
    assert "References:" in declaration
    for name in member.hyperparameters:
        if name != "probability":  # common to all augmentations
            assert name in member.formula + declaration
    function = inspect.getdoc(function_of(member))
    for part in ("Returns:", "Example:", ">>>"):
        assert part in function
    for name in member.hyperparameters:
        assert f"{name}:" in function


@pytest.mark.parametrize(
    "member",
    [m for family in list(REGISTRIES)[:-1] for m in family.members.values()],
    ids=lambda member: member.kind,
)
def test_a_spec_has_a_formula(member):
    assert member.formula
    assert inspect.getdoc(member).count("\n\n") >= 1


@pytest.mark.parametrize("room", [costs, optim, optim.schedules])
def test_functions_are_public_in_their_package(room):
    for member in room.REGISTRY.values():
        assert getattr(room, member.name) is function_of(member)
        assert member.name in room.__all__


def test_activations_are_layers():
    kinds = {k for k, m in spec.Layer.members.items() if issubclass(m, spec.Activation)}
    assert kinds == set(nn.ACTIVATIONS)
    for kind, activation in nn.ACTIVATIONS.items():
        of_the_layer = fields(spec.Layer.members[kind])
        of_the_layer.pop("per_channel", None)  # a shape, which the function derives
        assert of_the_layer == activation.hyperparameters


def test_two_members_cannot_share_a_name():
    with pytest.raises(ValueError, match="A member named 'adam' already exists"):
        optim.REGISTRY.add(optim.get("adam"))


def test_every_default_is_within_its_own_range(cls, required):
    for _, bounds, value in cls(**required).leaves():
        if bounds is not None and value is not None:
            assert bounds.check(value) == value

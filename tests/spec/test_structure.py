"""Each value of a spec is either an input of the program or part of its structure."""

import pydantic
import pytest

from assay import spec
from assay._errors import InputError

BASE = spec.Training(
    model=[spec.Dense(8), spec.LeakyReLU(), spec.Dropout(0.2), spec.BatchNorm()],
    cost=spec.Huber(),
    optimizer=spec.Adam(),
    schedule=spec.OneCycle(),
    regularizers=[spec.L1(), spec.L2(), spec.EarlyStopping()],
    clip_norm=1.0,
    batch_size=32,
    num_epochs=10,
)


def changed(path):
    """Return BASE with another valid value at a path."""
    bounds = {p: b for p, b, _ in BASE.leaves()}[path]
    value = dict((p, v) for p, _, v in BASE.leaves())[path]
    smaller = value / 2 if not bounds.whole else value + 1
    return BASE.with_values({path: smaller})


def test_every_traced_value_leaves_the_structure_alone():
    traced = BASE.traced()
    assert set(traced) == {
        "model[1].negative_slope",
        "model[2].rate",
        "model[3].momentum",
        "model[3].epsilon",
        "cost.delta",
        "optimizer.learning_rate",
        "optimizer.beta1",
        "optimizer.beta2",
        "optimizer.epsilon",
        "schedule.peak_fraction",
        "schedule.initial_fraction",
        "schedule.final_fraction",
        "regularizers[0].strength",
        "regularizers[1].strength",
        "regularizers[2].patience_epochs",
        "regularizers[2].min_improvement",
        "clip_norm",
        "num_epochs",
    }
    for path, value in traced.items():
        if value:
            assert changed(path).traced() != traced, path
            assert changed(path).structure() == BASE.structure(), path


@pytest.mark.parametrize(
    "values",
    [
        {"model[0].units": 9},
        {"model[0].bias": False},
        {"model[0].initializer": "he"},
        {"model": ["dense"]},
        {"model": BASE.to_data()["model"][::-1]},
        {"cost": "squared_error"},
        {"optimizer": "nadam"},
        {"schedule": "constant"},
        {"regularizers": ["l1", "l2"]},
        {"regularizers": []},
        {"clip_norm": None},
        {"class_weights": "balanced"},
        {"batch_size": 31},
        {"batch_size": "all"},
        {"precision": "bfloat16"},
        {"num_epochs": "auto"},
        {"optimizer.learning_rate": "log(1e-4, 1e-1)"},
    ],
)
def test_everything_else_changes_the_structure(values):
    if values == {"model": ["dense"]}:
        values = {"model": [{"kind": "dense", "units": 8}]}
    assert BASE.with_values(values).structure() != BASE.structure()


def test_every_member_has_its_own_structure():
    for field, family in (
        ("optimizer", spec.Optimizer),
        ("schedule", spec.Schedule),
        ("cost", spec.Cost),
    ):
        found = {BASE.with_values({field: k}).structure() for k in family.members}
        assert len(found) == len(family.members)


def test_with_values_replaces_only_the_given_paths():
    values = {"optimizer.learning_rate": 0.5, "model[2].rate": 0.4, "clip_norm": 3}
    other = BASE.with_values(values)
    theirs = {p: v for p, _, v in other.leaves()}
    for path, _, value in BASE.leaves():
        assert theirs[path] == values.get(path, value)
    assert BASE.optimizer.learning_rate == 0.001
    assert BASE.with_values({}) is BASE


def test_with_values_works_on_a_single_member():
    assert spec.Dense(64).with_values({"units": 3}) == spec.Dense(3)
    assert spec.Adam().with_values({"beta1": 0.5}) == spec.Adam(beta1=0.5)


def test_with_values_checks_the_new_values():
    with pytest.raises(InputError) as caught:
        BASE.with_values({"model[2].rate": 2, "optimizer.epsilom": 1, "batch_size": 0})
    assert sorted(caught.value.faults) == [
        "`0 <= rate < 1` must hold, but got model[2].rate=2. "
        "Use a number, such as 0.2.",
        "`batch_size >= 1` must hold, but got batch_size=0. "
        "Use a number, such as 32. These words are also allowed: all, auto.",
        "unknown key optimizer.epsilom=1. Did you mean 'epsilon'?",
    ]


def test_an_experiment_returns_its_training():
    asked = spec.Experiment(data="digits", seed=3, optimizer=spec.SGD(0.5))
    assert asked.training() == spec.Training(optimizer=spec.SGD(0.5))
    assert type(asked.training()) is spec.Training


def test_a_spec_is_frozen(cls, required):
    frozen = cls(**required)
    for name in cls.model_fields:
        with pytest.raises(pydantic.ValidationError, match="frozen"):
            setattr(frozen, name, getattr(frozen, name))
    with pytest.raises(pydantic.ValidationError):
        frozen.another = 1
    if cls is not spec.Experiment:  # contains a dict of columns
        assert hash(frozen) == hash(cls(**required))

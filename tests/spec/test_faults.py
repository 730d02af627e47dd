"""All faults of an input are reported together, with suggestions."""

import re

import pytest

from assay import spec
from assay._errors import InputError


def faults(build, *args, **values):
    """Return the messages about a rejected spec."""
    with pytest.raises(InputError) as caught:
        build(*args, **values)
    return list(caught.value.faults)


def test_all_faults_are_reported_together():
    messages = faults(
        spec.Experiment,
        sed=1,
        model=[
            {"kind": "dens", "units": 3},
            {"kind": "dense", "unit": 3, "bias": "maybe"},
            {"kind": "dropout", "rate": 20},
            "gelu",
        ],
        optimizer={"kind": "adam", "lerning_rate": 3, "beta1": 1},
        regularizers=[{"kind": "l2", "strength": -1}],
        batch_size="al",
        precision="float33",
        clip_norm=0,
        split={"trian": 0.7, "by": "clas", "val": "much"},
        tune={"num_trials": 0},
        task="binry",
    )
    starts = {
        "unknown layer model[0]='dens'. Did you mean 'dense'? Known: ",
        "model[1].units is missing and has no default. Add it.",
        "unknown key model[1].unit=3. Did you mean 'units'?",
        "Expected true or false, but got model[1].bias='maybe'. Write true or false.",
        "`0 <= rate < 1` must hold, but got model[2].rate=20. ",
        "unknown key optimizer.lerning_rate=3. Did you mean 'learning_rate'?",
        "`0 <= beta1 < 1` must hold, but got optimizer.beta1=1. ",
        "`strength >= 0` must hold, but got regularizers[0].strength=-1. ",
        "`batch_size >= 1` must hold, but got batch_size='al'. ",
        "unknown value precision='float33'. Did you mean 'float32'? ",
        "`clip_norm > 0` must hold, but got clip_norm=0. ",
        "unknown key split.trian=0.7. Did you mean 'train'?",
        "unknown value split.by='clas'. Did you mean 'class'? ",
        "`0 < val < 1` must hold, but got split.val='much'. ",
        "`num_trials >= 1` must hold, but got tune.num_trials=0. ",
        "unknown value task='binry'. Did you mean 'binary'? ",
        "unknown key sed=1. Did you mean 'seed'?",
    }
    found = {s for s in starts if any(message.startswith(s) for message in messages)}
    assert found == starts
    assert len(messages) == len(starts)


@pytest.mark.parametrize(
    ("field", "family"),
    [
        ("cost", spec.Cost),
        ("optimizer", spec.Optimizer),
        ("schedule", spec.Schedule),
        ("model", spec.Layer),
        ("regularizers", spec.Regularizer),
    ],
)
def test_an_unknown_member_suggests_the_nearest(field, family):
    several = field in ("model", "regularizers")
    place = f"{field}[0]" if several else field
    name = family.__name__.lower()
    known = ", ".join(sorted(family.members))
    for kind in family.members:
        near = kind + "q"
        (message,) = faults(spec.Training, **{field: [near] if several else near})
        expected = f"unknown {name} {place}={near!r}. Did you mean {kind!r}?"
        assert message == f"{expected} Known: {known}."


@pytest.mark.parametrize("wrong", [3, None, {"units": 3}, spec.Split(), ["adam"]])
def test_a_value_that_names_no_member_is_rejected(wrong):
    (message,) = faults(spec.Training, optimizer=wrong)
    assert message == (
        f"Expected an optimizer, but got optimizer={wrong!r}. "
        'Write a table, such as optimizer = {"kind": "sgd"}.'
    )
    (message,) = faults(spec.Training, model=[wrong])
    assert message.startswith(f"Expected a layer, but got model[0]={wrong!r}. ")


@pytest.mark.parametrize("kind", [3, [], {}, None])
def test_a_kind_that_is_not_a_word_is_rejected(kind):
    (message,) = faults(spec.Training, schedule={"kind": kind})
    assert message.startswith(f"unknown schedule schedule={kind!r}.")


@pytest.mark.parametrize(
    ("values", "start"),
    [
        ({"data": None}, "Expected text, but got data=None. "),
        ({"target": 3}, "Expected text, but got target=3. "),
        (
            {"target": ["y"]},
            "Expected the name of a column, but got target=['y']. Write target='y'.",
        ),
        (
            {"series_column": ["id", "t"]},
            "Expected the name of a column, but got series_column=['id', 't']. Write "
            "series_column='id', time_column='t'.",
        ),
        ({"split": 3}, "Expected a table, but got split=3. "),
        ({"model": 3}, "Expected a list, but got model=3. "),
        ({"model": "mpl"}, "unknown value model='mpl'. Did you mean 'mlp'? "),
        ({"regularizers": "l2"}, "unknown value regularizers='l2'. Known: auto."),
        ({"zzz": 3}, "unknown key zzz=3. Known keys: model, cost, optimizer, "),
    ],
)
def test_a_value_of_another_type_is_rejected(values, start):
    (message,) = faults(spec.Experiment, **values)
    assert message.startswith(start)


def test_a_member_without_fields_takes_no_keys():
    assert faults(spec.ReLU, slope=3) == ["unknown key slope=3. Known keys: none."]


def test_shares_that_do_not_add_up_and_a_missing_column_are_reported_together():
    assert faults(spec.Split, train=0.5, by="time") == [
        "`train + val + test = 1` must hold, but got (0.5, 0.15, 0.15), which adds up "
        "to 0.8. Write split = "
        '{"train": 0.5, "val": 0.25, "test": 0.25}.',
        'split.by="time" needs a column. Write split = '
        '{"by": "time", "column": "NAME"}.',
    ]
    (message,) = faults(spec.Split, train=0.8, val=0.1, test=0.2)
    assert message.endswith('Write split = {"train": 0.7, "val": 0.15, "test": 0.15}.')
    assert spec.Split(by="group", column="patient").column == "patient"
    third = 1 / 3
    assert spec.Split(train=third, val=third, test=third).val == third


def test_the_same_regularizer_twice_is_rejected():
    """Otherwise, one of them would silently win."""
    (message,) = faults(spec.Training, regularizers=["l2", "l1", spec.L2(0.1)])
    assert message == (
        "Each kind of regularizer may occur only once, but got "
        "regularizers=['l2', 'l1', 'l2']. Remove the duplicates."
    )


def test_no_message_mentions_pydantic():
    messages = faults(
        spec.Experiment, split=3, model=3, tune="x", seed=[], data=3, clip_norm=[]
    )
    assert len(messages) == 6
    for message in messages:
        assert not re.search("pydantic|Input should|validation|type=", message)


def test_a_field_of_the_experiment_below_a_table_is_moved_above_it():
    found = faults(
        spec.Experiment,
        optimizer={"kind": "adam", "target": "kind"},
        tune={"seed": 3, "time": 5},
    )
    moved = "If it is a field of the experiment, write it above"
    assert found[0].endswith(f" {moved} [optimizer].")
    assert found[1].endswith(f" {moved} [tune].")
    assert moved not in found[2]

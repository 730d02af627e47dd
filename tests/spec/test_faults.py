"""All faults of an input are told at once, each with what was probably meant."""

import re

import pytest

from assay import spec
from assay._errors import InputError


def faults(build, *args, **values):
    """Return what is told of a spec that is refused."""
    with pytest.raises(InputError) as caught:
        build(*args, **values)
    return list(caught.value.faults)


def test_all_faults_are_told_at_once():
    told = faults(
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
        "model[1].units is missing. It must be given.",
        "unknown key model[1].unit=3. Did you mean 'units'?",
        "`model[1].bias is true or false` must hold, but got model[1].bias='maybe'.",
        "`0 <= rate < 1` must hold, but got model[2].rate=20. ",
        "unknown key optimizer.lerning_rate=3. Did you mean 'learning_rate'?",
        "`0 <= beta1 < 1` must hold, but got optimizer.beta1=1. ",
        "`strength >= 0` must hold, but got regularizers[0].strength=-1. ",
        "`batch_size >= 1` must hold, but got batch_size='al'. ",
        "unknown word precision='float33'. Did you mean 'float32'? ",
        "`clip_norm > 0` must hold, but got clip_norm=0. ",
        "unknown key split.trian=0.7. Did you mean 'train'?",
        "unknown word split.by='clas'. Did you mean 'class'? ",
        "`0 < val < 1` must hold, but got split.val='much'. ",
        "`num_trials >= 1` must hold, but got tune.num_trials=0. ",
        "unknown word task='binry'. Did you mean 'binary'? ",
        "unknown key sed=1. Did you mean 'seed'?",
    }
    assert {start for start in starts if any(t.startswith(start) for t in told)} == (
        starts
    )
    assert len(told) == len(starts)


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
def test_an_unknown_member_is_told_with_the_nearest(field, family):
    several = field in ("model", "regularizers")
    place = f"{field}[0]" if several else field
    name = family.__name__.lower()
    known = ", ".join(sorted(family.members))
    for kind in family.members:
        near = kind + "q"
        (told,) = faults(spec.Training, **{field: [near] if several else near})
        if field == "cost":  # a word or a member
            assert told.startswith(f"unknown {name} {place}={near!r}.")
        expected = f"unknown {name} {place}={near!r}. Did you mean {kind!r}?"
        assert told == f"{expected} Known: {known}."


@pytest.mark.parametrize("wrong", [3, None, {"units": 3}, spec.Split(), ["adam"]])
def test_what_is_no_member_at_all_is_told(wrong):
    (told,) = faults(spec.Training, optimizer=wrong)
    assert told.startswith("`optimizer is an optimizer` must hold, but got optimizer=")
    assert told.endswith('Write a table, such as {kind = "sgd"}.')
    (told,) = faults(spec.Training, model=[wrong])
    assert told.startswith("`model[0] is a layer` must hold, but got model[0]=")


@pytest.mark.parametrize("kind", [3, [], {}, None])
def test_a_kind_that_is_no_word_is_told(kind):
    (told,) = faults(spec.Training, schedule={"kind": kind})
    assert told.startswith(f"unknown schedule schedule={kind!r}.")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"data": None}, "`data is text` must hold, but got data=None. "),
        ({"target": 3}, "`target is text` must hold, but got target=3. "),
        ({"split": 3}, "`split is a table` must hold, but got split=3. "),
        ({"model": 3}, "`model is a list` must hold, but got model=3. "),
        ({"model": "mpl"}, "unknown word model='mpl'. Did you mean 'mlp'? "),
        ({"regularizers": "l2"}, "unknown word regularizers='l2'. Known: auto."),
        ({"zzz": 3}, "unknown key zzz=3. Known keys: model, cost, optimizer, "),
    ],
)
def test_a_value_of_another_type_is_told(values, told):
    (found,) = faults(spec.Experiment, **values)
    assert found.startswith(told)


def test_keys_of_what_has_none():
    assert faults(spec.ReLU, slope=3) == ["unknown key slope=3. Known keys: none."]


def test_parts_that_do_not_add_up_and_a_column_that_lacks_are_told_together():
    assert faults(spec.Split, train=0.5, by="time") == [
        "`train + val + test = 1` must hold, but got (0.5, 0.15, 0.15), which adds up "
        "to 0.8. Write train = 0.7, val = 0.15, test = 0.15.",
        'split.by="time" needs a column. Write column = "NAME".',
    ]
    assert spec.Split(by="group", column="patient").column == "patient"
    third = 1 / 3
    assert spec.Split(train=third, val=third, test=third).val == third


def test_a_regularizer_asked_for_twice_is_told():
    """One of them would silently win."""
    (told,) = faults(spec.Training, regularizers=["l2", "l1", spec.L2(0.1)])
    assert told == (
        "`each regularizer stands once` must hold, but got "
        "regularizers=['l2', 'l1', 'l2']. Leave out the second."
    )


def test_no_fault_speaks_of_the_library_beneath():
    told = faults(
        spec.Experiment, split=3, model=3, tune="x", seed=[], data=3, clip_norm=[]
    )
    assert len(told) == 6
    for fault in told:
        assert not re.search("pydantic|Input should|validation|type=", fault)

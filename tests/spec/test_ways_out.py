"""Messages about settings show a way out that works where it is printed."""

import ast
import json
import re

import numpy as np
import pytest

import assay
from assay import spec
from assay._errors import InputError, did_you_mean
from assay._other_names import OTHER_NAMES
from assay.data import KINDS
from assay.spec import read_data


def _fault(**values):
    with pytest.raises(InputError) as caught:
        spec.Experiment(**values)
    (message,) = caught.value.faults
    return message


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ({"image_size": 32}, "such as image_size = [32, 32]."),
        ({"image_size": "32x16"}, "such as image_size = [32, 16]."),
        ({"ignore": "zip"}, 'such as ignore = ["zip"].'),
        (
            {"regularizers": "l2"},
            'You can also write a list, such as regularizers = ["l2"].',
        ),
        ({"augment": assay.Jitter(0.1)}, "probability=1.0)]."),
        (
            {"split": (0.7, 0.2, 0.1)},
            'such as split = {"train": 0.7, "val": 0.2, "test": 0.1}.',
        ),
        (
            {"split": 0.2},
            'such as split = {"train": 0.65, "val": 0.15, "test": 0.2}.',
        ),
        ({"split": (0.8, "a", 3)}, 'such as split = {"by": "random"}.'),
        ({"model": 64}, 'such as model = [{"kind": "dense", "units": 64}, "relu"].'),
        ({"model": [64]}, 'such as {"kind": "dense", "units": 64}.'),
        ({"optimizer": assay.Adam}, "Write an instance, such as Adam(...)."),
        ({"stream": "maybe"}, "got stream='maybe'. Write true or false."),
        (
            {"learning_rate": 0.1},
            "in the table [optimizer], as optimizer.learning_rate (in Python, "
            "optimizer={'kind': 'adam', 'learning_rate': 0.1}).",
        ),
        (
            {"num_trials": 3},
            "as tune.num_trials (in Python, tune={'num_trials': 3}).",
        ),
        ({"by": "group"}, "as split.by (in Python, split={'by': 'group'})."),
        ({"test_data": ([[1.0]], [0])}, "load(data, test_data=test_data))."),
        (
            {"test_data": 0.2},
            'write split={"train": 0.65, "val": 0.15, "test": 0.2}.',
        ),
        ({"test_data": 3}, "got test_data=3. Use the path of a table."),
        ({"lr": 0.1}, "optimizer={'kind': 'adam', 'learning_rate': 0.1})."),
        ({"val_split": 0.2}, "as split.val (in Python, split={'val': 0.2})."),
        ({"loss": "mse"}, "Did you mean 'cost'?"),
        ({"units": 64}, "Did you mean 'model'?"),
        ({"optimizer": {"kind": "sgd", "lr": 1}}, "Did you mean 'learning_rate'?"),
        (
            {"model": [{"kind": "dense", "units": 8, "activation": "relu"}]},
            "Write the activation as the next layer.",
        ),
        ({"split": {"train": 80}}, "Use a number, such as 0.8."),
        ({"split": {"val": "15 %"}}, "Use a number, such as 0.15."),
    ],
)
def test_ways_out(values, end):
    assert _fault(**values).endswith(end)


def test_a_spec_instead_of_a_list_is_one_fault():
    message = _fault(regularizers=assay.L2(0.1))
    assert message == (
        "Expected a list, but got regularizers=L2(strength=0.1). Write a list, such as "
        "[L2(strength=0.1)]."
    )


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("image_size", "32x16", "image_size = [32, 16]"),
        ("freeze", "conv*", 'freeze = ["conv*"]'),
        ("augment", "jitter", 'augment = ["jitter"]'),
        ("regularizers", "l2", 'regularizers = ["l2"]'),
        ("regularizers", "nothing", 'regularizers = ["l1"]'),
        ("augment", "flip_horizontal", 'augment = ["horizontal_flip"]'),
        ("model", "nothing", 'model = [{"kind": "dense", "units": 64}, "relu"]'),
        (
            "regularizers",
            "dropout",
            'model = [{"kind": "dense", "units": 64}, "dropout"]',
        ),
        (
            "regularizers",
            ["dropout"],
            'model = [{"kind": "dense", "units": 64}, "dropout"]',
        ),
        ("model", "adamw", 'optimizer = "adamw"'),
        ("schedule", "jitter", 'augment = ["jitter"]'),
        ("optimizer", "early_stopping", 'regularizers = ["early_stopping"]'),
        ("split", {"train": 0.8}, 'split = {"train": 0.8, "val": 0.1, "test": 0.1}'),
        (
            "split",
            {"by": "time"},
            'split = {"by": "time", "column": "NAME"}',
        ),
    ],
)
def test_values_in_messages_are_valid(name, value, fix):
    message = _fault(**{name: value})
    assert message.endswith(f" {fix}.")
    field, _, text = fix.partition(" = ")
    assert spec.Experiment(**{field: json.loads(text)})


def test_a_layer_with_required_fields_is_no_regularizer():
    assert _fault(regularizers=["conv2d"]).endswith(
        "'conv2d' is a layer. Add it to the list `model`."
    )


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.float64, np.float32])
def test_numbers_of_numpy_are_numbers(kind):
    experiment = spec.Experiment(
        num_epochs=kind(7),
        seed=kind(3),
        optimizer={"kind": "sgd", "learning_rate": kind(1)},
    )
    assert experiment == spec.Experiment(num_epochs=7, seed=3, optimizer=spec.SGD(1.0))
    json.dumps(experiment.to_data())


def test_arrays_are_no_numbers():
    assert "got seed=array" in _fault(seed=np.array([1]))


@pytest.mark.parametrize(
    ("word", "near"),
    [("Epochs", "num_epochs"), ("SEED", "seed"), ("time", ""), ("zip", "")],
)
def test_suggestions_are_similar(word, near):
    names = ["optimizer", "num_epochs", "seed", "runs"]
    assert did_you_mean(word, names) == (f" Did you mean {near!r}?" if near else "")


def test_a_repeated_key_in_json_is_refused(tmp_path):
    path = tmp_path / "a.JSON"
    path.write_text('{"target": "y", "target": "a"}')
    with pytest.raises(InputError, match="the key 'target' is repeated"):
        read_data(path)


@pytest.mark.parametrize("name", ["a.toml", "a.TOML", "a.json"])
def test_a_byte_order_mark_is_skipped(name, tmp_path):
    path = tmp_path / name
    text = '{"seed": 3}' if name.endswith("json") else "seed = 3\n"
    path.write_text("\ufeff" + text, encoding="utf-8")
    assert read_data(path) == {"seed": 3}


def test_an_own_module_needs_no_list():
    own = spec.OwnModule(factory=dict)
    assert spec.Training(model=own).model == (own,)


def test_names_of_other_libraries_lead_to_names_that_exist():
    families = {f for f in vars(spec).values() if hasattr(f, "members")}
    specs = {spec.Experiment, spec.Split, spec.Tune, *families}
    kinds = {kind for family in families for kind in family.members}
    fields = {name for member in specs for name in member.model_fields}
    options = {*fields, "L", "source", "out", "trials", "time"}
    options |= {f"split_{name}" for name in spec.Split.model_fields}
    here = {name for names in OTHER_NAMES.values() for name in names}
    assert here <= kinds | options | {*KINDS}
    assert not set(OTHER_NAMES) & {*spec.Experiment.model_fields}


@pytest.mark.parametrize(
    ("cost", "name"),
    [("MSE", "squared_error"), ("sparse_categorical_crossentropy", "cross_entropy")],
)
def test_costs_of_other_libraries(cost, name):
    assert f"Did you mean '{name}'? Known:" in _fault(cost=cost)


@pytest.mark.parametrize("name", ["split", "tune", "optimizer", "model", "kinds"])
def test_tables_in_messages_are_values_in_python(name):
    message = _fault(**{name: 3})
    example = message.partition("such as ")[2].removeprefix(f"{name} = ").rstrip(".")
    assert spec.Experiment(**{name: json.loads(example)})


def test_lists_of_numbers_lead_to_search_spaces():
    message = _fault(batch_size=[16, 32])
    assert 'To try each value, use "choice(16, 32)"; to' in message
    assert spec.Experiment(batch_size="choice(16, 32)").batch_size == spec.Choice(
        16, 32
    )
    message = _fault(optimizer={"kind": "sgd", "learning_rate": (0.1, 1)})
    assert message.endswith(
        'use "choice(0.1, 1)"; to search a range, use "log(low, high)".'
    )
    assert "choice" not in _fault(members=[1, 2])


@pytest.mark.parametrize(
    "fields",
    [{"learning_rate": 0.1}, {"num_trials": 3}, {"by": "class"}, {"beta1": 0.8}],
)
def test_the_form_for_python_works(fields):
    message = _fault(data="iris", **fields)
    name, value = re.findall(r"\(in Python, (\w+)=(\{.*\})\)\.$", message)[0]
    experiment = spec.Experiment(data="iris", **{name: ast.literal_eval(value)})
    ((key, given),) = fields.items()
    assert getattr(getattr(experiment, name), key) == given

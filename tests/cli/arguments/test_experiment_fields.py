"""Options and files set all fields of an experiment, and their faults are reported."""

import json

import pandas as pd
import pytest

from assay import InputError, spec
from assay.cli import COMMANDS
from assay.cli.arguments._experiment_fields import experiment_fields, read_value

FIELDS = [
    pytest.param(path, bounds, id=path)
    for path, bounds, _ in spec.Experiment().leaves()
    if bounds is not None
]


def parsed(*words):
    """Return the experiment requested by the arguments of `assay train`."""
    arguments = COMMANDS["train"].parser().parse(list(words))
    return experiment_fields(arguments.source, arguments)


def test_a_table_can_be_given():
    data = parsed("iris", "--kinds", '{"petal width" = "category"}')
    assert data["kinds"] == {"petal width": "category"}
    data = parsed("iris", "--learning-rate-of", '{"dense*" = 0.1}')
    assert data["learning_rate_of"] == {"dense*": 0.1}


@pytest.mark.parametrize(("path", "bounds"), FIELDS)
def test_invalid_values_of_every_field_are_told(command, path, bounds):
    name = path.rpartition(".")[2]
    for value in bounds.invalid_values():
        done = command("train", "iris", "--set", f"{path}={json.dumps(value)}")
        assert (done.code, done.out) == (2, ""), value
        assert len(done.faults) == 1, value
        assert name in done.faults[0]
        assert "must hold, but got" in done.faults[0]


@pytest.mark.parametrize(("path", "bounds"), FIELDS)
def test_every_field_can_be_set(path, bounds):
    example = 0.15 if path.startswith("split") else bounds.example
    others = {"split.train": "split.val=0.7", "split.test": "", "split.val": ""}
    words = ["iris", "--set", f"{path}={example}"]
    if others.get(path):
        words += ["--set", others[path]]
    made = spec.Experiment(**parsed(*words))
    assert {p: v for p, _, v in made.leaves()}[path] == example


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-1", -1),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("true", True),
        ("adamw", "adamw"),
        ('"3"', "3"),
        ("log(1e-4, 1e-1)", "log(1e-4, 1e-1)"),
        (
            '[{kind = "dense", units = 8}, "relu"]',
            [{"kind": "dense", "units": 8}, "relu"],
        ),
        ("1\nseed = 2", "1\nseed = 2"),
        ("", ""),
    ],
)
def test_values_are_read_as_toml_or_text(text, value):
    assert read_value(text) == value
    assert type(read_value(text)) is type(value)


def test_options_are_merged_with_an_experiment_file(tmp_path):
    path = tmp_path / "asked.toml"
    path.write_text(
        'data = "iris"\nseed = 3\nbatch_size = 8\n'
        '[optimizer]\nkind = "adamw"\nweight_decay = 0.1\n'
        "[tune]\nnum_trials = 4\n"
    )
    found = parsed(
        str(path), "--seed", "5", "--time", "60", "--set", "optimizer.beta1=0.8"
    )
    assert found == {
        "data": "iris",
        "seed": 5,
        "batch_size": 8,
        "optimizer": {"kind": "adamw", "weight_decay": 0.1, "beta1": 0.8},
        "tune": {"num_trials": 4, "time_seconds": 60},
    }


def test_json_is_as_good_as_toml(tmp_path):
    path = tmp_path / "asked.json"
    path.write_text('{"data": "iris", "seed": 3}')
    assert parsed(str(path)) == {"data": "iris", "seed": 3}


def test_fields_of_a_member_build_upon_its_kind():
    assert parsed("iris", "--set", "optimizer.learning_rate=0.1")["optimizer"] == {
        "kind": "adam",
        "learning_rate": 0.1,
    }
    words = ["--optimizer", "sgd", "--set", "optimizer.learning_rate=0.1"]
    assert parsed("iris", *words)["optimizer"] == {"kind": "sgd", "learning_rate": 0.1}


def test_items_of_a_list_are_set_by_their_place():
    model = '["relu", {kind = "dense", units = 4}]'
    words = ["--model", model, "--set", "model[1].units=8"]
    assert parsed("iris", *words)["model"][1] == {"kind": "dense", "units": 8}
    words = ["--model", model, "--set", "model[0].negative_slope=0.1"]
    with pytest.raises(InputError, match="unknown key .*negative_slope"):
        parsed("iris", *words)


def test_text_stays_text_and_lists_grow():
    found = parsed("iris", "--target", "1", "--ignore", "a", "--ignore", "2")
    assert found["target"] == "1"
    assert found["ignore"] == ["a", "2"]
    listed = parsed(
        "iris", "--ignore", '["a", "b"]', "--ignore", "[1]", "--ignore", "c"
    )
    assert listed["ignore"] == ["a", "b", "[1]", "c"]


def test_model_may_be_a_file(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text('model = [{kind = "dense", units = 4}, "relu"]')
    layers = [{"kind": "dense", "units": 4}, "relu"]
    assert parsed("iris", "--model", str(path))["model"] == layers
    assert parsed("iris", "--model", "mlp")["model"] == "mlp"


def test_data_beside_the_experiment_file_is_found(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inner" / "asked.toml").write_text('data = "cells.csv"')
    assert parsed("inner/asked.toml")["data"] == "cells.csv"
    (tmp_path / "inner" / "cells.csv").write_text("a,y\n")
    assert parsed("inner/asked.toml")["data"] == "inner/cells.csv"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--trials", "0"], "`num_trials >= 1` must hold, but got --trials=0."),
        (["--seed", "x"], "`seed >= 0` must hold, but got --seed='x'."),
        (
            ["--split-by", "grop"],
            "unknown value --split-by='grop'. Did you mean 'group'?",
        ),
        (["--optimizer", "adm"], "unknown optimizer --optimizer='adm'. Did you mean"),
        (["--set", "sede=1"], "unknown key sede=1. Did you mean 'seed'?"),
        (["--set", "cls=1"], "unknown key cls=1."),
        (["--set", "optimizer.lr=1"], "unknown key optimizer.lr=1."),
        (
            ["--set", "tune=3"],
            "Expected a table, but got tune=3. Write a table, such as "
            "--set 'tune={\"num_trials\" = 8}'.",
        ),
        (
            ["--set", "optimizer={lr=1}"],
            "Expected an optimizer, but got optimizer={'lr': 1}. Write a table, such "
            'as --set \'optimizer={"kind" = "sgd"}\'.',
        ),
        (
            ["--optimizer", "{lr=1}"],
            "Expected an optimizer, but got --optimizer={'lr': 1}. Write a table, such "
            'as --optimizer \'{"kind" = "sgd"}\'.',
        ),
        (
            ["--batch-size", "[16, 32]"],
            "`batch_size >= 1` must hold, but got --batch-size=[16, 32]. To try each "
            'value, use "choice(16, 32)"; to search a range, use "integer(low, high)".',
        ),
        (["--set", "by=x"], "unknown key by='x'. Write it in the table [split], as"),
        (
            ["--kinds", "a=number"],
            "Expected a table, but got --kinds='a=number'. Write a table, such as "
            """--kinds '{"zip" = "category"}'.""",
        ),
        (["--set", "seed.x=1"], "`seed >= 0` must hold, but got seed={'x': 1}."),
        (
            ["--set", "seed"],
            "--set must have the form NAME=VALUE, but got --set 'seed'.",
        ),
        (
            ["--set", "a b=1"],
            "--set must have the form NAME=VALUE, but got --set 'a b=1'.",
        ),
        (
            ["--model", "[]", "--set", "model[0].units=1"],
            "No item found at 'model[0].units': the list has 0 items.",
        ),
        (["--model", "net.toml"], "No such file: net.toml"),
        (["--model", "lstm"], "unknown value --model='lstm'."),
    ],
)
def test_faults_name_what_the_user_wrote(command, words, told):
    done = command("train", "iris", *words)
    assert (done.code, done.out) == (2, "")
    assert len(done.faults) == 1
    assert done.faults[0].startswith(told)


def test_all_faults_are_told_at_once(command):
    words = ["--trials", "0", "--seed", "-1", "--set", "sede=1", "--optimizer", "adm"]
    assert len(command("train", "iris", *words).faults) == 4


def test_a_dash_that_is_not_two_hyphens_and_a_file_with_a_hyphen(command, tmp_path):
    for dash in "–—":
        done = command("train", "iris", f"{dash}target", "species")
        assert (
            done.faults[0] == f"unknown option {dash}target. Did you mean '--target'?"
        )
    (tmp_path / "-a.csv").write_text("")
    fix = "To pass the file, write ./-a.csv."
    assert command("data", "-a.csv").faults == [f"unknown option -a.csv. {fix}"]


def test_file_of_a_model_holds_nothing_else(command, tmp_path):
    (tmp_path / "net.toml").write_text('model = ["relu"]\nseed = 3')
    done = command("train", "iris", "--model", "net.toml")
    assert done.code == 2
    assert (
        "must contain only the key 'model', but contains model, seed" in done.faults[0]
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["--lr", "1"],
            "--lr. Write --set optimizer.learning_rate=VALUE.",
        ),
        (
            ["--beta1", "1"],
            "--beta1. Write --set optimizer.beta1=VALUE.",
        ),
        (["--epochs", "3"], "unknown option --epochs. Did you mean '--num-epochs'?"),
        (["--dropout", "1"], "unknown option --dropout. Did you mean '--model'?"),
        (["--random_state", "1"], "--random_state. Did you mean '--seed'?"),
        (["--val-split", "0.2"], "--val-split. Did you mean '--split-val'?"),
        (["--target-column", "a"], "--target-column. Did you mean '--target'?"),
        (["--output-dir", "a"], "--output-dir. Did you mean '--out'?"),
        (["--quiet"], "`assay train --help` lists all options."),
    ],
)
def test_unknown_options_name_what_works(command, words, told):
    done = command("train", "digits", *words)
    assert done.code == 2
    assert done.faults[0].endswith(told)


def test_tables_may_be_json():
    assert read_value('{"zip": "category"}') == {"zip": "category"}
    assert read_value('["a", null]') == ["a", None]
    assert read_value("{a: 1}") == "{a: 1}"


def test_dates_and_times_are_text():
    for text in ("2024-01-31", "00:01:00", "2024-01-31T10:00:00"):
        assert read_value(text) == text


def test_an_experiment_file_may_have_an_upper_case_suffix(tmp_path):
    path = tmp_path / "a.TOML"
    path.write_text("data = 'iris'")
    assert parsed(str(path))["data"] == "iris"


@pytest.mark.parametrize("form", ["columns", "index", "split", "table"])
def test_a_table_in_json_is_not_an_experiment(command, tmp_path, form):
    pd.DataFrame({"size": [1, 2], "kind": ["a", "b"]}).to_json(
        tmp_path / "cells.json", orient=form
    )
    fault = command("data", "cells.json").faults[0]
    assert fault.startswith("cells.json does not contain an experiment")
    assert "frame.to_json('cells.jsonl', orient='records', lines=True)" in fault
    (tmp_path / "asked.json").write_text('{"target": "kind"}')
    assert "must have a key 'data'" in command("data", "asked.json").faults[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["iris", "--seed", "1", "--seed=2"],
            "Only one of these options can be used: --seed 1, --seed 2. Remove the "
            "others.",
        ),
        (
            ["iris", "--series-column", "a", "--series-column", "b c"],
            "Only one of these options can be used: --series-column a, "
            "--series-column 'b c'. Remove the others.",
        ),
        (
            ["iris", "--set", "seed=1", "--set", "seed=2"],
            "'seed' is set 2 times, by --set and --set. Set it once.",
        ),
        (
            ["iris", "--trials", "3", "--set", "tune.num_trials=4"],
            "'tune.num_trials' is set 2 times, by --trials and --set. Set it once.",
        ),
    ],
)
def test_a_field_can_be_set_only_once(command, words, told):
    assert command("train", *words).faults == [told]


def test_short_and_long_names_of_an_option_count_together(command):
    done = command("predict", "run", "t.csv", "-o", "a.csv", "--output", "b.csv")
    assert done.code == 2
    assert "-o a.csv, --output b.csv" in done.faults[0]


def test_options_that_may_be_repeated(command):
    words = ["--ignore", "malic_acid", "--ignore", "hue", "--json", "--json"]
    done = command("data", "wine", *words, "--set", "tune.num_trials=1")
    assert (done.code, done.faults) == (0, [])

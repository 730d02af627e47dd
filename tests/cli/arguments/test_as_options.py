"""Fixes in messages are printed as options that can be pasted."""

import pytest

from assay._errors import setting
from assay.cli.arguments._as_options import as_options, with_options


@pytest.mark.parametrize(
    ("message", "printed"),
    [
        ("Write task='classification'.", "Write --task classification."),
        ("such as target='y y'.", "such as --target 'y y'."),
        ("Write ignore=['b', 'c'].", "Write --ignore b --ignore c."),
        ('Write ignore = ["b"], or fill', "Write --ignore b, or fill"),
        ("Write image_size=(12, 9).", "Write --image-size '[12, 9]'."),
        ("kinds={'a b': 'number'}", """--kinds '{"a b" = "number"}'"""),
        (
            "ignore=['q[1]', \"it's {x}\"].",
            """--ignore 'q[1]' --ignore 'it'"'"'s {x}'.""",
        ),
        ("kinds={'Fläche': 'date'}", """--kinds '{"Fläche" = "date"}'"""),
        ("kinds={'q{1}': 'date'}", """--kinds '{"q{1}" = "date"}'"""),
        ('kinds = {"a" = "date"}', """--kinds '{"a" = "date"}'"""),
        ("by='group', column='x'", "--split-by group --split-column x"),
        (
            "split={'by': 'time', 'column': 'a b'}, ignore=['a b']",
            "--split-by time --split-column 'a b' --ignore 'a b'",
        ),
        (
            "such as optimizer.learning_rate = 0.1.",
            "such as --set optimizer.learning_rate=0.1.",
        ),
        (
            'optimizer.learning_rate = "log(1e-05, 2)"',
            "--set 'optimizer.learning_rate=log(1e-05, 2)'",
        ),
        (
            "such as optimizer.a = 1 (in Python, optimizer={'kind': 'b', 'a': 1}).",
            "such as --set optimizer.a=1.",
        ),
        (
            setting("optimizer.learning_rate", "log(1e-05, 2)", "adam"),
            "--set 'optimizer.learning_rate=log(1e-05, 2)'",
        ),
        ("ignore=['b'], or target='a'", "--ignore b, or --target a"),
        ("split={'column': 'a\\nb'}", "--split-column $'a\\nb'"),
        (
            """Write model = [{"kind": "dense", "units": 64}, "relu"].""",
            """Write --model '[{"kind" = "dense", "units" = 64}, "relu"]'.""",
        ),
        ("or write stream = false.", "or write --stream false."),
        ("test_data='test.csv'", "--test-data test.csv"),
        ("split.train = 0.8, split.val = 1.", "--split-train 0.8 --split-val 1."),
        ('such as split = {"by" = "time"}.', 'such as split = {"by" = "time"}.'),
        ('such as split = {"by": "time"}.', 'such as split = {"by" = "time"}.'),
        ('Write {"kind": "l2", "a": 8}.', 'Write {"kind" = "l2", "a" = 8}.'),
    ],
)
def test_fixes_become_options(message, printed):
    assert as_options(message) == printed


@pytest.mark.parametrize(
    "message",
    [
        "`target names a column` must hold, but got target='foo'. No column.",
        "`task='x' is known` must hold",
        "Expected an optimizer, but got optimizer='it is'. No.",
        "unknown key split.by='x'. No.",
        """such as --set 'split={"by" = "time"}'.""",
        "subtask='x'",
        "nothing to rewrite",
    ],
)
def test_the_rest_stays_as_it_is(message):
    assert as_options(message) == message


def test_a_size_that_a_message_prints_can_be_pasted(command):
    fix = as_options("Write image_size=(12, 12).").partition("Write ")[2].rstrip(".")
    assert fix == "--image-size '[12, 12]'"
    done = command("data", "digits", "--image-size", "[12, 12]")
    assert "image_size" not in "".join(done.faults)


def test_faults_and_findings_of_a_command_name_options(command, tmp_path):
    rows = [f"{i + 100},{i % 7},{'ab'[i % 2]}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["customer_id,size,kind", *rows]))
    done = command("data", "t.csv")
    assert done.code == 2
    assert "such as --target kind." in done.faults[0]
    done = command("data", "t.csv", "--target", "kind")
    assert """--kinds '{"customer_id" = "number"}'""" in " ".join(done.out.split())
    words = command("data", "t.csv", "--target", "kind", "--json").out
    assert "kinds={'customer_id': 'number'}" in words


def test_a_file_without_a_header_is_named_as_the_cause(command, tmp_path):
    rows = ["5.1,3.5,two", "1,2,two", "3,4,one", "2,2,one"]
    (tmp_path / "t.csv").write_text("\n".join(rows))
    done = command("data", "t.csv")
    assert done.faults == [
        "`target in columns` must hold, but got target=None. The first line, "
        "'5.1,3.5,two', was used as column names but looks like data. "
        "If it is data, add a header row above it."
    ]


def test_fixes_in_notes_and_reasons_become_options():
    fix, option = "write kinds={'a': 'image'}.", """write --kinds '{"a" = "image"}'."""
    record = {
        "notes": [fix],
        "columns": [{"name": "a", "reason": fix}],
        "findings": [{"code": "b", "remedy": fix}],
        "data": {"notes": (fix,)},
        "seed": 3,
    }
    assert with_options(record) == {
        "notes": [option],
        "columns": [{"name": "a", "reason": option}],
        "findings": [{"code": "b", "remedy": option}],
        "data": {"notes": [option]},
        "seed": 3,
    }
    assert record["notes"] == [fix]

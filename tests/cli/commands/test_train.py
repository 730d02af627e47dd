"""`assay train` prints its result, rejects bad input and resumes stopped runs."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.records import RunFolder, summary_faults, without_times

SOURCE = Path(__file__).parents[3] / "src"
QUICK = ("--trials", "1", "--num-epochs", "3", "--model", "linear")


def table(header, row, num_rows=40):
    """Return the text of a CSV file in which `row` creates the cells of row i."""
    lines = [",".join(map(str, row(i))) for i in range(num_rows)]
    return "\n".join([header, *lines]) + "\n"


def word(i):
    return "uv"[i % 2]


GOOD = table("a,b,y", lambda i: (i * 7 % 11, i % 5, word(i)))
BAD = {
    "empty file": ("", [], "The file 'cells.csv' is empty."),
    "one row": ("a,b,y\n1,2,u\n", [], "`num_examples >= 2` must hold, but got"),
    "one class": (
        table("a,y", lambda i: (i % 7, "u")),
        [],
        "`num_classes >= 2` must hold, but got num_classes=1. 'y' is 'u' in every row.",
    ),
    "target with missing values": (
        table("a,y", lambda i: (i % 7, "" if i == 3 else word(i))),
        [],
        "`num_missing['y'] == 0` must hold, but got num_missing=1.",
    ),
    "all columns missing": (
        table("a,b,y", lambda i: ("", "", word(i))),
        [],
        "`num_features >= 1` must hold, but got num_features=0.",
    ),
    "text where numbers belong": (
        table("a,y", lambda i: (i % 7, "many" if i == 5 else i / 3)),
        ["--task", "regression"],
        "Regression requires numbers, but 'y' contains 'many'.",
    ),
    "infinities": (
        table("a,b,y", lambda i: ("inf" if i == 4 else i % 7, i % 5, word(i))),
        [],
        "`isfinite(a)` must hold, but got a=inf.",
    ),
    "duplicate column names": (
        table("a,a,y", lambda i: (i, i, word(i))),
        [],
        "`columns.count('a') == 1` must hold, but got column='a'.",
    ),
    "ragged": ("a,b,y\n1,2,u\n3,4\n5,6,v,7\n", [], "Every line must have 3 cells"),
    "no such column": (
        GOOD.replace("b,y", "b,kind"),
        ["--target", "kinf"],
        "but got target='kinf'. The columns are a, b, kind. ",
    ),
    "no target named": (
        GOOD.replace("b,y", "b,c"),
        [],
        "`target in columns` must hold, but got target=None.",
    ),
    "reversed space": (
        GOOD,
        ["--set", "optimizer.learning_rate=log(1e-1, 1e-4)"],
        "optimizer.learning_rate: `low < high` must hold, but got (low=0.1, "
        "high=0.0001). Use log(0.0001, 0.1).",
    ),
    "empty space": (
        GOOD,
        ["--set", "batch_size=choice()"],
        "batch_size: `len(options) >= 1` must hold, but got options=().",
    ),
    "parts that do not add up": (
        GOOD,
        ["--split-train", "0.9"],
        "`train + val + test = 1` must hold, but got (0.9, 0.15, 0.15)",
    ),
    "parts without a row": (
        GOOD,
        [
            *("--split-train", "0.98"),
            *("--split-val", "0.01"),
            *("--split-test", "0.01"),
        ],
        "`min(sizes) >= 1` must hold, but got sizes=",
    ),
    "groups without a column": (GOOD, ["--split-by", "group"], "needs a column."),
    "no such column of times": (
        GOOD,
        ["--split-by", "time", "--split-column", "when"],
        "`column in columns` must hold, but got column='when'. "
        "Specify a column to split by time.",
    ),
    "classes of a regression's cost": (
        GOOD,
        ["--cost", "squared_error"],
        "The cost 'squared_error' cannot be used for binary tasks. Use one of ",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_gets_one_message_and_leaves_nothing(command, tmp_path, name):
    text, words, told = BAD[name]
    (tmp_path / "cells.csv").write_text(text)
    done = command("train", "cells.csv", *words)
    assert (done.code, done.out) == (2, "")
    assert len(done.faults) == 1
    assert told in done.faults[0]
    assert "Traceback" not in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["cells.csv"]


def test_sources_that_are_not_there(command, tmp_path):
    (tmp_path / "cells.csv").write_text(GOOD)
    (tmp_path / "photos").mkdir()
    for source, told in (
        ("cell.csv", "No file has this name. Did you mean 'cells.csv'?"),
        ("digit", "Did you mean 'digits'?"),
        ("photos", "No images found in 'photos'. Put the images of each class"),
        ("asked.toml", "No such file: asked.toml"),
    ):
        done = command("train", source)
        assert (done.code, done.out, len(done.faults)) == (2, "", 1)
        assert told in done.faults[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cells.csv", "photos"]


def test_near_names_of_columns_are_offered(command, tmp_path):
    (tmp_path / "cells.csv").write_text(GOOD.replace("b,y", "b,kind"))
    done = command("train", "cells.csv", "--target", "kinf")
    assert done.faults[0].endswith("Did you mean 'kind'?")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            'data = "iris"\nsede = 3\nmodl = ["relu"]\n[tune]\nnum_trails = 3\n',
            ["num_trails=3. Did you mean 'num_trials'?", "'seed'?", "'model'?"],
        ),
        (
            "seed = 3\n",
            ["The experiment file asked.toml must have a key 'data'. For example: "],
        ),
        ("seed =\n", ["asked.toml cannot be read: Invalid value"]),
        (
            'data = "iris"\nmodel = [{kind = "dense", units = 0}, "rely"]\n',
            ["model[0].units=0", "Did you mean 'relu'?"],
        ),
    ],
)
def test_faults_of_an_experiment_file_are_told_at_once(command, tmp_path, text, faults):
    (tmp_path / "asked.toml").write_text(text)
    done = command("train", "asked.toml")
    assert (done.code, done.out) == (2, "")
    assert len(done.faults) == len(faults)
    for told, line in zip(faults, done.faults, strict=True):
        assert told in line
    assert [path.name for path in tmp_path.iterdir()] == ["asked.toml"]


def test_source_is_needed_and_a_run_is_none(command, iris):
    assert command("train").faults == [
        "SOURCE is missing. For example: assay train digits"
    ]
    done = command("train", iris)
    assert done.code == 2
    assert done.faults[0].endswith(f"assay train --resume --out {iris}")


@pytest.fixture(scope="module")
def csv_run(tmp_path_factory):
    """A folder with a data file, and the JSON output of a run on it."""
    folder = tmp_path_factory.mktemp("csv")
    (folder / "cells.csv").write_text(GOOD)
    return folder


def test_json_is_the_object_of_run_json(command, csv_run, monkeypatch):
    monkeypatch.chdir(csv_run)
    done = command_in(command, monkeypatch, csv_run, "--json")
    assert done.code == 0
    assert done.out == (csv_run / "runs" / "cells-1" / "run.json").read_text()
    assert summary_faults(json.loads(done.out)) == []
    again = command_in(command, monkeypatch, csv_run)
    assert again.out.startswith("cells-2 · binary, predicts y\n")
    # the first run has already opened the same rows
    assert "has been opened 2 times" in again.out


def command_in(command, monkeypatch, folder, *words):
    monkeypatch.chdir(folder)
    return command("train", "cells.csv", *QUICK, *words)


def test_training_notes_the_same_as_looking_at_the_data(command, tmp_path):
    rows = [f"{i},{i * 7 % 40},{i % 9},5" for i in range(60)]
    lines = ["size;age;price", *(row.replace(",", ";", 2) for row in rows), "", ""]
    (tmp_path / "prices.csv").write_text("\n".join([*lines, ""]))
    words = ("prices.csv", "--target", "price")
    notes = json.loads(command("data", *words, "--json").out)["notes"]
    assert notes == [
        "The cells are separated by ';'.",
        "2 empty lines were left out.",
        "Task regression: numbers with fractions are treated as quantities; '0,5' is "
        "read as 0.5.",
    ]
    done = command("train", *words, *QUICK, "--out", "here")
    printed = [line for line in done.err.splitlines() if line[:5] == "note:"]
    assert printed == [f"note: {note}" for note in notes]
    shown = " ".join(done.out.split())  # wrapped lines
    assert all(note in shown for note in notes)
    summary = json.loads((tmp_path / "here" / "run.json").read_text())
    assert summary["data"]["notes"] == notes


def test_result_on_output_and_progress_on_error(command, tmp_path):
    (tmp_path / "cells.csv").write_text(GOOD)
    done = command("train", "cells.csv", *QUICK, "--out", "here")
    assert done.code == 0
    assert "TEST" in done.out
    assert done.out.endswith("  folder      here\n  report      here/report.html\n")
    stages = [line.partition(":")[0] for line in done.err.splitlines()]
    assert [s for s in stages if s in ("data", "tune", "refit", "test")] == [
        *("data", "tune", "tune", "refit", "test")
    ]
    assert "\x1b" not in done.err + done.out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("cells.csv", "here", "ledger.jsonl")
    ]


def test_experiment_of_a_run_can_be_run_again(command, iris, tmp_path):
    done = command("train", iris / "experiment.toml", "--out", "again", "--json")
    assert done.code == 0
    first, second = RunFolder(iris).summary(), json.loads(done.out)
    assert second["metrics"] == first["metrics"]
    assert second["hyperparameters"] == first["hyperparameters"]
    assert second["split"] == first["split"]


def test_a_folder_is_not_written_over(command, iris, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in iris.rglob("*")}
    done = command("train", "iris", *QUICK, "--out", iris)
    assert (done.code, done.out, len(done.faults)) == (2, "", 1)
    assert done.faults[0].endswith(f"use: assay train --resume --out {iris}")
    assert {path: path.stat().st_mtime_ns for path in iris.rglob("*")} == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("")
    done = command("train", "iris", *QUICK, "--out", "mine")
    assert (done.code, len(done.faults)) == (2, 1)
    assert done.faults[0].endswith("is not empty. Use a new or empty folder.")


def test_resume_takes_a_run_and_nothing_else(command, iris):
    done = command("train", "--resume", "--out", iris, "--seed", "3", "--set", "a=1")
    assert done.code == 2
    assert "Remove --seed, --set, or start a new run." in done.faults[0]
    assert "requires the folder of a run" in command("train", "--resume").faults[0]
    done = command("train", "--resume", "--out", "nowhere")
    assert done.code == 2
    assert "No run found in 'nowhere'." in done.faults[0]


def test_resuming_a_finished_run_shows_it(command, iris):
    done = command("train", "--resume", "--out", iris, "--json")
    assert (done.code, done.out) == (0, (iris / "run.json").read_text())
    assert "note: The run had already finished." in done.err
    assert command("train", iris, "--resume", "--json").out == done.out


@pytest.mark.slow
@pytest.mark.usefixtures("ctrl_c_interrupts")
def test_after_ctrl_c_a_run_goes_on_to_the_same_result(command, tmp_path):
    words = ["iris", "--trials", "10", "--model", "linear", "--num-epochs", "20"]
    folder = RunFolder(tmp_path / "cut" / "iris-1")
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    started = subprocess.Popen(
        [sys.executable, "-m", "assay", "train", *words, "--runs", "cut"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while started.poll() is None and not folder.events("trial"):
        time.sleep(0.02)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate()
    assert (started.returncode, out) == (130, ""), err
    line = "assay train --resume --out cut/iris-1"
    assert err.splitlines()[-1].endswith(line)
    done = command("show", "cut/iris-1")
    assert done.code == 0
    assert "not finished" in done.out
    assert line in done.out

    assert command(*line.split()[1:]).code == 0
    assert command("train", *words, "--runs", "whole").code == 0
    resumed = without_times(folder.summary())
    whole = without_times(RunFolder(tmp_path / "whole" / "iris-1").summary())
    assert resumed == whole

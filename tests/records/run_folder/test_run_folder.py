"""Run folders are never overwritten, can be read and report missing files."""

import copy
import json
import math
import subprocess
import sys

import numpy as np
import polars
import pytest

from assay._errors import InputError, RunError
from assay.records import (
    EVENTS,
    EpochEvent,
    NoteEvent,
    RunFolder,
    run_folders,
    summary_faults,
    to_plain,
)

SUMMARY = {
    "assay": "0.1.0",
    "version": 1,
    "run": "digits-1",
    "task": "multiclass",
    "data": {
        "source": "digits",
        "num_examples": 1797,
        "num_features": 64,
        "classes": list(range(10)),
        "fingerprint": "f",
    },
    "split": {"train": 1257, "val": 270, "test": 270, "by": "class", "hash": "h"},
    "model": {"layers": [{"kind": "dense"}], "num_parameters": 4810},
    "hyperparameters": {"learning_rate": 0.01},
    "tune": {"num_trials": 30, "best_val": 0.98, "metric": "accuracy"},
    "refit": {"num_examples": 1527, "epochs": 20},
    "test": {
        "metric": "accuracy",
        "value": 0.97,
        "interval": [0.94, 0.98],
        "level": 0.95,
        "num_examples": 270,
        "openings": 1,
    },
    "metrics": {"accuracy": {"value": 0.97, "interval": [0.94, 0.98]}},
    "baselines": [{"name": "majority", "value": 0.1, "interval": [0.07, 0.14]}],
    "train": {"cost": 0.01, "metric_value": 1.0},
    "verdict": "fits",
    "findings": [],
    "timings": {"total_seconds": 3.0},
}


def run_in(tmp_path, name="digits-1"):
    folder = RunFolder.create(tmp_path / name)
    folder.write_text("experiment.toml", "")
    return folder


def test_create_makes_parent_folders_and_accepts_an_empty_folder(tmp_path):
    folder = RunFolder.create(tmp_path / "a" / "b")
    assert folder.path.is_dir()
    assert folder.name == "b"
    assert not folder.is_run
    RunFolder.create(folder.path)


def test_create_accepts_what_a_process_killed_at_its_start_left(tmp_path):
    folder = RunFolder.create(tmp_path / "digits-1")
    folder.lock().release()
    (folder.path / ".experiment.toml.7-0.tmp").write_text("ha")
    assert RunFolder(folder.path).is_empty
    assert not RunFolder(folder.path).is_run
    lock = RunFolder.create(folder.path).lock()
    assert [path.name for path in folder.path.iterdir()] == [".lock"]
    lock.release()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("resolved.json", {"versions": "1"}, "versions should be a valid dictionary"),
        ("resolved.json", {"experiment": [1]}, "experiment should be a valid dict"),
        ("data.json", {"columns": [{"kind": "x"}]}, r"columns\[0\].name is missing"),
        ("data.json", {"columns": 3, "task": 4}, "task should be .*; columns should"),
        ("data.json", [], "must contain an object, not list"),
    ],
)
def test_records_with_other_types_are_refused(tmp_path, name, content, message):
    folder = run_in(tmp_path)
    folder.write_json(name, content)
    with pytest.raises(RunError, match=f"{name} .*{message}"):
        folder.read_object(name)
    folder.write_json(name, {"other": 1})
    assert folder.read_object(name) == {"other": 1}


def test_create_never_overwrites(tmp_path):
    folder = run_in(tmp_path)
    with pytest.raises(RunError, match="already contains a run.*--resume"):
        RunFolder.create(folder.path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("")
    with pytest.raises(RunError, match="is not empty"):
        RunFolder.create(tmp_path / "mine")
    with pytest.raises(RunError, match="is a file"):
        RunFolder.create(tmp_path / "mine" / "thesis.txt")


def test_a_file_cannot_be_the_folder_of_runs(tmp_path):
    (tmp_path / "cells.csv").write_text("")
    below = tmp_path / "cells.csv" / "runs"
    for root in (tmp_path / "cells.csv", below):
        with pytest.raises(InputError, match=r"Use another folder\.$"):
            RunFolder.create_next(root, "cells")
    with pytest.raises(InputError, match=r"Use another folder\.$"):
        RunFolder.create(below)


def test_a_file_that_a_finished_run_lacks_cannot_be_written_by_resuming(tmp_path):
    folder = run_in(tmp_path)
    with pytest.raises(RunError, match="Continue the run with --resume"):
        folder.read_bytes("model/model.json")
    folder.write_summary(SUMMARY)
    with pytest.raises(RunError, match="was deleted. Restore it, or run the"):
        folder.read_bytes("model/model.json")


def test_runs_cannot_be_written_in_a_removed_folder(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(InputError, match="Cannot write to the folder runs: No such"):
        RunFolder.create_next("runs", "cells")


def test_resume_requires_a_run(tmp_path):
    folder = run_in(tmp_path)
    (folder.path / ".run.json.7-0.tmp").write_text("half")
    again = RunFolder.create(folder.path, resume=True)
    assert again.exists("experiment.toml")
    lock = again.lock()
    assert {p.name for p in folder.path.iterdir()} == {"experiment.toml", ".lock"}
    lock.release()
    with pytest.raises(RunError, match="does not contain a run to continue"):
        RunFolder.create(tmp_path / "absent", resume=True)
    assert not (tmp_path / "absent").exists()


def test_open_requires_a_run(tmp_path):
    assert RunFolder.open(run_in(tmp_path).path).name == "digits-1"
    with pytest.raises(RunError, match="is not a folder"):
        RunFolder.open(tmp_path / "absent")
    with pytest.raises(
        RunError, match="does not contain a run, because it has none of exp"
    ):
        RunFolder.open(tmp_path)


def test_next_name_follows_the_highest_number(tmp_path):
    names = [RunFolder.create_next(tmp_path / "runs", "digits").name for _ in range(2)]
    assert names == ["digits-1", "digits-2"]
    (tmp_path / "runs" / "digits-9").mkdir()
    (tmp_path / "runs" / "digits-x").mkdir()
    (tmp_path / "runs" / "digits-1").rmdir()
    assert RunFolder.create_next(tmp_path / "runs", "digits").name == "digits-10"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../etc/passwd", "etc-passwd-1"),
        ("my data", "my-data-1"),
        ("...", "run-1"),
        ("Größe_2.csv", "Größe_2.csv-1"),
    ],
)
def test_names_are_safe_on_any_system(tmp_path, name, expected):
    folder = RunFolder.create_next(tmp_path, name)
    assert folder.name == expected
    assert folder.path.parent == tmp_path


def test_next_names_of_several_processes_differ(tmp_path):
    code = (
        "import sys; from assay.records import RunFolder\n"
        "for _ in range(50): print(RunFolder.create_next(sys.argv[1], 'a').name)"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    names = [name for p in processes for name in p.communicate()[0].split()]
    assert len(names) == len(set(names)) == 100


def test_runs_are_sorted_by_number(tmp_path):
    for name in ("b-10", "b-9", "a-1", "b-9-2"):
        run_in(tmp_path, name)
    (tmp_path / "other").mkdir()
    names = [folder.name for folder in run_folders(tmp_path)]
    assert names == ["a-1", "b-9", "b-9-2", "b-10"]
    assert run_folders(tmp_path / "absent") == []


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", ""])
def test_file_names_stay_inside_the_folder(tmp_path, name):
    with pytest.raises(ValueError, match="is not a path inside the run folder"):
        run_in(tmp_path).write_text(name, "")


def test_files_read_back(tmp_path):
    folder = run_in(tmp_path)
    folder.write_bytes("model/weights", b"\0\1")
    assert folder.read_bytes("model/weights") == b"\0\1"
    folder.write_text("report.html", "é")
    assert folder.read_text("report.html") == "é"
    folder.write_json("data.json", {"b": 0.1, "a": math.nan})
    assert folder.read_text("data.json") == '{\n  "b": 0.1,\n  "a": null\n}\n'
    arrays = {"train": np.arange(3), "names": np.array(["a", "é"])}
    folder.write_npz("split.npz", **arrays)
    columns = {"iteration": np.arange(3), "cost": np.float32([1, 0.5, np.nan])}
    folder.write_parquet("iterations.parquet", columns)
    for expected, back in (
        (arrays, folder.read_npz("split.npz")),
        (columns, folder.read_parquet("iterations.parquet")),
    ):
        assert list(back) == list(expected)
        for name, array in expected.items():
            np.testing.assert_array_equal(back[name], array)
            assert back[name].dtype == array.dtype


def test_equal_arrays_give_equal_bytes(tmp_path):
    folder = run_in(tmp_path)
    columns = {"a": np.arange(5.0)}
    for name in ("one", "two"):
        folder.write_npz(f"{name}.npz", **columns)
        folder.write_parquet(f"{name}.parquet", columns)
    for kind in ("npz", "parquet"):
        assert folder.read_bytes(f"one.{kind}") == folder.read_bytes(f"two.{kind}")


def test_pickled_arrays_are_neither_written_nor_read(tmp_path):
    folder = run_in(tmp_path)
    with pytest.raises(ValueError, match="Object arrays"):
        folder.write_npz("split.npz", train=np.array([object()]))
    np.savez(folder.path / "split.npz", train=np.array([None]))
    with pytest.raises(RunError, match=r"split\.npz cannot be read"):
        folder.read_npz("split.npz")


def test_missing_and_damaged_files_are_reported(tmp_path):
    folder = run_in(tmp_path)
    with pytest.raises(RunError, match=r"has no run\.json \(the summary\).*--resume"):
        folder.summary()
    for name, read in (
        ("run.json", folder.summary),
        ("data.json", lambda: folder.read_json("data.json")),
        ("split.npz", lambda: folder.read_npz("split.npz")),
        ("iterations.parquet", lambda: folder.read_parquet("iterations.parquet")),
    ):
        folder.write_bytes(name, b"{damaged")
        with pytest.raises(RunError, match=name):
            read()


def test_events_are_appended_and_read(tmp_path):
    folder = run_in(tmp_path)
    assert folder.events() == []
    folder.append(EVENTS["stage_started"](stage="refit"))
    epochs = [
        EpochEvent(stage="refit", epoch=i, iteration=i, train={"cost": math.inf})
        for i in (1, 2)
    ]
    folder.append(*epochs, NoteEvent(message="done"))
    assert [event["kind"] for event in folder.events()] == [
        "stage_started",
        "epoch",
        "epoch",
        "note",
    ]
    assert [event["epoch"] for event in folder.events("epoch")] == [1, 2]
    assert folder.events("epoch")[0]["train"] == {"cost": None}
    with open(folder.path_of("events.jsonl"), "a") as file:
        file.write('{"kind": "epo')
    assert len(folder.events()) == 4


def test_events_must_have_the_fields_of_their_kind(tmp_path):
    folder = run_in(tmp_path)
    with pytest.raises(TypeError, match="name"):
        folder.append(EVENTS["stage_started"](name="refit"))
    with pytest.raises(KeyError):
        folder.append(EVENTS["epok"]())
    assert folder.events() == []


def test_summary_reads_back(tmp_path):
    folder = run_in(tmp_path)
    without_version = {k: v for k, v in SUMMARY.items() if k != "version"}
    folder.write_summary(without_version)
    assert folder.summary() == SUMMARY
    assert list(json.loads(folder.read_text("run.json"))) == list(SUMMARY)
    renamed = folder.path.rename(tmp_path / "better name")
    assert RunFolder.open(renamed).summary()["run"] == "better name"


MISSING = object()


def changed(path, value):
    """Return the summary with the value at a path replaced or removed."""
    summary = copy.deepcopy(SUMMARY)
    part = summary
    for name in path[:-1]:
        part = part[name]
    if value is MISSING:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return summary


WRONG = [
    (("task",), MISSING, ["task is missing"]),
    (("test", "value"), "0.9", ["test.value should be a valid number, but got '0.9'"]),
    (("test", "value"), True, ["test.value should be a valid number, but got True"]),
    (
        ("test", "interval"),
        [0.1, "a"],
        ["test.interval[1] should be a valid number, but got 'a'"],
    ),
    (
        ("test", "openings"),
        True,
        ["test.openings should be a valid integer, but got True"],
    ),
    (("tune",), 3, ["tune should be a valid dictionary, but got 3"]),
    (
        ("tune",),
        {"metric": "accuracy"},
        ["tune.num_trials is missing", "tune.best_val is missing"],
    ),
    (
        ("metrics", "f1"),
        {},
        ["metrics.f1.value is missing", "metrics.f1.interval is missing"],
    ),
    (
        ("baselines",),
        [{"name": "a", "value": 1}],
        ["baselines[0].interval is missing"],
    ),
    (
        ("verdict",),
        "good",
        ["verdict should be 'fits', 'underfits' or 'overfits', but got 'good'"],
    ),
    (
        ("data", "classes"),
        "abc",
        ["data.classes should be a valid list, but got 'abc'"],
    ),
    (("split", "train"), 1.5, ["split.train should be a valid integer, but got 1.5"]),
]


@pytest.mark.parametrize(("path", "value", "faults"), WRONG)
def test_a_wrong_summary_is_neither_written_nor_read(tmp_path, path, value, faults):
    summary = changed(path, value)
    assert summary_faults(summary) == faults
    folder = run_in(tmp_path)
    with pytest.raises(RunError, match=r"run\.json cannot be written") as error:
        folder.write_summary(summary)
    assert "; ".join(faults) in str(error.value)
    assert not folder.exists("run.json")
    folder.write_json("run.json", summary)
    with pytest.raises(RunError, match=r"run\.json is not valid") as error:
        folder.summary()
    assert "; ".join(faults) in str(error.value)


def test_a_summary_that_is_not_an_object_is_rejected(tmp_path):
    folder = run_in(tmp_path)
    folder.write_json("run.json", [1])
    with pytest.raises(RunError, match="the summary should be a valid dictionary"):
        folder.summary()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tune",), None),
        (("test", "interval"), None),
        (("test", "value"), math.nan),
        (("test", "value"), 1),
        (("data", "classes"), None),
        (("hyperparameters", "more"), {"a": [1]}),
        (("data", "of_another_version"), [1]),
        (("of_another_version",), "x"),
    ],
)
def test_null_and_further_keys_are_valid(tmp_path, path, value):
    summary = to_plain(changed(path, value))
    assert summary_faults(summary) == []
    folder = run_in(tmp_path)
    folder.write_summary(summary)
    assert folder.summary() == summary


def test_newer_records_are_rejected(tmp_path):
    folder = run_in(tmp_path)
    folder.write_json("run.json", {**SUMMARY, "version": 99})
    with pytest.raises(RunError, match="version 99.*Install a newer version"):
        folder.summary()


def test_importing_records_imports_no_heavy_package():
    code = (
        "import sys, assay.records;"
        "heavy = 'numpy polars jax sklearn scipy pandas pydantic'.split();"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_a_panic_of_the_parquet_reader_is_a_damaged_file(tmp_path, monkeypatch):
    folder = RunFolder.create(tmp_path / "a")
    folder.write_bytes("epochs.parquet", b"PAR1")

    def panic(data):
        raise polars.exceptions.PanicException("offset + length <= self.length")

    monkeypatch.setattr(polars, "read_parquet", panic)
    with pytest.raises(RunError, match="epochs.parquet cannot be read"):
        folder.read_parquet("epochs.parquet")

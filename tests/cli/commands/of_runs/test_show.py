"""`assay show` and `assay compare` show the results or the progress of runs."""

import json

import pytest

from assay.records import EVENTS, Finding, RunFolder, to_canonical_json
from assay.report import REPORT


def unfinished(path, *, stage="tune", num_trials=2):
    """Create the folder of a run that was stopped."""
    path.mkdir(parents=True)
    folder = RunFolder(path)
    folder.write_text("experiment.toml", 'data = "iris"\n')
    finding = Finding("class_balance", "info", "The largest class has 50 examples.")
    for name in ("data", stage):
        folder.append(EVENTS["stage_started"](stage=name))
    for _ in range(2):  # a resumed run writes its findings again
        folder.append(EVENTS["finding"](finding=finding.to_json(), stage="data"))
    for number in range(num_trials):
        folder.append(EVENTS["trial"](trial=number, hyperparameters={}, value=0.5))
    folder.append(EVENTS["note"](message="interrupted"))
    return folder


def test_finished_run(command, iris):
    done = command("show", iris)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("iris-1 · multiclass, predicts species\n")
    folder, report = f"  folder      {iris}\n", f"  report      {iris / REPORT}\n"
    assert done.out.endswith(folder + report)
    assert command("show", iris, "--json").out == (iris / "run.json").read_text()


def test_the_report_is_opened_on_request(command, iris, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert command("show", iris, "--open").code == 0
    assert opened == [(iris / REPORT).resolve().as_uri()]
    (tmp_path / "run.json").write_bytes((iris / "run.json").read_bytes())
    assert "has no report.html" in command("show", tmp_path, "--open").err
    assert command("show", "--open").code == 2


def test_run_without_a_report(command, iris, tmp_path):
    (tmp_path / "run.json").write_bytes((iris / "run.json").read_bytes())
    done = command("show", tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(f"  folder      {tmp_path}\n")


def test_unfinished_run(command, tmp_path):
    unfinished(tmp_path / "runs" / "iris-1")
    done = command("show", "runs/iris-1")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "iris-1 · not finished\n"
        + "─" * 88
        + "\n"
        + "  reached     tune; 2 trials finished\n"
        "              interrupted\n"
        "              The run is still in progress, or it was stopped.\n"
        "  resume      assay train --resume --out runs/iris-1\n"
        "\n"
        "  findings\n"
        "  -  info     The largest class has 50 examples.\n"
    )
    found = json.loads(command("show", "runs/iris-1", "--json").out)
    assert found["finished"] is False
    assert (found["stage"], found["num_trials"]) == ("tune", 2)
    assert found["resume"] == "assay train --resume --out runs/iris-1"
    assert len(found["findings"]) == 1


def test_run_that_a_kill_left_with_one_file(command, tmp_path):
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "experiment.toml").write_text("")
    done = command("show", "a b")
    assert done.code == 0
    assert "start; 0 trials finished" in done.out
    assert "--resume --out 'a b'" in done.out


def test_runs_are_found_by_name_and_near_names_offered(command, tmp_path):
    unfinished(tmp_path / "runs" / "iris-1")
    assert command("show", "iris-1").code == 0
    (fault,) = command("show", "irsi-1").faults
    assert fault == "No run found in 'irsi-1'. Did you mean 'runs/iris-1'?"
    (fault,) = command("show", "runs").faults
    assert fault.endswith("a folder of runs. Use one of the runs in it: runs/iris-1.")
    done = command("show", "elsewhere/zebra")
    assert (done.code, done.out) == (2, "")
    assert done.faults[0].endswith("such as runs/digits-1.")


@pytest.mark.parametrize(
    "name",
    [
        *("runs/iris-1/", "iris-1/", "runs/iris-1/run.json", "iris-1/events.jsonl"),
        *("runs/iris-1/model/model.json", "runs/ir*", "iris-[0-9]", "runs/*/run.json"),
    ],
)
def test_a_run_is_found_by_its_files_and_by_a_pattern(command, tmp_path, name):
    folder = unfinished(tmp_path / "runs" / "iris-1")
    (folder.path / "model").mkdir()
    (folder.path / "model" / "model.json").write_text("{}")
    folder.write_text("run.json", "{")
    (fault,) = command("show", name).faults
    assert "iris-1/run.json is not JSON" in fault
    folder.path_of("run.json").unlink()
    assert command("show", name.replace("*/run.json", "*")).out[:6] == "iris-1"


def test_names_that_several_runs_have(command, tmp_path):
    for name in ("iris-1", "iris-2", "wine-2"):
        unfinished(tmp_path / "runs" / name)
    (fault,) = command("show", "2").faults
    assert fault == (
        "No run found in '2'. Use the name of the run: runs/iris-2, runs/wine-2."
    )
    (fault,) = command("show", "runs/iris*").faults
    assert fault == (
        "2 runs match 'runs/iris*'. Use one of them: runs/iris-1, runs/iris-2."
    )
    (fault,) = command("show", "runs/x*").faults
    assert fault.startswith("No run found in 'runs/x*'.")


def test_damaged_run(command, tmp_path):
    folder = unfinished(tmp_path / "runs" / "iris-1")
    folder.write_text("run.json", '{"assay": ')
    done = command("show", "iris-1")
    assert (done.code, done.out, len(done.faults)) == (1, "", 1)
    assert "run.json is not JSON" in done.faults[0]


@pytest.fixture
def three(command, iris, diabetes, tmp_path):
    """The command, two runs on the same rows, and one run on other data."""
    summary = dict(RunFolder(iris).summary())
    openings = {**summary["test"], "openings": 2}
    for number, changes in ((1, {}), (2, {"run": "iris-2", "test": openings})):
        path = tmp_path / "runs" / f"iris-{number}"
        path.mkdir(parents=True)
        RunFolder(path).write_summary({**summary, **changes})
    path = tmp_path / "runs" / "other-1"
    path.mkdir()
    RunFolder(path).write_summary(RunFolder(diabetes).summary())
    (tmp_path / "runs" / "ledger.jsonl").write_text("{}\n")
    unfinished(tmp_path / "runs" / "stopped-1")
    return command


def test_compare_is_a_table_and_a_list(three, iris):
    done = three("compare", "iris-1", "runs/iris-2")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("2 runs · iris · accuracy · 95% intervals\n")
    assert "has been opened 2 times" in done.out
    assert "not tested on the same rows" not in done.out
    found = json.loads(three("compare", "iris-1", "iris-2", "--json").out)
    assert [summary["run"] for summary in found] == ["iris-1", "iris-2"]
    assert (
        to_canonical_json(found[0], indent=2) + "\n" == (iris / "run.json").read_text()
    )


def test_compare_takes_a_folder_of_runs_and_tells_what_differs(three):
    done = three("compare", "runs")
    assert done.code == 0
    assert done.out.startswith("3 runs · 95% intervals\n")
    assert "not tested on the same rows" in done.out
    assert "different metrics" in done.out


def test_compare_needs_finished_runs(three):
    done = three("compare", "iris-1", "stopped-1")
    assert (done.code, done.out) == (1, "")
    assert "has no run.json" in done.faults[0]
    assert three("compare", "iris-7").code == 2


@pytest.mark.parametrize("names", [["runs/iris-*"], ["runs/iris-?/run.json"]])
def test_compare_takes_patterns(three, names):
    assert three("compare", *names).out.startswith("2 runs · iris · accuracy")

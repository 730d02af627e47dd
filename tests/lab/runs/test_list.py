"""The list of runs, with runs in every state."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from assay.lab.runs._list import list_runs


def states(client):
    return {run["name"]: run["state"] for run in client.get("/api/runs").json()["runs"]}


def test_no_runs_are_an_empty_list(client, root):
    assert client.get("/api/runs").json() == {"root": str(root), "runs": []}


def test_finished_runs_have_their_result(client, with_runs):
    listed = client.get("/api/runs").json()["runs"]
    for run in listed:
        summary = json.loads((with_runs / run["name"] / "run.json").read_text())
        assert run["state"] == "finished"
        assert run["value"] == summary["test"]["value"]
        assert run["interval"] == summary["test"]["interval"]
        assert run["num_parameters"] == summary["model"]["num_parameters"]
    changed = [run["changed_seconds"] for run in listed]
    assert changed == sorted(changed, reverse=True)


def test_a_changed_summary_is_read_again(client, with_runs):
    path = with_runs / "iris-1" / "run.json"
    client.get("/api/runs")
    summary = json.loads(path.read_text())
    summary["test"]["value"] = 0.123456
    path.write_text(json.dumps(summary))
    listed = {run["name"]: run for run in client.get("/api/runs").json()["runs"]}
    assert listed["iris-1"]["value"] == 0.123456


def test_broken_and_unfinished_runs_have_a_message(client, with_runs):
    (with_runs / "iris-1" / "run.json").write_text("{")
    (with_runs / "iris-2" / "run.json").unlink()
    found = {run["name"]: run for run in client.get("/api/runs").json()["runs"]}
    assert found["iris-1"]["state"] == "broken"
    assert "is not JSON" in found["iris-1"]["message"]
    assert found["iris-2"]["state"] == "stopped"
    assert "--resume" in found["iris-2"]["message"]
    assert found["diabetes-1"]["state"] == "finished"


@pytest.mark.parametrize(
    ("part", "value"), [("timings", 3), ("tune", 2.5), ("test", {"metric": 1.5})]
)
def test_a_summary_with_other_types_is_broken(client, with_runs, part, value):
    path = with_runs / "iris-1" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {part: value}))
    assert states(client)["iris-1"] == "broken"


def test_a_run_is_running_while_its_process_lives(client, with_runs):
    folder = with_runs / "iris-1"
    (folder / "run.json").unlink()
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True
    )
    lines = [{"kind": "process", "seconds": 0.0, "pid": child.pid}]
    live = folder / "live.jsonl"
    live.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert states(client)["iris-1"] == "running"
    with live.open("a") as file:
        file.write('{"kind":"paused","fit":"refit","iteration":1}\n')
    assert states(client)["iris-1"] == "paused"
    with live.open("a") as file:
        file.write('{"kind":"control","action":"resume"}\n{"kind":"half')
    assert states(client)["iris-1"] == "running"
    child.communicate("\n")
    assert states(client)["iris-1"] == "stopped"


def test_many_runs_are_listed_from_the_summary_alone(with_runs):
    """Only `run.json` is read, so hundreds of runs can be listed quickly."""
    summary = with_runs / "iris-1" / "run.json"
    for number in range(10, 60):
        folder = with_runs / f"iris-{number}"
        folder.mkdir()
        shutil.copy(summary, folder)
    found = list_runs()["runs"]
    assert len(found) == 54
    assert {run["state"] for run in found} == {"finished"}


def test_a_training_that_failed_elsewhere_tells_why(client, with_runs):
    folder = with_runs / "iris-1"
    (folder / "run.json").unlink()
    finding = {
        "code": "every_trial_diverged",
        "severity": "error",
        "message": "All trials diverged.",
        "remedy": "Use a lower learning rate.",
    }
    lines = [
        {"kind": "process", "pid": os.getpid()},  # as in a notebook
        {"kind": "finding", "finding": finding},
        {"kind": "process_finished", "reason": "failed"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "live.jsonl").write_text(text)
    found = client.get("/api/runs/iris-1").json()
    assert found["state"] == "failed"
    assert found["message"] == "All trials diverged. Use a lower learning rate."
    resumed = json.dumps({"kind": "process", "pid": os.getpid()}) + "\n"
    (folder / "live.jsonl").write_text(text + resumed)
    assert client.get("/api/runs/iris-1").json()["state"] == "running"

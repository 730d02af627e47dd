"""Runs are started in separate processes, and can be controlled."""

import json
import time
import tomllib
from pathlib import Path

import pytest

from assay.lab.runs import _processes


@pytest.fixture(autouse=True)
def own_children(monkeypatch):
    """Forget the processes of other tests, and terminate those of this test."""
    children = {}
    monkeypatch.setattr(_processes, "_children", children)
    yield
    for child in children.values():
        child.process.kill()
        child.process.wait()


def until(condition, seconds=120):
    """Wait until a condition is true, and return its value."""
    for _ in range(int(seconds / 0.1)):
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def state(client, name):
    return client.get(f"/api/runs/{name}").json()["state"]


@pytest.mark.slow
def test_a_run_started_here_finishes(client, root):
    fields = {"data": "iris", "model": "linear", "num_epochs": 2}
    fields["tune"] = {"num_trials": 1}
    name = client.post("/api/runs", json=fields).json()["name"]
    assert name == "iris-1"
    assert state(client, name) == "running"
    assert client.get("/api/runs").json()["runs"][0]["state"] == "running"
    until(lambda: state(client, name) == "finished")
    stream = client.get(f"/api/runs/{name}/stream").text
    assert "event: start" in stream
    assert '"state":"finished"' in stream


@pytest.mark.slow
def test_a_killed_training_is_shown_and_the_lab_survives(client, root):
    name = client.post("/api/runs", json={"data": "digits"}).json()["name"]
    until(lambda: (root / name / "data.json").exists())
    _processes._children[name].process.kill()
    found = until(lambda: _if_not_running(client, name))
    assert found["state"] == "stopped"
    assert "ended without a result" in found["message"]
    assert "--resume" in found["message"]


def _if_not_running(client, name):
    found = client.get(f"/api/runs/{name}").json()
    return None if found["state"] == "running" else found


@pytest.mark.slow
def test_a_run_that_fails_tells_why(client, root, tmp_path):
    table = tmp_path / "cells.csv"
    table.write_text("a,kind\n1,x\n2,y\n")
    name = client.post("/api/runs", json={"data": str(table)}).json()["name"]
    found = until(lambda: _if_not_running(client, name))
    assert found["state"] == "failed"
    assert found["message"] and "Traceback" not in found["message"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Choose data"),
        ({"data": "iris", "batch_size": 0}, "batch_size >= 1"),
        ({"data": "iris", "optimizer": {"kind": "adan"}}, "Did you mean"),
        ({"data": "iris", "nonsense": 1}, "nonsense"),
    ],
)
def test_a_bad_form_gives_a_message_and_no_run(client, root, fields, message):
    answer = client.post("/api/runs", json=fields)
    assert answer.status_code == 400
    assert message in answer.json()["error"]
    assert list(root.iterdir()) == []


def test_a_body_that_is_not_an_object_gives_a_message(client):
    for body in (b"[", b"[1]", b'"x"', b"\xff"):
        answer = client.post("/api/runs", content=body)
        assert answer.status_code == 400
        assert "JSON" in answer.json()["error"]


def test_controls_reach_a_running_training(client, with_runs, monkeypatch):
    (with_runs / "iris-1" / "run.json").unlink()
    monkeypatch.setattr(_processes, "exit_of", lambda name: "running")
    for action in ("pause", "step_epoch", "resume"):
        answer = client.post("/api/runs/iris-1/control", json={"action": action})
        assert answer.status_code == 200
    lines = (with_runs / "iris-1" / "control.jsonl").read_text().splitlines()
    assert [json.loads(line)["action"] for line in lines] == [
        "pause",
        "step_epoch",
        "resume",
    ]


def test_controls_that_do_not_fit_are_refused(client, with_runs):
    answer = client.post("/api/runs/iris-1/control", json={"action": "pause"})
    assert "not in progress" in answer.json()["error"]
    answer = client.post("/api/runs/iris-1/control", json={"action": "pose"})
    assert "Did you mean 'pause'?" in answer.json()["error"]
    answer = client.post("/api/runs/nothing/control", json={"action": "pause"})
    assert answer.status_code == 400


def test_a_run_is_trained_again_with_another_learning_rate(
    client, with_runs, monkeypatch
):
    started = []
    monkeypatch.setattr(_processes, "_launch", lambda *words: started.append(words))
    body = {"learning_rate": 0.002}
    name = client.post("/api/runs/iris-1/again", json=body).json()["name"]
    assert name == "iris-3"
    [(_, [file, *_])] = started
    fields = json.loads(Path(file).read_text())
    wanted = tomllib.loads((with_runs / "iris-1/experiment.toml").read_text())
    assert fields["optimizer"]["learning_rate"] == 0.002
    assert {**fields, "optimizer": None} == {**wanted, "optimizer": None}


@pytest.mark.parametrize("rate", [None, "fast", 0, -1])
def test_a_learning_rate_that_is_not_positive_is_refused(client, with_runs, rate):
    answer = client.post("/api/runs/iris-1/again", json={"learning_rate": rate})
    assert answer.status_code == 400
    assert "learning" in answer.json()["error"]

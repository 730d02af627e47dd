"""The form that starts a run, the inspection of the data, and uploaded files."""

from pathlib import Path

from assay import spec
from assay.data import BUILTINS
from assay.lab.runs._form import form
from assay.lab.runs._uploads import keep


def test_the_form_has_every_field_of_an_experiment_once():
    paths = [f["path"] for group in form()["groups"] for f in group["fields"]]
    fields = set(spec.Experiment.model_fields) - {"data"}
    assert {path.partition(".")[0] for path in paths} == fields
    assert len(set(paths)) == len(paths)


def test_the_form_shows_members_with_their_fields(client):
    found = client.get("/api/form").json()
    assert {b["name"] for b in found["builtins"]} == set(BUILTINS)
    fields = {f["path"]: f for group in found["groups"] for f in group["fields"]}
    optimizers = {m["kind"]: m for m in fields["optimizer"]["members"]}
    assert set(optimizers) == set(spec.Optimizer.members)
    rate = optimizers["adam"]["fields"][0]
    assert (rate["path"], rate["rule"]) == ("learning_rate", "learning_rate > 0")
    assert fields["task"]["words"] == ["auto", "binary", "multiclass", "regression"]
    assert fields["model"]["words"] == ["auto", "linear", "mlp", "realmlp"]
    assert fields["tune.num_trials"]["rule"] == "num_trials >= 1"


def test_data_are_looked_at_before_training(client):
    found = client.post("/api/data", json={"data": "iris"}).json()
    assert found["task"]["target"] == "species"
    assert [c["kind"] for c in found["columns"]] == ["number"] * 4
    assert found["split"]["train"] == 104
    assert found["findings"][0]["code"] == "examples_per_class"


def test_choices_change_what_is_seen(client):
    fields = {"data": "iris", "ignore": ["petal width (cm)"], "seed": 3}
    found = client.post("/api/data", json=fields).json()
    ignored = [c["name"] for c in found["columns"] if c["ignored"]]
    assert ignored == ["petal width (cm)"]


def test_data_that_cannot_be_read_give_a_message(client):
    for fields in ({}, {"data": "nothing.csv"}, {"data": "iris", "target": "petals"}):
        answer = client.post("/api/data", json=fields)
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_an_uploaded_table_is_looked_at(client):
    table = b"size,kind\n" + b"".join(
        b"%d,%s\n" % (n, b"ab"[n % 2 :][:1]) for n in range(60)
    )
    answer = client.post(
        "/api/uploads", content=table, headers={"X-File-Name": "../my%20cells.csv"}
    ).json()
    assert answer["name"] == "my-cells.csv"
    fields = {"data": answer["path"]}
    assert "target='kind'" in client.post("/api/data", json=fields).json()["error"]
    found = client.post("/api/data", json=fields | {"target": "kind"}).json()
    assert found["num_examples"] == 60
    assert found["task"]["target"] == "kind"


def test_an_uploaded_table_is_kept_beside_the_runs_that_read_it(client, tmp_path):
    headers = {"X-File-Name": "cells.csv"}
    path = Path(
        client.post("/api/uploads", content=b"a", headers=headers).json()["path"]
    )
    kept = keep(path, tmp_path)
    assert kept.is_relative_to(tmp_path) and kept.read_bytes() == b"a"
    assert keep(path, tmp_path) == kept
    assert keep(tmp_path / "own.csv", tmp_path) == tmp_path / "own.csv"


def test_an_upload_needs_a_name(client):
    for name in ("", "../..", "%2F"):
        headers = {"X-File-Name": name}
        answer = client.post("/api/uploads", content=b"x", headers=headers)
        assert answer.status_code == 400

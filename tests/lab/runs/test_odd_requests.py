"""Requests with odd names and numbers are rejected with a message."""

from urllib.parse import quote

import polars as pl
import pytest

from assay.lab.runs import _probe

LONG = "x" * 300


@pytest.mark.parametrize("path", [LONG, f"{LONG}/report", f"{LONG}/stream", "%00"])
def test_names_that_no_folder_can_have(client, root, path):
    answer = client.get(f"/api/runs/{path}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"No run in {root} is named ")


def test_a_place_in_a_log_that_is_no_number_is_ignored(client, root):
    (root / "iris-1").mkdir()
    (root / "iris-1" / "run.json").write_text("{}")  # a finished run ends the stream
    headers = {"last-event-id": "9" * 5000}
    answer = client.get("/api/runs/iris-1/stream", headers=headers)
    assert answer.status_code == 200
    assert "event: start" in answer.text


def test_data_with_a_name_that_is_too_long(client):
    answer = client.post("/api/data", json={"data": LONG})
    assert answer.status_code == 400
    message = f"{LONG[:80]!r} cannot be opened: File name too long. Check the path."
    assert answer.json()["error"] == message


def test_an_uploaded_file_with_a_long_name(client):
    name = quote("漢" * 200) + ".csv"
    answer = client.post("/api/uploads", headers={"x-file-name": name}, content=b"a")
    assert answer.status_code == 200
    assert answer.json()["name"] == "漢" * 56 + ".csv"


def test_a_file_that_ends_the_process_that_reads_it(client, tmp_path, monkeypatch):
    frame = pl.DataFrame({"a": [1.0, 2.0] * 10, "y": ["u", "v"] * 10})
    frame.write_parquet(tmp_path / "whole.parquet")
    frame.write_parquet(tmp_path / "damaged.parquet")
    body = {"data": str(tmp_path / "whole.parquet"), "target": "y"}
    assert client.post("/api/data", json=body).status_code == 200
    # a process that reads a wrong length is killed without raising an exception
    monkeypatch.setattr(_probe, "_READ", "import os; os.abort()")
    body = {"data": str(tmp_path / "damaged.parquet"), "target": "y"}
    answer = client.post("/api/data", json=body)
    assert answer.status_code == 400
    message = "The file 'damaged.parquet' is damaged. Create it again."
    assert answer.json()["error"] == message

"""The page of a run shows the numbers of its records."""

import json

import numpy as np
import pytest

from assay.records import RunFolder


@pytest.fixture
def detail(client, with_runs):
    return lambda name: client.get(f"/api/runs/{name}").json()


def test_all_numbers_are_those_of_the_records(detail, with_runs):
    found = detail("iris-1")
    folder = RunFolder.open(with_runs / "iris-1")
    summary = json.loads(folder.read_text("run.json"))
    assert found["summary"] == summary
    assert found["state"] == "finished"
    assert found["damaged"] == []
    assert found["split"] == {p: summary["split"][p] for p in ("train", "val", "test")}
    table = folder.read_parquet("epochs.parquet")
    refit = table["train_cost"][table["trial"] == -1]
    np.testing.assert_allclose(found["epochs"]["-1"]["train_cost"], refit, rtol=1e-6)
    assert [t["trial"] for t in found["trials"]] == [0, 1]
    assert found["compared"]


def test_predictions_of_numbers_are_points(detail, with_runs):
    found = detail("diabetes-1")
    table = RunFolder(with_runs / "diabetes-1").read_parquet("test_predictions.parquet")
    assert found["predictions"]["target"] == table["target"].tolist()
    assert found["predictions"]["prediction"] == pytest.approx(
        table["prediction"].tolist()
    )


def test_calibration_agrees_with_the_recorded_metric(detail):
    found = detail("digits-1")
    bins, total = found["predictions"]["calibration"], 270
    assert sum(one["rows"] for one in bins) == total
    error = sum(
        one["rows"] * abs(one["right"] - one["confidence"]) / total for one in bins
    )
    recorded = found["summary"]["metrics"]["expected_calibration_error"]["value"]
    assert error == pytest.approx(recorded)


def test_monitors_become_matrices_of_layers_and_epochs(detail, with_runs):
    folder = RunFolder(with_runs / "iris-1")
    layers, epochs = ["dense1", "relu1", "output"], [0, 2, 4, 5]
    folder.write_parquet(
        "monitors.parquet",
        {
            "trial": np.full(12, -1, np.int32),
            "iteration": np.repeat(epochs, 3) * 10,
            "epoch": np.repeat(epochs, 3),
            "layer": np.array(layers * 4),
            "gradient_norm": np.where(np.arange(12) % 3 == 1, np.nan, np.arange(12.0)),
        },
    )
    monitors = detail("iris-1")["monitors"]["-1"]
    assert monitors["layers"] == layers
    assert monitors["epoch"] == epochs
    assert monitors["gradient_norm"] == [[0, 3, 6, 9], [None] * 4, [2, 5, 8, 11]]


def test_records_that_are_missing_or_damaged_leave_the_rest(detail, with_runs):
    (with_runs / "iris-1" / "epochs.parquet").write_bytes(b"PAR1")
    (with_runs / "iris-1" / "split.npz").unlink()
    found = detail("iris-1")
    assert found["epochs"] is None and found["split"] is None
    assert [text.partition(":")[0] for text in found["damaged"]] == ["epochs.parquet"]
    assert found["summary"]["verdict"]


def test_a_broken_summary_gives_a_message(detail, with_runs):
    (with_runs / "iris-1" / "run.json").write_text('{"assay": 1}')
    found = detail("iris-1")
    assert found["state"] == "broken"
    assert "is not valid" in found["message"]


def test_an_unknown_run_gives_a_message_with_the_closest_name(client, with_runs):
    answer = client.get("/api/runs/iris-11")
    assert answer.status_code == 400
    assert "Did you mean 'iris-1'?" in answer.json()["error"]


def test_the_report_is_served_in_a_sandbox(client, with_runs):
    answer = client.get("/api/runs/iris-1/report")
    assert answer.text == (with_runs / "iris-1" / "report.html").read_text()
    policy = answer.headers["content-security-policy"].split("; ")
    assert "sandbox allow-scripts" in policy  # in an origin of its own
    assert "default-src 'none'" in policy

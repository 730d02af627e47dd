"""A run ends with a report, and a fault in the report never loses the result."""

import json

import numpy as np
import pytest

from assay.experiment.records import _finish
from assay.report import write_report


@pytest.mark.parametrize("name", ["cells_run", "prices_run"])
def test_run_writes_its_report(request, name):
    run = request.getfixturevalue(name)
    assert run.report == run.path / "report.html"
    written = run.report.read_bytes()
    write_report(run.folder)
    assert run.report.read_bytes() == written
    page = written.decode()
    assert 'id="findings"' in page
    data = json.loads(page.partition('type="application/json">')[2].split("<")[0])
    assert {"-1", str(run.summary["tune"]["best_trial"])} == set(data["epochs"])
    assert len(data["trials"]) == run.summary["tune"]["num_trials"]
    assert ("calibration" in data["predictions"]) == (name == "cells_run")


def test_predictions_of_a_regression_give_its_metric(prices_run):
    table = prices_run.folder.read_parquet("test_predictions.parquet")
    test_rows = prices_run.folder.read_npz("split.npz")["test"]
    np.testing.assert_array_equal(table["row"], test_rows)
    errors = table["prediction"] - table["target"]
    rmse = np.sqrt(np.mean(errors.astype(np.float64) ** 2))
    assert rmse == pytest.approx(prices_run.test.value, rel=1e-6)


def test_predictions_of_classes_give_the_confusion_matrix(cells_run):
    table = cells_run.folder.read_parquet("test_predictions.parquet")
    confusion = np.array(cells_run.summary["evaluation"]["confusion"])
    counts = np.zeros_like(confusion)
    np.add.at(counts, (table["target"], table["prediction"]), 1)
    np.testing.assert_array_equal(counts, confusion)


def test_fault_in_the_report_is_a_note(run_quickly, cells, monkeypatch, capsys):
    def fail(folder):
        raise ValueError("no room for it")

    monkeypatch.setattr(_finish, "write_report", fail)
    run = run_quickly(cells())
    assert run.test.num_examples == 9
    assert not run.report.exists()
    note = "note: report.html was not written (ValueError: no room for it)\n"
    assert note in capsys.readouterr().err

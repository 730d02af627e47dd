"""Missing or damaged records remove a section from the report, but not the report."""

import numpy as np
import pytest

from assay._errors import RunError
from assay.records import RunFolder
from assay.report import REPORT, write_report

OPTIONAL = {
    "epochs.parquet": "Cost by epoch",
    "test_predictions.parquet": "Predictions against true values",
    "resolved.json": "cpu:0",
    "ledger.jsonl": "2026-11-28",
    "events.jsonl": "val RMSE of 2 trials",
}


@pytest.mark.parametrize("name", OPTIONAL)
def test_absent_record_leaves_out_its_part(make_run, report_of, name):
    folder = make_run("regression")
    assert OPTIONAL[name] in report_of(folder).text
    folder.path_of(name).unlink()
    text = report_of(folder).text
    assert OPTIONAL[name] not in text
    assert "cannot be read" not in text


def test_run_of_only_a_summary_has_a_report(tmp_path, make_run, report_of):
    old = RunFolder.create(tmp_path / "old")
    old.write_summary(make_run("regression").summary())
    text = report_of(old).text
    assert "61.50" in text
    assert "Predictions on the test part" not in text


@pytest.mark.parametrize("name", ["epochs.parquet", "test_predictions.parquet"])
@pytest.mark.parametrize("content", [b"", b"PAR1 no table"])
def test_damaged_record_is_named(make_run, report_of, name, content):
    folder = make_run("regression")
    folder.write_bytes(name, content)
    text = report_of(folder).text
    assert f"Omitted files that cannot be read: {name}." in text
    assert OPTIONAL[name] not in text


def test_record_with_other_columns_is_damaged(make_run, report_of):
    folder = make_run("regression")
    folder.write_parquet("epochs.parquet", {"trial": np.array([1])})
    assert "cannot be read: epochs.parquet" in report_of(folder).text


def test_values_with_other_types_are_damaged(make_run, report_of):
    folder = make_run("regression")
    folder.write_json("resolved.json", {"versions": "1.0"})
    assert "cannot be read: resolved.json" in report_of(folder).text


@pytest.mark.parametrize("when", ["1e300", "-1e15", "9" * 30])
def test_a_moment_outside_of_the_calendar_is_left_out(make_run, report_of, when):
    folder = make_run("regression")
    line = f'{{"kind":"opening","when_seconds":{when}}}\n'
    folder.write_text("ledger.jsonl", line)
    text = report_of(folder).text
    assert OPTIONAL["ledger.jsonl"] not in text
    assert "61.50" in text


def test_trials_of_a_resumed_run_count_once(make_run, report_of):
    folder = make_run("binary")
    folder.append_event("trial", trial=1, hyperparameters={}, value=0.75)
    assert "val balanced accuracy of 2 trials" in report_of(folder).text


def test_unfinished_run_has_no_report(tmp_path):
    folder = RunFolder.create(tmp_path / "run")
    folder.append_event("note", message="interrupted")
    with pytest.raises(RunError, match=r"run\.json"):
        write_report(folder)
    assert not folder.exists(REPORT)

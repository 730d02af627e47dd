"""The pages show what the records say; missing records remove only their part."""

import numpy as np
import pytest

from assay._errors import RunError
from assay.metrics import expected_calibration_error
from assay.records import EVENTS, RunFolder
from assay.report import REPORT, read_details, write_report
from assay.report.html._calibration import calibration

OPTIONAL = {
    "epochs.parquet": "epochs",
    "test_predictions.parquet": "predictions",
    "ledger.jsonl": "opened_seconds",
    "monitors.parquet": "monitors",
    "events.jsonl": "trials",
    "resolved.json": "resolved",
}


def write_points(folder, targets, predictions):
    columns = {"row": range(len(targets)), "target": targets, "prediction": predictions}
    arrays = {name: np.array(values) for name, values in columns.items()}
    folder.write_parquet("test_predictions.parquet", arrays)


def write_monitors(folder, num_layers=2, num_epochs=3):
    size = num_layers * num_epochs
    folder.write_parquet(
        "monitors.parquet",
        {
            "trial": np.full(size, -1),
            "iteration": np.arange(size),
            "epoch": np.repeat(np.arange(num_epochs), num_layers),
            "layer": np.array([f"dense{i}" for i in range(num_layers)] * num_epochs),
            "gradient_norm": np.arange(size) / 3,
        },
    )


@pytest.mark.parametrize("name", OPTIONAL)
def test_absent_record_leaves_out_its_part(make_run, report_of, name):
    folder = make_run("regression")
    write_monitors(folder)
    assert report_of(folder).data[OPTIONAL[name]] is not None
    folder.path_of(name).unlink()
    page = report_of(folder)
    assert page.data[OPTIONAL[name]] is None
    assert page.data["damaged"] == []
    assert "cannot be read" not in page.text


def test_run_of_only_a_summary_has_a_report(tmp_path, make_run, report_of):
    old = RunFolder.create(tmp_path / "old")
    old.write_summary(make_run("regression").summary())
    page = report_of(old)
    assert "61.50" in page.text
    assert page.data["trials"] is None and page.data["predictions"] is None


@pytest.mark.parametrize("name", ["epochs.parquet", "test_predictions.parquet"])
@pytest.mark.parametrize("content", [b"", b"PAR1 no table"])
def test_damaged_record_is_named(make_run, report_of, name, content):
    folder = make_run("regression")
    folder.write_bytes(name, content)
    page = report_of(folder)
    assert f"These files cannot be read: {name}." in page.text
    assert page.data[OPTIONAL[name]] is None
    assert [words.partition(":")[0] for words in page.data["damaged"]] == [name]


def test_record_with_other_columns_is_damaged(make_run, report_of):
    folder = make_run("regression")
    folder.write_parquet("epochs.parquet", {"trial": np.array([1])})
    assert "cannot be read: epochs.parquet" in report_of(folder).text


def test_trials_of_a_resumed_run_count_once(make_run, report_of):
    folder = make_run("binary")
    folder.append(EVENTS["trial"](trial=1, hyperparameters={}, value=0.75))
    trials = report_of(folder).data["trials"]
    assert [(trial["trial"], trial["value"]) for trial in trials] == [
        *((0, 0.5), (1, 0.75), (2, None))
    ]


def test_unfinished_run_has_no_report(tmp_path):
    folder = RunFolder.create(tmp_path / "run")
    folder.append(EVENTS["note"](message="interrupted"))
    with pytest.raises(RunError, match=r"run\.json"):
        write_report(folder)
    assert not folder.exists(REPORT)
    assert "summary" not in read_details(folder)


@pytest.mark.parametrize("num_rows", [1, 3, 2500])
def test_scatter_plot_has_a_bounded_number_of_points(make_run, report_of, num_rows):
    folder = make_run("regression")
    rows = np.arange(num_rows)
    write_points(folder, rows * 2.0, rows * 1.5)
    drawn = report_of(folder).data["predictions"]
    assert len(drawn["target"]) == len(drawn["row"]) == min(num_rows, 2000)
    assert drawn["num_rows"] == sum(drawn["errors"]["counts"]) == num_rows
    np.testing.assert_allclose(drawn["prediction"], 0.75 * np.array(drawn["target"]))


def test_rows_without_a_number_are_left_out(make_run, report_of):
    folder = make_run("regression")
    write_points(folder, [1.0, 2.0, 3.0], [np.nan, 2.5, np.inf])
    drawn = report_of(folder).data["predictions"]
    assert (drawn["row"], drawn["target"], drawn["prediction"]) == ([1], [2], [2.5])


def test_errors_have_quantiles_and_huge_ones_are_in_the_end_bars(make_run):
    folder = make_run("regression")
    errors = np.linspace(-1, 1, 1001)
    errors[0], errors[-1] = -1e6, 1e6
    write_points(folder, np.zeros(1001), errors)
    found = read_details(folder)["predictions"]["errors"]
    assert found["median"] == pytest.approx(0, abs=1e-9)
    assert found["middle"] == pytest.approx([-0.9, 0.9])
    assert found["edges"][-1] < 1 and found["counts"].sum() == 1001


def test_constant_predictions_are_drawn(make_run, report_of):
    folder = make_run("regression")
    write_points(folder, np.full(4, 3.0), np.full(4, 3.0))
    assert sum(report_of(folder).data["predictions"]["errors"]["counts"]) == 4


def test_report_has_the_calibration_that_the_lab_shows(make_run, report_of):
    folder = make_run("binary")
    guesses = {"target": [0, 0, 1, 1], "prediction": [0, 0, 0, 1]}
    arrays = {name: np.array(values) for name, values in guesses.items()}
    arrays |= {"row": np.arange(4), "confidence": np.array([0.91, 0.92, 0.93, 0.6])}
    folder.write_parquet("test_predictions.parquet", arrays)
    low, high = report_of(folder).data["predictions"]["calibration"]
    assert (low["rows"], low["right"], low["confidence"]) == (1, 1, 0.6)
    assert (high["rows"], high["confidence"]) == (3, pytest.approx(0.92))
    assert high["interval"][0] < high["right"] == pytest.approx(2 / 3)


def test_classifier_of_an_older_version_has_no_calibration(make_run, report_of):
    page = report_of(make_run("binary"))  # which did not record the confidence
    assert page.data["predictions"] == {} and page.data["damaged"] == []


def test_calibration_has_the_bins_of_the_metric():
    random = np.random.default_rng(0)
    probabilities = random.dirichlet([0.4] * 5, 500)
    targets = random.integers(0, 5, 500)
    bins = calibration(targets, probabilities.argmax(axis=1), probabilities.max(axis=1))
    error = sum(b["rows"] * abs(b["right"] - b["confidence"]) for b in bins) / 500
    wanted = expected_calibration_error(targets, probabilities)
    assert error == pytest.approx(float(wanted))
    assert all(b["interval"][0] <= b["right"] <= b["interval"][1] for b in bins)


def test_only_the_selected_trial_and_the_refit_have_curves(make_run, report_of):
    folder = make_run("multiclass")
    curves = report_of(folder).data["epochs"]
    assert curves["1"]["train_cost"] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4], 1e-5)
    assert curves["-1"]["val_cost"] == [None] * 4
    table = folder.read_parquet("epochs.parquet")
    table["trial"] = table["trial"] + 1
    folder.write_parquet("epochs.parquet", table)
    assert report_of(folder).data["epochs"] is None


def test_measurements_of_many_layers_keep_the_file_small(make_run, report_of):
    folder = make_run("multiclass")
    write_monitors(folder, num_layers=60, num_epochs=200)
    monitors = report_of(folder).data["monitors"]["-1"]
    assert len(monitors["layers"]) == len(monitors["gradient_norm"]) == 60
    assert monitors["epoch"][0] == 0 and monitors["epoch"][-1] == 199
    assert {len(row) for row in monitors["gradient_norm"]} == {25}
    assert len(folder.read_bytes(REPORT)) < 400_000

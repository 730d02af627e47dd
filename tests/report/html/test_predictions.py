"""The report shows which classes are confused and how errors are distributed."""

import numpy as np
import pytest

from assay.report.html._confusion import confusion_table
from assay.report.html.charts._regression import MOST_POINTS


def classification(num_classes: int) -> dict:
    """Return an evaluation in which class 0 is predicted as class 1 seven times."""
    counts = np.diag(np.full(num_classes, 90))
    counts[0, 1] = 7
    scores = {"precision": 0.9, "recall": 0.8, "f1": 0.85, "support": 90.0}
    per_class = [{"class": f"c{i}", **scores} for i in range(num_classes)]
    return {"confusion": counts.tolist(), "per_class": per_class, "notes": []}


@pytest.mark.parametrize("num_classes", [2, 10, 30])
def test_confusion_matrix_has_a_cell_for_each_pair(make_run, report_of, num_classes):
    page = report_of(make_run("multiclass", evaluation=classification(num_classes)))
    shaded = [
        c for c in page.values("class") if c.split()[0] in ("s0", "s1", "s9", "s10")
    ]
    assert len(shaded) == num_classes**2
    assert sum("right" in c for c in shaded) == num_classes
    assert "The most frequently confused pairs" not in page.text


def test_many_classes_show_the_most_confused_pairs(make_run, report_of):
    page = report_of(make_run("multiclass", evaluation=classification(31)))
    assert "The most frequently confused pairs of 31 classes" in page.text
    assert "c0\nc1\n7\n7%" in page.text
    assert "The 20 classes with the lowest F1" in page.text


def test_shading_is_the_share_of_the_row():
    markup = confusion_table([[50, 50], [1, 999]], ["a", "b"])
    assert markup.count('<td class="s5 right">50</td>') == 1
    assert markup.count('<td class="s5">50</td>') == 1
    assert markup.count('<td class="s1">1</td>') == 1  # even one mistake is visible
    assert markup.count('<td class="s10 right">999</td>') == 1


def test_run_without_confusion_counts_has_no_matrix(make_run, report_of):
    page = report_of(make_run("multiclass", evaluation={"notes": []}))
    assert "Predictions on the test part" not in page.text


@pytest.mark.parametrize("num_rows", [1, 3, MOST_POINTS + 500])
def test_scatter_plot_has_a_bounded_number_of_points(make_run, report_of, num_rows):
    folder = make_run("regression")
    rows = np.arange(num_rows)
    columns = {"row": rows, "target": rows * 2.0, "prediction": rows * 1.5}
    folder.write_parquet("test_predictions.parquet", columns)
    page = report_of(folder)
    (points,) = [a["d"] for _, a in page.elements if a.get("class") == "dots cloud"]
    assert points.count("M") == min(num_rows, MOST_POINTS)
    sampled = f"{MOST_POINTS:,} of {num_rows:,} rows" in page.text
    assert sampled == (num_rows > MOST_POINTS)


def test_rows_without_a_number_are_left_out(make_run, report_of):
    folder = make_run("regression")
    columns = {"row": [0, 1], "target": [1.0, 2.0], "prediction": [np.nan, 2.5]}
    arrays = {name: np.array(values) for name, values in columns.items()}
    folder.write_parquet("test_predictions.parquet", arrays)
    assert "1 point around the line of equality" in report_of(folder).text


def test_constant_predictions_are_drawn(make_run, report_of):
    folder = make_run("regression")
    columns = {
        "row": np.arange(4),
        "target": np.full(4, 3.0),
        "prediction": np.full(4, 3.0),
    }
    folder.write_parquet("test_predictions.parquet", columns)
    assert "Distribution of errors" in report_of(folder).text

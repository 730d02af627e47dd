"""Columns that state which part of the data a row belongs to are reported."""

import numpy as np
import pytest

from assay.cli.arguments._as_options import as_options
from assay.data import load, look

random = np.random.default_rng(0)
TABLE = {"w": random.normal(size=60), "y": random.choice(["a", "b"], 60)}
PARTS = ["train", "train", "test"] * 20


def _reported(data, **options):
    findings = look(load(data, target="y", **options))
    return next((f for f in findings if f.code == "part_names"), None)


def test_a_column_of_part_names_in_a_csv_file_is_reported(tmp_path):
    path = tmp_path / "table.csv"
    rows = zip(TABLE["w"], PARTS, TABLE["y"], strict=True)
    path.write_text("w,split,y\n" + "".join(f"{w},{part},{y}\n" for w, part, y in rows))
    finding = _reported(path)
    assert finding.severity == "warning"
    assert finding.message == (
        "'split' contains the names of data-set parts (train 40, test 20), but is used "
        "as an input, and the rows are split again."
    )
    assert as_options(finding.remedy) == (
        "If the rows are already split, write --ignore split. To keep the test set, "
        "save its rows in a file of their own, and also write --test-data test.csv."
    )
    assert not _reported(path, ignore=["split"])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Split", ["TRAIN", "TRAIN", "TEST"]),
        ("subset", ["train", "val", "test"]),
        ("set", ["training", "validation", "test"]),
        ("count", ["Train", "Test", None]),
    ],
)
def test_usual_part_names_are_reported(name, values):
    finding = _reported(TABLE | {name: values * 20})
    assert finding.numbers["counts"] == {
        value: 20 * values.count(value) for value in values if value
    }


@pytest.mark.parametrize(
    "values",
    [
        ["train", "bus", "bus"],
        ["test", "control", "test"],
        ["val", "test", "test"],
        ["training", "train", "train"],
        ["tr", "te", "tr"],
        [1, 2, 3],
    ],
)
def test_other_words_are_not_reported(values):
    assert not _reported(TABLE | {"split": values * 20})


def test_a_rare_other_word_at_the_end_is_not_reported():
    parts = [*["train", "test"] * 100, "bus"]
    table = {"w": np.arange(201) ** 1.5, "y": [*["a", "b"] * 100, "a"], "by": parts}
    assert not _reported(table)


def test_part_names_beside_images_are_reported():
    images = list(random.integers(0, 256, (60, 4, 4), dtype=np.uint8))
    finding = _reported({"image": images, "split": PARTS, "y": TABLE["y"]})
    assert "but is not used, and the rows are split again" in finding.message


def test_part_names_beside_a_given_test_set_are_reported_if_they_are_inputs():
    table = TABLE | {"split": PARTS}
    finding = _reported(table, test_data=table)
    assert finding.message.endswith("but is used as an input.")
    assert finding.remedy.endswith("write ignore=['split'].")

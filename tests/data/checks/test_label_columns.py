"""Columns and classes that are only one part of the target are reported."""

import numpy as np
import pytest

from assay.data import load, look, split

random = np.random.default_rng(0)
COLORS = random.choice(["red", "green", "blue"], 60)
ONE_HOT = {color: (COLORS == color).astype(int) for color in ("red", "green", "blue")}


def _codes(data, target):
    dataset = load(data, target=target)
    return {f.code: f for f in look(dataset, split(dataset, seed=0))}


def test_the_other_classes_of_a_one_hot_target_are_reported():
    data = {"w": random.normal(size=60), "old": random.integers(0, 2, 60), **ONE_HOT}
    finding = _codes(data, "green")["one_hot_target"]
    assert finding.severity == "warning"
    assert finding.numbers == {"target": "green", "columns": ["red", "blue"]}
    assert finding.remedy.endswith("write ignore=['red', 'blue'].")
    ignored = load(data, target="green", ignore=["red", "blue"])
    assert "one_hot_target" not in [f.code for f in look(ignored)]


@pytest.mark.parametrize("change", [{"blue": 0}, {"blue": 1}, {"red": 0.5}])
def test_other_columns_of_zeros_and_ones_are_not_reported(change):
    columns = {name: np.array(v, float) for name, v in ONE_HOT.items()}
    for name, value in change.items():
        columns[name][::5] = value
    data = {"w": random.normal(size=60), **columns}
    data["green"] = ONE_HOT["green"]
    assert "one_hot_target" not in _codes(data, "green")


@pytest.mark.parametrize(
    "classes",
    [
        ["a", "b", "a;b"],
        ["drama|war", "war|love", "love|drama"],
        ["['a']", "['b']", "['a', 'b']"],
    ],
)
def test_classes_that_combine_labels_are_reported(classes):
    data = {"w": random.normal(size=60), "y": classes * 20}
    finding = _codes(data, "y")["combined_classes"]
    assert finding.numbers["target"] == "y"
    assert set(finding.numbers["classes"]) <= set(classes)


@pytest.mark.parametrize(
    "classes",
    [["Paris, France", "Lyon, France"], ["a", "b"], ["a;", "b"], ["C++", "C", "D"]],
)
def test_other_classes_with_separators_are_not_reported(classes):
    data = {"w": random.normal(size=60), "y": (classes * 30)[:60]}
    assert "combined_classes" not in _codes(data, "y")

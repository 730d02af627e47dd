"""Suspicious values are reported: placeholders, other scales and spellings."""

import numpy as np
import pytest

from assay.data import load, look, split


def _found(findings, code):
    return next((f for f in findings if f.code == code), None)


def test_spellings_of_one_class_are_reported():
    rng = np.random.default_rng(0)
    labels = rng.choice(["Yes", "YES", "no"], 60)
    towns = rng.choice(["New York", "new-york", "Boston"], 60)
    data = {"a": rng.random(60), "town": towns, "y": labels}
    found = [f for f in look(load(data)) if f.code == "spelling_variants"]
    assert [f.severity for f in found] == ["warning", "advice"]
    assert found[0].message == (
        "'y' contains 'YES' and 'Yes', which count as different values."
    )
    assert found[1].numbers["spellings"] == ["New York", "new-york"]
    assert not _found(look(load("iris")), "spelling_variants")


def test_spellings_with_punctuation_at_the_end_are_reported():
    labels = ["<=50K", ">50K", "<=50K.", ">50K."] * 10
    dataset = load({"a": np.arange(40.0) ** 2, "y": labels})
    found = _found(look(dataset), "spelling_variants")
    assert found.numbers["spellings"] == ["<=50K", "<=50K."]


def test_spellings_of_one_group_are_reported():
    groups = ["P-1", "p-1", *(f"P-{i}" for i in range(2, 20))] * 3
    data = load({"pid": groups, "w": np.arange(60.0) ** 2, "y": [0, 1] * 30})
    parts = split(data, seed=0, by="group", column="pid")
    found = [f for f in look(data, parts) if f.code == "spelling_variants"]
    assert [(f.severity, f.numbers["spellings"]) for f in found] == [
        ("warning", ["P-1", "p-1"])
    ]


@pytest.mark.parametrize(
    ("placeholder", "is_reported"),
    [(-999, True), (-200, True), (1.5, False), (-1.5, False), (200, False)],
)
def test_numbers_that_stand_for_missing_values_are_reported(placeholder, is_reported):
    rng = np.random.default_rng(0)
    values = rng.random(100)
    values[::10] = placeholder
    yes = -1.0 * (values > 0.5)  # as some databases write booleans
    data = load((np.column_stack([values, yes]), rng.random(100)))
    finding = _found(look(data), "placeholder_number")
    assert (finding is not None) == is_reported
    if finding:
        assert finding.numbers["num_rows"] == 10


def test_targets_that_stand_for_missing_values_are_reported():
    rng = np.random.default_rng(0)
    target = rng.random(100)
    target[::10] = -999
    dataset = load((rng.random((100, 1)), target))
    finding = _found(look(dataset), "placeholder_number")
    assert (finding.severity, finding.numbers["num_rows"]) == ("warning", 10)
    data = {"w": rng.random(100), "y": rng.random(100)}
    dataset = load(data, target="y", test_data=data | {"y": target})
    findings = look(dataset, split(dataset, seed=0))
    assert not _found(findings, "placeholder_number")  # test targets are not read


@pytest.mark.parametrize("name", ["w", "y"])
@pytest.mark.parametrize(("factor", "is_reported"), [(0.001, True), (1.5, False)])
def test_another_scale_in_the_test_set_is_reported(name, factor, is_reported):
    rng = np.random.default_rng(0)
    train = {column: rng.normal(5000, 900, 60) for column in ("w", "y")}
    test = train | {name: train[name] * factor}
    dataset = load(train, target="y", test_data=test)
    finding = _found(look(dataset, split(dataset, seed=0)), "other_scale")
    assert (finding is not None) == is_reported
    if finding:
        assert finding.numbers == {"column": name}
        assert finding.message.endswith("in the test set.")


def test_classes_that_only_occur_in_the_test_set_are_reported():
    train = {"w": np.arange(30) % 7, "y": ["yes", "no"] * 15}
    dataset = load(train, target="y", test_data=train | {"y": ["yes", "nope"] * 15})
    finding = _found(look(dataset, split(dataset, seed=0)), "unlearned_class")
    assert (finding.severity, finding.numbers) == ("warning", {"classes": ["nope"]})
    dataset = load(train, target="y", test_data=train)
    assert not _found(look(dataset, split(dataset, seed=0)), "unlearned_class")


def test_dates_that_stand_for_missing_values_are_reported():
    days = [f"2024-01-{day:02}" for day in range(1, 29)]
    data = {"day": days, "end": ["9999-12-31", *days[1:]], "y": [0, 1] * 14}
    finding = _found(look(load(data)), "placeholder_date")
    assert finding.numbers == {"column": "end", "num_rows": 1}


def test_dates_without_separators_are_reported():
    days = [20240101 + day for day in range(28)]
    data = {"day": days, "other": [d + 100 * 37 for d in days], "y": [0, 1] * 14}
    found = [f for f in look(load(data)) if f.code == "compact_dates"]
    assert [f.numbers["column"] for f in found] == ["day"]
    assert found[0].remedy == "If so, write kinds={'day': 'date'}."

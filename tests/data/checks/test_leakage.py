"""Groups and drift are found by what rows tell about each other."""

import numpy as np
import polars as pl
import pytest

from assay.data import load, look, split

_CODES = ("group_across_split", "time_order", "near_duplicates")


def _rows(num_groups=80, per_group=4, *, own=1.0, seed=0):
    """Return groups of similar rows, with a target that each group has of its own."""
    rng = np.random.default_rng(seed)
    center = np.repeat(rng.normal(size=(num_groups, 5)), per_group, axis=0)
    inputs = center + 0.3 * rng.normal(size=center.shape)
    effect = np.repeat(rng.normal(size=num_groups), per_group)
    target = inputs[:, 0] + own * effect + 0.1 * rng.normal(size=len(inputs))
    group = np.repeat(rng.permutation(num_groups), per_group)
    return inputs, target, group


def _found(inputs, target, order, **more):
    columns = {f"x{i}": values[order] for i, values in enumerate(inputs.T)}
    more = {name: pl.Series(values)[order] for name, values in more.items()}
    dataset = load(pl.DataFrame({**columns, **more, "y": target[order]}), target="y")
    findings = look(dataset, split(dataset, seed=0), checks=_CODES)
    return {finding.code: finding for finding in findings}


@pytest.mark.parametrize(
    ("name", "severity"), [("patient_id", "warning"), ("lot", "advice")]
)
def test_rows_that_know_their_group_are_found(name, severity):
    inputs, target, group = _rows()
    mixed = np.random.default_rng(1).permutation(len(target))
    finding = _found(inputs, target, mixed, **{name: group})["group_across_split"]
    assert finding.severity == severity
    assert finding.numbers["column"] == name
    assert finding.numbers["skill"] > finding.numbers["skill_without"] + 0.2
    assert "Predictions from similar rows have a skill of" in finding.message


def test_groups_that_add_nothing_are_at_most_pointed_out():
    inputs, target, group = _rows(own=0.0)
    labels = np.random.default_rng(2).permutation(group)
    mixed = np.random.default_rng(1).permutation(len(target))
    named = _found(inputs, target, mixed, patient_id=labels)["group_across_split"]
    assert named.severity == "advice"
    assert "a skill of" not in named.message
    assert "group_across_split" not in _found(inputs, target, mixed, lot=labels)


def test_groups_are_found_by_their_places_in_the_file():
    inputs, target, _ = _rows()
    finding = _found(inputs, target, np.arange(len(target)))["group_across_split"]
    assert (finding.severity, finding.numbers["column"]) == ("warning", None)
    mixed = np.random.default_rng(1).permutation(len(target))
    assert "group_across_split" not in _found(inputs, target, mixed)


@pytest.mark.parametrize("key", ["target", "input", "none"])
def test_sorted_files_have_no_groups(key):
    inputs, target, _ = _rows(per_group=1, num_groups=300, own=0.5)
    order = {
        "target": np.argsort(target),
        "input": np.argsort(inputs[:, 0]),
        "none": np.arange(len(target)),
    }[key]
    found = _found(inputs, target, order).values()
    assert not [finding for finding in found if finding.severity == "warning"]


def test_drift_along_dates_is_a_warning_and_along_the_file_advice():
    inputs, target, _ = _rows(per_group=1, num_groups=300, own=0.2)
    time = np.linspace(0, 1, len(target))
    inputs, target = inputs + 2 * time[:, None], target + 4 * time
    day = np.datetime64("2024-01-01") + np.arange(len(target))
    mixed = np.random.default_rng(1).permutation(len(target))
    dated = _found(inputs, target, mixed, day=day.astype("datetime64[us]"))
    assert dated["time_order"].severity == "warning"
    numbers = dated["time_order"].numbers
    assert numbers["skill_without"] < numbers["skill"] - 0.1
    in_order = np.arange(len(target))
    assert _found(inputs, target, in_order)["time_order"].severity == "advice"
    assert "time_order" not in _found(inputs, target, mixed)


def test_near_copies_are_found_even_if_most_rows_have_one():
    inputs, target, _ = _rows(per_group=1, num_groups=200)
    again = np.concatenate([inputs, inputs + 1e-3])
    mixed = np.random.default_rng(1).permutation(len(again))
    finding = _found(again, np.tile(target, 2), mixed)["near_duplicates"]
    assert finding.numbers["share"] > 0.5


@pytest.mark.parametrize(("num_groups", "is_found"), [(4, False), (60, True)])
def test_a_group_with_few_values_describes_rows(num_groups, is_found):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "x": rng.normal(size=300),
            "age_group": [f"group {i}" for i in rng.integers(0, num_groups, 300)],
            "y": rng.choice(["a", "b"], 300),
        }
    )
    dataset = load(frame, target="y")
    codes = {finding.code for finding in look(dataset, split(dataset, seed=0))}
    assert ("group_across_split" in codes) is is_found


def test_copies_apart_from_unused_columns_are_explained():
    frame = pl.DataFrame(
        {
            "person": [f"person {i}" for i in range(120)],
            "x": [i % 8 for i in range(120)],
            "y": ["a", "b"] * 60,
        }
    )
    dataset = load(frame, target="y")
    findings = look(dataset, split(dataset, seed=0))
    (finding,) = (f for f in findings if f.code == "exact_duplicates")
    assert "considering only the columns in use" in finding.message
    assert "'person'" in finding.remedy
    assert "unique" not in finding.remedy

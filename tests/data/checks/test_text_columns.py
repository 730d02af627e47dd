"""Findings about columns of text say what can be done about them."""

import numpy as np
import polars as pl
import pytest

from assay.data import load, look


def _found(findings, code):
    return next((f for f in findings if f.code == code), None)


@pytest.mark.parametrize("word", ["NA", "?", "nan", "Unknown", "#N/A"])
def test_classes_that_may_be_missing(word):
    columns = {"p": np.arange(60) % 7, "y": [word, "a", "b"] * 20}
    finding = _found(look(load(columns, target="y")), "missing_class")
    assert finding.severity == "warning"
    assert finding.message.startswith(f"{word!r} is a class of 'y', but it may mean")
    columns["y"] = ["c", "a", "b"] * 20
    assert _found(look(load(columns, target="y")), "missing_class") is None


def test_ids_that_may_be_numbers():
    rng = np.random.default_rng(0)
    columns = {"p": rng.normal(size=60), "y": ["a", "b"] * 30}
    for form, may_be in (("~{}.5", True), ("≈{}.5", True), ("item", False)):
        words = [form.format(row) if may_be else f"x{'y' * row}" for row in range(60)]
        finding = _found(look(load(columns | {"c": words}, target="y")), "id_column")
        assert ("write them as plain numbers" in finding.remedy) == may_be


def test_text_that_may_be_numbers():
    rng = np.random.default_rng(0)
    columns = {"p": rng.normal(size=60), "y": ["a", "b"] * 30}
    for form, may_be in (("{} sq ft", True), ("a b c{}", False)):
        words = [form.format(row if may_be else "d" * row) for row in range(60)]
        finding = _found(
            look(load(columns | {"c": words}, target="y")), "unusable_text"
        )
        assert "kinds={'c': 'text'}" in finding.remedy
        assert ("write them as plain numbers" in finding.remedy) == may_be


@pytest.mark.parametrize("kind", ["sequence", "text"])
def test_columns_left_out_because_of_another_are_named(kind):
    rng = np.random.default_rng(0)
    wave = list(rng.normal(size=(60, 8)))
    words = [f"a film about row {row} and more" for row in range(60)]
    columns = {"p": rng.normal(size=60), "words": words, "y": ["a", "b"] * 30}
    kinds, sole = ({"words": "text"}, "words") if kind == "text" else ({}, "wave")
    if kind == "sequence":
        columns["wave"] = wave
    table = pl.DataFrame(columns)
    findings = look(load(table, target="y", kinds=kinds))
    found = _found(findings, "sole_input")
    assert found.numbers["columns"] == ["p"] + ["words"] * (kind == "sequence")
    assert f"{sole!r} contains {kind}" in found.message
    assert _found(findings, "unusable_text") is None
    others = load(table, target="y", ignore=[sole])
    assert _found(look(others), "sole_input") is None
    assert [column.name for column in others.columns if column.used] == ["p"]


def test_numbers_among_other_values_have_a_remedy_that_works():
    rng = np.random.default_rng(0)
    words = [f"{row}.5" if row % 3 else f"<{row}" for row in range(60)]
    columns = {"p": rng.normal(size=60), "c": words, "y": ["a", "b"] * 30}
    finding = _found(look(load(columns, target="y")), "unusable_text")
    assert "kinds={'c': 'number'}" in finding.remedy
    data = load(columns, target="y", kinds={"c": "number"})
    assert data.columns[1].num_missing == 20


def test_columns_without_any_value_are_not_called_incomplete(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("p,y,\n" + "1,a,\n2,b,\n3,a,\n4,b,\n5,a,\n" * 4)
    findings = look(load(path, target="y"))
    assert _found(findings, "missing_values") is None
    assert "'column_2'" in _found(findings, "constant_column").message


@pytest.mark.parametrize("gap", [" ", "\n", "\t", "  "])
def test_words_may_be_separated_by_any_space(gap):
    texts = [gap.join(["hello", "there", "my", f"friend{k}"]) for k in range(40)]
    columns = load({"note": texts, "y": [k % 2 for k in range(40)]}, target="y").columns
    assert columns[0].kind == "text"

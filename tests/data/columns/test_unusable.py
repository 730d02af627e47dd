"""Columns of numbers that cannot be read are left out, with a reason and a fix."""

import numpy as np
import polars as pl
import pytest

from assay.data import load, look
from assay.data.columns._detect_kind import read_column

N = 40


def _column(cells):
    return read_column(pl.Series("a", cells))


def test_numbers_with_several_units_are_unusable():
    cells = [f"{i} {unit}" for i in range(N) for unit in ("kg", "lb")]
    column = _column(cells)[1]
    assert column.kind == "unusable"
    expected = "units differ, as in '0 kg' and '0 lb'; convert them to one unit"
    assert column.reason == expected
    assert _column([f"{i}{'AB'[i % 2]}" for i in range(N)])[1].kind == "id"
    assert _column(["3 kg", "5 m"] * N)[1].kind == "category"


def test_letters_as_signs_are_unusable():
    signs = [f"{i}.5 {'CR' if i % 2 else 'Dr.'}" for i in range(N)]
    column = _column(signs)[1]
    reason = "credits and debits, as in '0.5 Dr.' and '1.5 CR'; write them as numbers, "
    assert column.reason == f"{reason}with a minus sign for one of the two"
    assert column.kind == "unusable"


@pytest.mark.parametrize("cell", ["{} ± 0.3", "{}+/-2 mm", "({},5 cm ± 5%)", "{}.5(3)"])
def test_numbers_with_an_uncertainty_are_unusable(cell):
    cells = [cell.format(i) for i in range(N)]
    column = _column(cells)[1]
    assert column.kind == "unusable"
    fix = "write the number and the uncertainty in separate columns"
    reason = f"numbers with an uncertainty, as in {cells[0]!r}; {fix}"
    assert column.reason == reason
    few = _column(cells[:3] * N)[1]
    assert (few.kind, few.reason) == ("category", reason)


def test_a_few_numbers_with_an_uncertainty_are_reported():
    table = {"size": ["5 ± 1", "7 ± 1"] * 20, "y": ["a", "b"] * 20}
    (finding,) = (
        f for f in look(load(table, target="y")) if f.code == "mostly_numbers"
    )
    assert "'size' is treated as categorical (numbers with an unc" in finding.message
    assert finding.remedy.startswith("Replace it with columns of numbers")


@pytest.mark.parametrize("cell", ["{} + 3", "{} (3%)", "about {} ± 3", "{} - 3"])
def test_other_numbers_have_no_uncertainty(cell):
    assert "uncertainty" not in _column([cell.format(i) for i in range(N)])[1].reason


def test_vectors_are_not_text():
    vectors = np.random.default_rng(0).normal(size=(N, 20))
    fix = "; write each of them in its own column"
    for cells in (
        [str(row) for row in vectors],
        [str(row.tolist()) for row in vectors],
    ):
        column = _column(cells)[1]
        assert column.kind == "unusable"
        assert column.reason.startswith("several numbers, as in '[")
        assert fix in column.reason
    assert _column([f"48.{i}, 11.5" for i in range(N)])[1].reason.endswith(fix)
    tokens = [" ".join(map(str, range(i, i + 9))) for i in range(N)]
    assert _column(tokens)[1].kind == "text"
    assert _column([f"version 1.{i} of 2.0" for i in range(N)])[1].kind == "text"

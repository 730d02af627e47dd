"""Numbers in many notations are read, or the reason why they are not is given."""

import polars as pl
import pytest

from assay.data.columns._detect_kind import read_column
from assay.data.columns._parse import read_as

N = 40


def _column(values, name="a", kind=None):
    return read_column(pl.Series(name, values, strict=False), kind)


def _numbers(cells, num_rows=40):
    cells = [cells[row % len(cells)] for row in range(num_rows)]
    values, column = _column(cells)
    assert column.kind == "number", column.reason
    return values.to_list()[: len(set(cells))]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,23,456.5", "12,34,567"], [123456.5, 1234567]),  # India
        (["1_000", "12_500.5"], [1000, 12500.5]),
        (["–5", "‑7.5", "3"], [-5, -7.5, 3]),
        (["１２", "－３４．５"], [12, -34.5]),
        (["٣٤", "٥٦٫٥"], [34, 56.5]),
        (["1.5×10^3", "2 x 10^-4", "10^2"], [1500, 0.0002, 100]),
        (["1.5·10³", "2 × 10⁻⁴"], [1500, 0.0002]),
        (["1.5D+03", "-2.5d-01"], [1500, -0.25]),
        (["US$5", "US$1,200.50"], [5, 1200.5]),
        (["₩7000", "₩12"], [7000, 12]),
        (["Rs. 500", "Rs 1,200"], [500, 1200]),
        (["12‰", "3.5 ‰"], [12, 3.5]),
        (["−3.5 °C", "12 °C"], [-3.5, 12]),
        (["1 days 00:00:05", "3 days 04:05:06.5"], [86405, 273906.5]),
        (["PT1H30M", "PT45M", "P1DT0.5S"], [5400, 2700, 86400.5]),
        (["1:30:15", "112:05:01"], [5415, 403501]),
        (["01:30.5", "12:05.25"], [90.5, 725.25]),
        (["7.30 Uhr", "07:15 Uhr", "19 Uhr"], [27000, 26100, 68400]),
        (["kl. 19.30", "kl 7"], [70200, 25200]),
        (["19.30 uur", "7 uur"], [70200, 25200]),
        (["2400:00:01", "100:02:27"], [8640001, 360147]),
        (["1.5", "#DIV/0!", "<NA>", "--", "."], [1.5, None, None, None, None]),
    ],
)
def test_numbers_in_other_notations(cells, numbers):
    assert _numbers(cells) == pytest.approx(numbers)


@pytest.mark.parametrize(
    "cells", [["10-20", "5-7"], ["5A", "7B"], ["3D5", "2D4"], ["m²", "x^2"], ["1/2"]]
)
def test_codes_and_ranges_are_no_numbers(cells):
    assert _column(cells * N)[1].kind in ("category", "constant")


def test_numbers_with_different_signs_are_not_compared():
    problem = _column(["$5", "€7", "$12"] * N)[1]
    assert problem.kind == "unusable"
    assert "currencies differ, as in '$5' and '€7'" in problem.reason
    problem = _column(["12%", "0.5", "7.5%"] * N)[1]
    assert "'12%' are mixed with fractions such as '0.5'" in problem.reason
    assert _column(["$5", "7", "12 USD"] * N)[1].kind == "number"
    assert _column(["12%", "50", "7.5%"] * N)[1].kind == "number"


def test_numbers_among_other_values_are_no_id():
    cells = [f"{row}.5" if row % 4 else f"<{row}" for row in range(N)]
    column = _column(cells)[1]
    assert (column.kind, column.num_stray) == ("unusable", 0)
    assert column.reason == "30 of its values are numbers, but not '<0'"
    values, column = _column(cells, kind="number")
    assert (values.null_count(), column.num_stray) == (10, 10)


def test_units_of_a_single_letter_differ():
    cells = [f"{row}.5{'kMB'[row % 3]}" for row in range(N)]
    assert "units differ, as in '0.5k' and '1.5M'" in _column(cells)[1].reason


@pytest.mark.parametrize("name", ["Unnamed: 0", "column_0"])
def test_the_saved_index_of_joined_frames_is_an_id(name):
    assert _column([*range(20)] * 3, name=name)[1].kind == "id"
    assert _column([0, 1, 1, 0] * 15, name=name)[1].kind == "number"


def test_columns_of_categories_stay_categories():
    cells = pl.Series("a", ["1", "2", "2"] * N, dtype=pl.Categorical)
    values, column = read_column(cells)
    assert (column.kind, column.reason) == ("category", "categories")
    assert values.to_list()[:3] == ["1", "2", "2"]


def test_integers_of_128_bits():
    small = pl.Series("a", [row * row for row in range(N)], dtype=pl.Int128)
    assert read_column(small)[0].to_list() == [row * row for row in range(N)]
    large = pl.Series("a", [10**20, 10**20 + 1] * N, dtype=pl.Int128)
    assert read_column(large)[1].kind == "category"


def test_ones_and_zeros_as_booleans():
    cells = pl.Series(["1", "0", "1.0", "TRUE", "2"])
    assert read_as(cells, "boolean").values.to_list() == [True, False, True, True, None]


@pytest.mark.parametrize("invisible", ["\u200b", "\ufeff", "\u2060", "\u00ad"])
def test_characters_without_width_are_removed(invisible):
    words = pl.Series("city", ["Rome", f"Rome{invisible}", f"{invisible} Rome"])
    assert read_column(words)[0].to_list() == ["Rome"] * 3
    numbers = pl.Series("size", [f"{invisible}1.5", "2"])
    assert read_column(numbers)[0].to_list() == [1.5, 2]


@pytest.mark.parametrize("written", ["{}%", "{}y", "{} kg", "${}"])
def test_consecutive_quantities_are_no_row_numbers(written):
    cells = pl.Series("v", [written.format(number) for number in range(1, 31)])
    assert read_column(cells)[1].kind == "number"

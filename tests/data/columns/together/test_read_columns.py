"""Columns that are read together are the same as those read one by one."""

import datetime
import itertools
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay._errors import InputError
from assay.data.columns._detect_kind import read_column
from assay.data.columns.together._read_columns import read_columns

CELLS = {
    "numbers": ["1", " 2.5 ", "-3e2", "12345678901234567", "0.1234567890123456", ""],
    "names": ["007", "9007199254740993", "1", "2"],
    "missing": ["NA", "?", "", None, "nan", "None"],
    "human": ["$1", "1,234", "3,5", "12 %", "31.12.2024", "1/2/2024"],
    "commas": ["3,5", "1,234", ",5", "2,5e3", "1.234,5"],
    "slashes": ["31/12/2024", "1/2/2024", "31-12-2024", "2/31/2024 10:30"],
    "short years": ["31/12/24", "1/2/24", "31.12.24", "10.04.06"],
    "dates": ["2024-12-31", "2023-01-05T10:30Z", None],
    "booleans": ["true", "False", "TRUE"],
    "words": ["one", "two", "grade 3", "infinite", "x1"],
    "infinite": ["inf", "1"],
    "ordinals": ["1st", "2nd", "33rd", "12th", "1,004th"],
    "endings": ["4th", "5th", "7TH", "11st"],
}


@st.composite
def columns_of_text(draw):
    """Draw text columns of a single kind or of a mixture."""
    num_rows, names = draw(st.integers(1, 30)), st.sampled_from(sorted(CELLS))
    columns = []
    for position in range(draw(st.integers(2, 6))):
        kinds = draw(st.lists(names, min_size=1, max_size=2))
        cells = st.sampled_from([cell for kind in kinds for cell in CELLS[kind]])
        values = draw(st.lists(cells, min_size=num_rows, max_size=num_rows))
        columns.append(pl.Series(f"column {position}", values, dtype=pl.String))
    return columns


def check_read_together(columns, decimal_commas=False):
    together = read_columns(columns, {}, decimal_commas)
    for cells, (values, column) in zip(columns, together, strict=True):
        wanted_values, wanted = read_column(cells, decimal_commas=decimal_commas)
        assert column == wanted
        assert (values.name, values.dtype) == (wanted_values.name, wanted_values.dtype)
        assert values.to_list() == wanted_values.to_list()


@settings(max_examples=30)
@given(columns_of_text(), st.booleans())
def test_columns_of_text_read_together_are_the_same(columns, decimal_commas):
    check_read_together(columns, decimal_commas)


STYLED = [
    ["2024-12-31T10:30+09:00", "2024-12-31"],
    ["2024-12-31T00:00:00+09:00", "2024-12-30T00:00:00+09:00", None],
    ["31/12/2024 00:00+02:00", "1/2/2024 00:00 CET", "NA"],
    ["31.12.2024 15:30 UTC", "1.2.2024 15.30 Uhr"],
    ["5 ± 1", "7.5±2", None],
    ["1st", "2nd", "33rd", "NA", "1,004th"],
    ["4th", "5th", None, "111th"],
    ["11st", "12st"],
    ["1st", "2nd", "crew"],
    ["31/12/2024", "1/2/2024", None],
    ["12/31/2024 10:30", "1/2/2024"],
    ["1/2/2024", "3/4/2024"],
    ["31/12/2024", "12/31/2024"],
    ["31.12.2024", "NA", "1.2.2024"],
    ["1-2-2024", "3-4-2024"],
    ["31-12-2024", "3-4-2024"],
    ["31/12/24", "3/4/2024"],
    ["31 Dec 2024", "1 Jan 2025"],
    ["31.12.2024 Uhr", "1.2.2024 Uhr"],
    ["31/12/2024", "soon"],
    ["08.2022", "10.2022"],
    ["08.2022", "10.2022", "NA"],
    ["08.2022", "13.2022"],
    ["05 PM", "11 AM"],
    ["7.21 Uhr", "8 Uhr", "07:15 Uhr"],
    ["kl. 19.30", "kl. 7"],
    ["7.21 Uhr", "soon"],
    ["2022:02:27", "2023:12:01"],
    ["2022:02:27", "2023:12:01 10:30:00", "NA"],
    ["2022:02:27", "100:02:27"],
    ["5'40\"", "6'30\""],
    ["2024 week 5", "2023 week 7"],
    ["Jan 2012", "Feb. 2013", "NA"],
    ["Dec 31, 2024", "1. Mai 2024"],
    ["31/12/24", "3/4/24", None],
    ["31 Dec 24", "1-jan-25", "NA"],
    ["1/2/24", "31.12.24"],
    ["1/2/2024", "3/4/2024", "5-6-2024"],
    ["31.12.2024", "2024-12-30", "5 Dec 2024"],
    ["31/12/2024", "2024-12-30", "5 Dec 2024"],
    ["31.12.2024", "2024-12-30T10:30Z"],
    ["12345678901234567", "98765432109876543", "1"],
    ["2009-10", "2010-11", "2011-12"],
    ["2009-10", "2010-11", "2011-11"],
    ["2023-001", "2023-002"],
    ["2023-001", "2023-002", "NA"],
    ["2024-12-31T10:30Z", "2024-12-31 00:00Z"],
    ["2024-12-31 15:30", "20241231T153000Z"],
    ["007", "12", "0"],
    ["007", "12", "NA"],
    ["007", "12", "1.5"],
    ["01012024", "31122024"],
    ["3,5", "12,25", "?"],
    ["3,5", "1.234,5", "1.234"],
    ["1.234", "2.500", "17"],
    ["1234,5", "2.5"],
    ["3,5 kg", "2,5 kg"],
    ["3,5 €", "1.000,5 €"],
    ["3,5", "12345678901234567"],
    ["3,5", "12:30"],
    ["3,5", "many"],
    ["1e3", "2,5e3", "007,5"],
]


# The style may be apparent only in later rows.
@pytest.mark.parametrize(
    ("start", "repeats", "decimal_commas"),
    [(0, 6, False), (0, 4, True), (1_100, 6, False)],
)
def test_dates_and_numbers_of_each_style_are_read_the_same(
    start, repeats, decimal_commas
):
    columns = [
        pl.Series(f"{cells}", ["10"] * start + cells * repeats) for cells in STYLED
    ]
    height = max(map(len, columns))
    filled = [cells.extend_constant(None, height - len(cells)) for cells in columns]
    check_read_together(filled, decimal_commas)


SPELLINGS = [
    ["12 kg", "3.5 kg", "7kg"],
    ["12 kg", "1,234 kg", "1,234.5 kg"],
    ["3,5 kg", "12 kg", "1.234,5 kg"],
    ["0,5 m²", "12,25 m²", "k. A."],
    ["65.4 m²", "7 m²", "Err:502", ""],
    ["20 °C", "-3.5 °C", "−4 °C"],
    ["1.234 t", "850 t"],  # thousands or decimals
    ["1.234 t", "8.500 t"],
    ["007 kg", "12 kg"],
    ["12345678901234567 kg", "1 kg"],
    ["$1,234", "$12"],
    ["$1,234.50", "7", "12 USD"],
    ["$0,427", "$8,866", "$7,105"],
    ["US$ 5", "-$3.50", "($2)"],
    ["1.234,50 €", "3 €", "7,-- €"],
    ["€ 1.234.567", "€ 850", "NA"],
    ["CHF 12.–", "CHF 1'250.50"],
    ["12 EUR", "3.5 EUR"],
    ["85%", "7.5 %", "100%"],
    ["85,5 %", "7 %"],
    ["5 ‰", "3"],
    ["1,234", "12,500"],
    ["1,234", "12,500.5", "7"],
    ["1.234.567", "12.500", "80"],
    ["1 234", "12 500"],
    ["1,00,000", "1,234"],
    ["12:30", "09:05"],
    ["1:30 PM", "12:05 AM"],
    ["49:28", "1:04:28"],
    ["12:30", "12:30:15"],
    ["٣٤ kg", "1.5×10^3 kg", "2"],
    ["$ -", "- €"],
    ["50%", "0.5"],
    ["3,5 m", "3.5 m"],
    ["007", "1,234"],
    ["12345678901234567", "12345678901234568", "1,234"],
    ["6'", '70"'],
    ["6 ft.", "70 in."],
    ["2h 30min", "45min", "1:30"],
    ["5'11\"", "6'", "70 in"],
    ["500 g", "1.2 kg", "0.3kg"],
    ["500 g", "1,2 kg"],
    ["500 g", "2 kg", "3"],
    ["2 years 3 months", "-5 mo."],
    ["30", "45", "2 h"],
    ["3 kg", "5 m"],
    ["2 lb 3 oz", "$5"],
    ["007 g", "1 kg"],
    ["1.234 g", "2 kg"],
]
MIXTURES = [
    ["<0.5", "1.2", "3"],
    ["below LOD", "1", "2.5", "3", "17", "8", "9.5"],
    ["18-24", "25-34", "65+"],
    ["00af", "8922", "12e4", "3f2a"],
    ["0.5*", "2", "3.5"],
    ["1st", "2nd", "23rd"],
    ["2005", "n/d"],
    ["20241231", "soon"],
    ["1", "0", "x"],
    ["true", "0", "?"],
    ["1.234", "17", "x"],
    ["1.234.567", "2.345.678"],
    ["8.922.001", "x", "3"],
    ["3 kg", "5 m", "x"],
    ["12:30", "x"],
    ["inf", "x", "1"],
    ["1_000", "x", "(3.5)", "7-"],
    ["[1, 2]", "[3, 4]", "5"],
]
OTHER_CELLS = ["3 m", "7", "€5", "5%", "0.5", "3,5", "1,234.5", "many", "007", "2h 5m"]


@pytest.mark.parametrize("decimal_commas", [False, True])
def test_numbers_of_each_spelling_are_read_the_same(decimal_commas):
    lists = [*SPELLINGS, *MIXTURES]
    columns = [pl.Series(f"{cells}", (cells * 24)[:24]) for cells in lists]
    check_read_together(columns, decimal_commas)


def test_columns_with_a_few_other_cells_are_read_the_same():
    """One cell of 24 counts as a typo, because it is less than 5%, but not two."""
    pairs = zip([*SPELLINGS, *MIXTURES], itertools.cycle(OTHER_CELLS), strict=False)
    columns = [
        [*(cells * 24)[: 24 - 1 - position % 2], *[other] * (1 + position % 2)]
        for position, (cells, other) in enumerate(pairs)
    ]
    columns += [["5 kg", other] * 12 for other in OTHER_CELLS[:4]]
    columns += [["8,866"] * 23 + ["0,427"], ["$8,866"] * 22 + ["$0,427"] * 2]
    check_read_together([pl.Series(f"{i}", cells) for i, cells in enumerate(columns)])


def test_numbers_with_units_are_recognized_together(monkeypatch):
    monkeypatch.setattr("assay.data.columns.together._read_columns.read_column", None)
    names = "kg area price euros percent thousands clock duration".split()
    examples = ["12 kg", "65.4 m²", "$1,234", "1.234,50 €", "85%", "1,234", "12:30"]
    examples += ["1h 10m"]
    columns = [
        pl.Series(name, [cell, None, cell.replace("1", "3")] * 2)
        for name, cell in zip(names, examples, strict=True)
    ]
    read = [column for _, column in read_columns(columns, {})]
    assert {column.kind for column in read} == {"number"}
    assert [column.style for column in read] == [
        "unit kg",
        "unit m²",
        "unit USD",
        "decimal comma, unit EUR",
        "unit %",
        "",
        "",
        "unit s",
    ]


def test_mixtures_of_numbers_and_words_are_recognized_together(monkeypatch):
    monkeypatch.setattr("assay.data.columns.together._read_columns.read_column", None)
    numbers = [f"{number}" for number in range(25)]
    columns = {
        "censored": [*numbers, "<0.5", "<0.5", "<1"],
        "typo": [*numbers, *numbers, "many"],
        "grade": [*["1", "2", "3"] * 10, "A", "B", "C"],
        "rare": [*"ABC" * 10, "7"],
        "floor": ["1st", "2nd", "attic"] * 10,
        "package": ["3 kg", "5 m"] * 10,
    }
    cells = [pl.Series(n, c).extend_constant("1", 1) for n, c in columns.items()]
    height = max(map(len, cells))
    filled = [column.extend_constant(None, height - len(column)) for column in cells]
    read = [column for _, column in read_columns(filled, {})]
    assert [(column.kind, column.reason) for column in read] == [
        ("unusable", "26 of its values are numbers, but not '<0.5'"),
        ("number", "numbers; 1 other cell treated as missing"),
        ("category", "31 of its values are numbers, but not 'A'"),
        ("category", "words, 2 of them numbers"),
        ("category", "words, 1 of them numbers"),
        ("category", "words, 1 of them numbers"),
    ]


@pytest.mark.parametrize("count", [2, 40])
def test_columns_of_values_read_together_are_the_same(count):
    """Ids are detected only if there are enough rows."""
    rows = np.arange(count)
    values = {
        "floats": [1.5, math.nan, None],
        "whole": [1.0, 2.0],
        "none": [None, None],
        "constant": [3.0],
        "booleans": [True, None, False],
        "large": [2**60, 1, 2],
        "small": [1, 2, None],
        "dates": [datetime.date(2024, 1, 1), None],
        "bytes": [b"1"],
    }
    columns = [
        pl.Series(name, [cells[i % len(cells)] for i in rows], strict=False)
        for name, cells in values.items()
    ]
    columns += [
        pl.Series("row", rows),
        pl.Series("half", rows / 2, dtype=pl.Float32),
        pl.Series("u8", rows % 3, dtype=pl.UInt8),
        pl.Series("person", [f"person {i}" for i in rows]),
        pl.Series("grade", [f"grade {i % 3}" for i in rows]),
    ]
    check_read_together(columns)


def test_a_column_without_a_name_is_read_the_same():
    words = [f"{row} kg" if row % 2 else f"{row} m" for row in range(40)]
    others = [f"{row} ± 1" for row in range(40)]
    lists = [str([row + 0.5] * 8) for row in range(40)]
    for cells in (words, others, lists, range(40)):
        check_read_together([pl.Series("a", lists), pl.Series("", cells)])


def test_faults_of_columns_are_yielded_in_their_place():
    columns = [pl.Series("a", [1.5, 2.0]), pl.Series("b", ["x", "y"])]
    first, second = read_columns(columns, {"b": "image"})
    assert first[1].kind == "number"
    assert isinstance(second, InputError)

"""Weeks, months, quarters and other periods, and times stored as numbers."""

import datetime as dt

import polars as pl
import pytest

from assay.data import load, look
from assay.data.columns._detect_kind import read_column
from assay.data.columns._parse import read_as

NUM_ROWS = 40


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-W05-3", (2024, 1, 31)),
        ("2024W053", (2024, 1, 31)),
        ("2024-W01", (2024, 1, 1)),
        ("2024 week 5", (2024, 1, 29)),
        ("2024 KW 05", (2024, 1, 29)),
        ("2024-02", (2024, 2, 1)),
        ("2024/2", (2024, 2, 1)),
        ("02/2024", (2024, 2, 1)),
        ("02 2024", (2024, 2, 1)),
        ("02_2024", (2024, 2, 1)),
        ("2024_02", (2024, 2, 1)),
        ("2024M02", (2024, 2, 1)),
        ("Feb 2024", (2024, 2, 1)),
        ("février 2024", (2024, 2, 1)),
        ("2024-Feb", (2024, 2, 1)),
        ("Feb_2024", (2024, 2, 1)),
        ("2024Q3", (2024, 7, 1)),
        ("Q3 2024", (2024, 7, 1)),
        ("2024-q3", (2024, 7, 1)),
        ("3Q2024", (2024, 7, 1)),
        ("H2 2024", (2024, 7, 1)),
        ("20240203T1200", (2024, 2, 3, 12)),
        ("20240203 12:00:00", (2024, 2, 3, 12)),
        ("2024-02-03 12", (2024, 2, 3, 12)),
        ("2024-02-03_12-30-00", (2024, 2, 3, 12, 30)),
        ("2024-02-03_12:30", (2024, 2, 3, 12, 30)),
        ("2024:02:03 12:30:00", (2024, 2, 3, 12, 30)),
        ("2024_02_03", (2024, 2, 3)),
        ("2024 02 03", (2024, 2, 3)),
        ("12:30 03.02.2024", (2024, 2, 3, 12, 30)),
        ("12:30:00, 2024-02-03", (2024, 2, 3, 12, 30)),
        ("2024-02-03 12:00:00 CET", (2024, 2, 3, 11)),
        ("2024-02-03 12:00 PDT", (2024, 2, 3, 19)),
        ("2024-02-03 12:00:00+01", (2024, 2, 3, 11)),
        ("2024-02-03T12:00:00+01:00[Europe/Berlin]", (2024, 2, 3, 11)),
    ],
)
def test_a_column_of_periods_contains_dates(cell, day):
    values, column = read_column(pl.Series("when", [cell, "2020-01-01"]))
    assert values.to_list() == [dt.datetime(*day), dt.datetime(2020, 1, 1)]
    assert (column.kind, column.rewritten) == ("date", cell)


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-001", "2024-045"],  # cases of a year
        ["2009-10", "2010-11"],  # seasons
        ["2009/10", "2010/11"],
        ["08.2022", "13.2022"],
        ["08.2022", "08.1789"],
        ["1234-01", "4711-02"],  # articles
        ["2024-13", "2024-14"],
        ["Q5 2024", "Q6 2024"],
        ["A2024Q3", "B2024Q3"],
        ["20240131-0001", "20240131-0002"],  # orders
    ],
)
def test_codes_that_look_like_periods_stay_words(cells):
    values, column = read_column(pl.Series("code", cells))
    assert (column.kind, values.to_list()) == ("category", cells)


def test_days_of_a_year_are_dates_if_the_user_says_so():
    cells = [f"2024-{day:03}" for day in range(1, NUM_ROWS + 1)]
    dataset = load(
        {"day": cells, "x": [0.5, 1.5] * 20, "y": ["a", "b"] * 20}, target="y"
    )
    remedies = [f.remedy for f in look(dataset) if f.code == "id_column"]
    assert remedies == ["If its values are meaningful, write kinds={'day': 'date'}."]
    days = read_as(pl.Series(cells), "date").values
    assert days[31] == dt.datetime(2024, 2, 1)


@pytest.mark.parametrize("dtype", [pl.String, pl.Int64, pl.Float64])
@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (1706961600, (2024, 2, 3, 12)),
        (1706961600000, (2024, 2, 3, 12)),
        (1706961600000000, (2024, 2, 3, 12)),
        (20240203120000, (2024, 2, 3, 12)),
        (202402031200, (2024, 2, 3, 12)),
        (20240203, (2024, 2, 3)),
        (202402, (2024, 2, 1)),
        (45325, (2024, 2, 3)),
    ],
)
def test_numbers_are_times_if_the_user_says_so(number, moment, dtype):
    cells = pl.Series("when", [number]).cast(dtype)
    assert read_as(cells, "date").values.to_list() == [dt.datetime(*moment)]


@pytest.mark.parametrize(
    ("name", "first", "step", "example"),
    [
        ("timestamp", 1706961600, 86_400, "1706961600 may mean 2024-02-03 12:00:00"),
        (
            "created_at",
            1706961600000,
            10**7,
            "1706961600000 may mean 2024-02-03 12:00:00",
        ),
        ("orderDate", 45325, 2, "45325 may mean 2024-02-03"),
        ("v", 20240203120000, 100, "20240203120000 may mean 2024-02-03 12:00:00"),
    ],
)
def test_numbers_that_may_be_times_are_reported(name, first, step, example):
    numbers = [str(first + step * row) for row in range(NUM_ROWS)]
    table = {name: numbers, "y": ["a", "b"] * 20}
    findings = [f for f in look(load(table, target="y")) if f.code == "compact_dates"]
    assert [f.message.split("example, ")[1] for f in findings] == [f"{example}."]


def test_other_large_numbers_are_not_reported_as_times():
    numbers = [1706961600 + 86_400 * row for row in range(0, 2 * NUM_ROWS, 2)]
    table = {"income": numbers, "time_ms": [*range(0, 400, 10)], "y": ["a", "b"] * 20}
    assert not [f for f in look(load(table, target="y")) if f.code == "compact_dates"]


def test_a_few_other_cells_among_dates_are_missing():
    days = [f"2024-01-{day:02}" for day in range(1, 31)]
    values, column = read_column(pl.Series("day", [*days, "2024-13-45"]))
    assert (column.kind, column.num_stray, values.null_count()) == ("date", 1, 1)


def test_many_other_words_among_dates_are_named():
    days = [f"2024-01-{day:02}" for day in range(1, 31)]
    _, column = read_column(pl.Series("end", [*days, *["ongoing"] * 5]))
    assert column.kind == "unusable"
    assert column.reason == "30 of its values are dates, but not 'ongoing'"
    table = {"end": [*days, *["ongoing"] * 10], "x": [0.5, 1] * 20}
    table["y"] = ["a", "b"] * 20
    assert any(
        "{'end': 'date'}" in finding.remedy for finding in look(load(table, target="y"))
    )


MONTHS = [(2015 + row // 12, 1 + 5 * row % 12) for row in range(NUM_ROWS)]


def test_months_with_points_are_dates():
    cells = [f"{month:02}.{year}" for year, month in MONTHS]
    values, column = read_column(pl.Series("when", ["NA", *cells]))
    assert column.kind == "date"
    assert values.to_list() == [None, *(dt.datetime(*pair, 1) for pair in MONTHS)]
    # these could also be decimal numbers
    assert read_column(pl.Series("when", ["10.2022", "11.2022"]))[1].kind == "number"
    assert read_column(pl.Series("when", ["8.2022", "11.2022"]))[1].kind == "number"


def test_months_with_points_do_not_rule_out_decimal_commas():
    frame = {"when": ["08.2022", "10.2022"], "a": ["1,5", "2,5"], "b": ["1.234", "2"]}
    dataset = load({**frame, "y": ["x", "z"]}, target="y")
    assert dataset.frame["b"].to_list() == [1234, 2]
    assert [column.kind for column in dataset.columns] == ["date", "number", "number"]


@pytest.mark.parametrize("dtype", [pl.String, pl.Float64])
@pytest.mark.parametrize(
    ("form", "example"),
    [("{1}.{0}", "4.2016 may mean 2016-04"), ("{0}.{1:02}", "2016.04 may mean")],
)
def test_numbers_that_may_be_months_are_reported(form, example, dtype):
    cells = [form.format(*pair) for pair in MONTHS[15:]]
    table = {"when": pl.Series(cells).cast(dtype), "y": ["a", "b"] * 12 + ["a"]}
    (found,) = (f for f in look(load(table, target="y")) if f.code == "compact_dates")
    assert example in found.message
    assert found.remedy == "If so, write them as 2016-04."


@pytest.mark.parametrize(
    "numbers",
    [
        [4 + row / 100 for row in range(NUM_ROWS)],
        [2004 + row / 10 for row in range(NUM_ROWS)],  # 2004.1 is not October
        [2004.04, 2004.05] * 20,
        [2004 + row % 12 / 100 for row in range(NUM_ROWS)],
    ],
)
def test_other_decimal_numbers_are_not_reported_as_months(numbers):
    table = {"size": numbers, "y": ["a", "b"] * 20}
    assert not [f for f in look(load(table, target="y")) if f.code == "compact_dates"]

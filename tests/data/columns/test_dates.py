"""Dates in the notations of other languages and programs."""

import datetime as dt

import polars as pl
import pytest

from assay.data import load
from assay.data.columns._detect_kind import read_column
from assay.data.columns._parse import read_as

MOMENT = dt.datetime(2024, 3, 5, 15, 7)
DAY = dt.datetime(2024, 3, 5)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024年3月5日", DAY),
        ("2024년 3월 5일", DAY),
        ("2024. 3. 5.", DAY),
        ("2024.03.05", DAY),
        ("2024.03.05 15:07", MOMENT),
        ("5. März 2024", DAY),
        ("5 mars 2024", DAY),
        ("5 de marzo de 2024", DAY),
        ("5 marzo 2024", DAY),
        ("5 de março de 2024", DAY),
        ("5 maart 2024", DAY),
        ("5 marca 2024", DAY),
        ("5 марта 2024 г.", DAY),
        ("05-mrt-2024", DAY),
        ("05MAR2024", DAY),
        ("05MAR2024:15:07:00", MOMENT),
        ("05/Mar/2024:15:07:00 +0000", MOMENT),
        ("05/Mar/2024:16:07:00 +0100", MOMENT),
        ("Tue Mar  5 15:07:00 2024", MOMENT),
        ("Tue Mar 05 2024 16:07:00 GMT+0100 (CET)", MOMENT),
        ("2024/03/05 4:07:00 PM GMT+1", MOMENT),
        ("2024/03/05 5:07:00 AM GMT-10", MOMENT),
        ("20240305T150700Z", MOMENT),
        ("20240305T1607+0100", MOMENT),
        ("2024-03-05 15:07:00 UTC", MOMENT),
        ("2024-03-05 15:07:00,250", MOMENT + dt.timedelta(milliseconds=250)),
        ("5.3.2024 15:07 Uhr", MOMENT),
        ("5.3.2024 um 15.07 Uhr", MOMENT),
        ("2024:03:05", DAY),
        ("2024:03:05 15:07:00", MOMENT),
        ("05.03.2024 klo 15.07", MOMENT),
        ("2024-03-05 kl. 15.07", MOMENT),
        ("٠٥.٠٣.٢٠٢٤", DAY),
    ],
)
def test_notations_of_other_languages_and_programs(cell, moment):
    assert read_as(pl.Series([cell]), "date").values[0] == moment
    values, column = read_column(pl.Series("when", [cell, "2020-01-01", None]))
    assert values.to_list() == [moment, dt.datetime(2020, 1, 1), None]
    assert column.kind == "date"
    assert column.rewritten == cell


@pytest.mark.parametrize(
    "cells",
    [
        ["2023.1.2", "2023.3.10"],  # versions
        ["5 apples 2024", "7 plums 2023"],
        ["2024年", "2023年"],
        ["10.04.06", "10.14.06"],
    ],
)
def test_other_text_does_not_become_a_date(cells):
    assert read_column(pl.Series("a", cells * 3))[1].kind != "date"


def test_other_digits_in_ambiguous_dates():
    cells = pl.Series(["٣١/١٢/٢٠٢٤", "٠١/٠٢/٢٠٢٤"])
    values, column = read_column(cells)
    assert column.style == "day first"
    assert values.to_list() == [dt.datetime(2024, 12, 31), dt.datetime(2024, 2, 1)]
    ambiguous = read_column(pl.Series(["٠١/٠٢/٢٠٢٤", "٠٣/٠٢/٢٠٢٤"]))[1]
    assert "day and month could be swapped" in ambiguous.reason


def test_zero_dates_are_missing():
    cells = ["2024-03-05", "0000-00-00", "2024-03-07"]
    values, column = read_column(pl.Series(cells))
    assert (column.kind, column.num_missing, column.num_stray) == ("date", 1, 0)
    assert values.to_list() == [DAY, None, dt.datetime(2024, 3, 7)]


def test_columns_read_together_have_the_same_dates():
    cells = ["5. März 2024", "6. Mai 2024", "1. Dezember 2023"] * 4
    columns = {name: cells for name in "abc"} | {"y": ["u", "v"] * 6}
    data = load(columns)
    assert [column.kind for column in data.columns] == ["date"] * 3
    assert data.frame["b"][2] == dt.datetime(2023, 12, 1)

"""Versions such as 1.1 and 1.10 are reported if they are read as the same number."""

import polars as pl
import pytest

from assay.data import load, look

COUNTED = [f"{first}.{second}" for first in (1, 2) for second in range(1, 13)]


def _remedies(name, cells, **kinds):
    table = {name: cells, "y": [row % 2 for row in range(len(cells))]}
    findings = look(load(table, target="y", kinds=kinds))
    return [f.remedy for f in findings if f.code == "merged_versions"]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("x", COUNTED),
        ("period", [f"2024.{month}" for month in range(1, 13)] * 2),
        ("version", ["1.1", "1.2", " 1.10", "2.0"] * 6),
        ("App Version", ["1.1", "1.2", "1.10", "1.3"] * 6),
        ("chapter_no", ["3.2", "3.20", "3.1", "NA"] * 6),
    ],
)
def test_versions_that_are_equal_as_numbers_are_reported(name, cells):
    assert _remedies(name, cells) == [f"If so, write kinds={{{name!r}: 'category'}}."]


def test_versions_read_as_categories_differ():
    assert _remedies("version", COUNTED, version="category") == []
    frame = pl.DataFrame({"version": COUNTED, "y": [0, 1] * 12})
    dataset = load(frame, target="y", kinds={"version": "category"})
    assert dataset.frame["version"].to_list() == COUNTED


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("size", ["1.1", "1.10", "2.375", "2.5"] * 6),
        ("conversion", ["1.1", "1.10", "2.37", "2.5"] * 6),
        ("version", ["1.1", "1.10", "2.05", "2.5"] * 6),  # a decimal
        ("version", ["1.1", "1.20", "2.3", "2.5"] * 6),
        ("size", [f"1.{row}" for row in range(1, 11)] * 3),
        ("size", [f"1.{row}" for row in range(1, 100, 3)] + ["1.1", "1.10"]),
        ("size", [f"{row / 8:g}" for row in range(1, 40)] + ["4.10", "4.1"]),
    ],
)
def test_decimal_numbers_are_not_reported(name, cells):
    assert _remedies(name, cells) == []

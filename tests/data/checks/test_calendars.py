"""Years of other calendars are reported in the data and in new rows."""

import numpy as np
import polars as pl
import pytest

from assay.data import Preparation, load, look, split

WEIGHTS = np.random.default_rng(0).normal(size=40)


def _table(first_year):
    days = [f"{first_year + i % 5}-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(40)]
    return {"day": days, "w": WEIGHTS, "y": ["a", "b"] * 20}


def _prepared(first_year):
    dataset = load(_table(first_year), target="y")
    return Preparation.fit(dataset, split(dataset, seed=0).train)


@pytest.mark.parametrize(
    ("first_year", "calendar", "remedy"),
    [
        (1442, "the Islamic or the Persian calendar", "If so, convert the dates to"),
        (2563, "the Buddhist calendar", "If so, subtract 543 from the years. To leave"),
        (5780, "the Jewish calendar", "If so, convert the dates to"),
    ],
)
def test_years_of_other_calendars_are_reported(first_year, calendar, remedy):
    findings = {f.code: f for f in look(load(_table(first_year), target="y"))}
    finding = findings["other_calendar"]
    assert finding.severity == "warning"
    assert finding.message == (
        f"'day' contains years such as {first_year} in 40 rows. They may belong to "
        f"{calendar}, but are read as Gregorian years."
    )
    assert finding.remedy.startswith(remedy)
    assert finding.remedy.endswith("ignore=['day'].")
    (note,) = _prepared(first_year).notes_on_scales(
        pl.DataFrame(_table(first_year + 5)).drop("y")
    )
    assert calendar in note


@pytest.mark.parametrize("first_year", [1815, 1970, 2020, 2090])
def test_gregorian_years_are_not_reported(first_year):
    codes = [f.code for f in look(load(_table(first_year), target="y"))]
    assert "other_calendar" not in codes
    new = pl.DataFrame(_table(first_year + 9)).drop("y")
    assert _prepared(first_year).notes_on_scales(new) == ()


@pytest.mark.parametrize(("trained", "new"), [(2020, 2563), (2020, 1442), (2563, 2020)])
def test_new_rows_in_another_calendar_are_noted(trained, new):
    (note,) = _prepared(trained).notes_on_scales(
        pl.DataFrame(_table(new)).drop("y").head(1)
    )
    assert note == (
        f"warning: 'day' is usually about the year {trained + 2} in the training data, "
        f"but about {new} here. Use the same calendar as in training."
    )

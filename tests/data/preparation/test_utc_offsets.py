"""Times with and without UTC offsets are told apart in training and in new rows."""

import datetime

import numpy as np
import polars as pl
import pytest

from assay.data import Preparation, load, split

DAYS = [datetime.datetime(2024, 9, 1) + datetime.timedelta(days=i) for i in range(40)]


def _cells(form):
    return [day.strftime(form) for day in DAYS]


PLAIN = _cells("%Y-%m-%d")
TOKYO = _cells("%Y-%m-%dT00:00:00+09:00")
HOURS = _cells("%Y-%m-%dT15:30+09:00")
DTYPE = pl.Series(DAYS).dt.replace_time_zone("Asia/Tokyo")


def _fitted(cells):
    table = pl.DataFrame({"day": cells, "y": ["a", "b"] * 20})
    dataset = load(table, target="y")
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    restored = Preparation.from_json(preparation.to_json())
    return dataset.frame["day"].to_list(), restored


@pytest.mark.parametrize("cells", [PLAIN, TOKYO, DTYPE, _cells("%d/%m/%Y 00:00 JST")])
def test_local_midnights_are_days(cells):
    days, preparation = _fitted(cells)
    assert days == DAYS
    inputs = preparation.transform(pl.DataFrame({"day": cells}))
    np.testing.assert_array_equal(inputs, _fitted(PLAIN)[1].transform({"day": PLAIN}))
    assert preparation.notes_on_scales(pl.DataFrame({"day": cells})) == ()


def test_other_times_are_converted_to_utc():
    times, _ = _fitted(HOURS)
    assert times[0] == datetime.datetime(2024, 9, 1, 6, 30)


@pytest.mark.parametrize(
    ("cells", "new", "note"),
    [
        (PLAIN, TOKYO, "2024-09-01 00:00:00 becomes 2024-08-31 15:00:00. Write"),
        (PLAIN, DTYPE, "has UTC offsets here, but none in the training data"),
        (_cells("%d/%m/%Y"), _cells("%d/%m/%Y 01:00+02:00"), "2024-08-31 23:00:00. "),
        (HOURS, _cells("%Y-%m-%d 15:30"), "has UTC offsets in the training data, but"),
        (TOKYO, HOURS, "contains days in the training data, so UTC offsets are"),
    ],
)
def test_other_offsets_are_noted(cells, new, note):
    (found,) = _fitted(cells)[1].notes_on_scales(pl.DataFrame({"day": new}))
    assert found.startswith("warning: 'day' ")
    assert note in found


@pytest.mark.parametrize(
    ("cells", "new"),
    [
        (PLAIN, _cells("%Y-%m-%dT00:00Z")),  # the same in UTC
        (TOKYO, PLAIN),
        (TOKYO, _cells("%Y-%m-%dT00:00:00-05:00")),
        (HOURS, _cells("%Y-%m-%dT15:30Z")),
        (HOURS, [None] * 40),
    ],
)
def test_equal_meanings_are_not_noted(cells, new):
    frame = pl.DataFrame({"day": pl.Series(new, dtype=pl.String)})
    assert _fitted(cells)[1].notes_on_scales(frame) == ()

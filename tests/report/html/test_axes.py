"""Axes include all values and have readable ticks."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assay.report.html.charts._axes import Scale, scale_for

NUMBERS = st.floats(-(2.0**100), 2.0**100, width=32)


@given(st.lists(NUMBERS, min_size=1), st.booleans())
def test_every_value_lies_on_its_scale(values, may_be_log):
    scale = scale_for(values, (100.0, 0.0), may_be_log=may_be_log)
    places = [scale(value) for value in values]
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in places)


@given(st.lists(NUMBERS, min_size=1), st.booleans())
def test_ticks_rise_and_lie_on_the_scale(values, may_be_log):
    scale = scale_for(values, (0.0, 100.0), may_be_log=may_be_log)
    ticks = scale.ticks(5)
    assert 1 <= len(ticks) <= 7
    assert all(a < b for a, b in zip(ticks, ticks[1:], strict=False))
    assert all(-0.01 <= place <= 100.01 for place, _ in scale.named_ticks(5))


def test_ticks_of_one_axis_have_the_same_decimals():
    assert [t for _, t in Scale(0.969, 0.986, 0, 1).named_ticks(4)] == [
        *("0.970", "0.975", "0.980", "0.985")
    ]
    assert [t for _, t in Scale(0, 4e6, 0, 1).named_ticks(2)] == ["0", "2e+06", "4e+06"]


def test_ticks_of_a_wide_range_are_logarithmic():
    scale = scale_for([0.001, 10.0], (0.0, 100.0), may_be_log=True)
    assert scale.is_log
    assert scale.ticks(5) == [0.001, 0.01, 0.1, 1.0, 10.0]
    assert not scale_for([0.5, 10.0], (0.0, 100.0), may_be_log=True).is_log
    assert not scale_for([0.0, 10.0], (0.0, 100.0), may_be_log=True).is_log


def test_values_without_a_place_are_gaps():
    places = Scale(1.0, 100.0, 0.0, 10.0, is_log=True).many(
        np.array([10.0, 0.0, np.nan])
    )
    assert places[0] == 5.0
    assert all(math.isnan(place) for place in places[1:])


def test_no_value_at_all_gives_a_scale():
    scale = scale_for([math.nan, math.inf], (0.0, 100.0))
    assert (scale.low, scale.high) == (-0.05, 1.05)

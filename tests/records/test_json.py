"""Canonical JSON is exact, excludes nan and gives equal bytes for equal values."""

import dataclasses
import datetime
import json
import math
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.records import (
    Finding,
    parse_json,
    to_canonical_json,
    to_plain,
    without_times,
)

leaves = st.none() | st.booleans() | st.integers() | st.text()
floats = st.floats(allow_nan=False, allow_infinity=False)


def nested(leaf):
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )


@given(nested(leaves | floats), st.booleans(), st.sampled_from([None, 2]))
def test_values_read_back_unchanged(value, sort_keys, indent):
    text = to_canonical_json(value, sort_keys=sort_keys, indent=indent)
    assert json.loads(text) == value


@given(st.floats())
def test_floats_are_exact_or_null(value):
    back = json.loads(to_canonical_json(value))
    assert back == value if math.isfinite(value) else back is None


@given(st.dictionaries(st.text(), st.integers()), st.randoms(use_true_random=False))
def test_sorted_keys_do_not_depend_on_the_order(value, random):
    items = list(value.items())
    random.shuffle(items)
    sorted_text = to_canonical_json(dict(items), sort_keys=True)
    assert sorted_text == to_canonical_json(value, sort_keys=True)
    assert list(json.loads(to_canonical_json(dict(items)))) == [k for k, _ in items]


def test_everything_a_run_writes_becomes_plain():
    @dataclasses.dataclass
    class Point:
        x: float
        y: tuple[int, ...]

    value = {
        "point": Point(math.nan, (1, 2)),
        "numpy": [np.float32(0.5), np.int64(3), np.bool_(True), np.float64(np.inf)],
        "array": np.array([[1.0, np.nan]]),
        "date": datetime.date(2024, 2, 29),
        "path": PurePosixPath("a/b"),
        "finding": Finding("code", "info", "message", {"n": np.int32(4)}),
        3: True,
    }
    assert to_plain(value) == {
        "point": {"x": None, "y": [1, 2]},
        "numpy": [0.5, 3, True, None],
        "array": [[1.0, None]],
        "date": "2024-02-29",
        "path": "a/b",
        "finding": {
            "code": "code",
            "severity": "info",
            "message": "message",
            "numbers": {"n": 4},
            "remedy": "",
        },
        "3": True,
    }


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", 1j])
def test_other_types_are_rejected(value):
    with pytest.raises(TypeError, match="cannot be written as JSON"):
        to_canonical_json({"value": value})


def test_colliding_keys_are_rejected():
    with pytest.raises(TypeError, match="same in JSON"):
        to_plain({1: "a", "1": "b"})
    with pytest.raises(ValueError, match="the key 'b' is repeated"):
        parse_json('{"a": [{"b": 1, "c": 2, "b": 1}]}')


def test_without_times_drops_times_at_every_depth():
    def run(seconds):
        return {
            "timings": {"total_seconds": seconds},
            "epochs": [{"cost": 0.5, "duration_seconds": seconds, "seconds": 3}],
        }

    assert without_times(run(1.0)) == without_times(run(2.0))
    assert without_times(run(1.0)) == {"epochs": [{"cost": 0.5, "seconds": 3}]}

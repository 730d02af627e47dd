"""The fingerprint distinguishes tables and is the same in every process."""

import hashlib

import numpy as np
import polars as pl
import pytest

from assay.data import load
from assay.data.columns import _fingerprint
from assay.data.columns._fingerprint import Fingerprint

BASE = pl.DataFrame(
    {
        "a": [1.0, None, 3.0],
        "b": ["x", "yz", None],
        "c": [True, None, False],
        "d": pl.Series([0, None, 86_400_000_000]).cast(pl.Datetime("us")),
    }
)


def fingerprint(frame):
    mark = Fingerprint(frame.height)
    for column in frame.get_columns():
        mark.add(column)
    return mark.hex


@pytest.mark.parametrize(
    "changed",
    [
        BASE.rename({"a": "A"}),
        BASE.reverse(),
        BASE.select("b", "a", "c", "d"),
        BASE.head(2),
        BASE.drop("d"),
        BASE.with_columns(a=pl.Series([1.0, 0.0, 3.0])),
        BASE.with_columns(a=pl.Series([1.0, None, np.nextafter(3.0, 4.0)])),
        BASE.with_columns(b=pl.Series(["x", "yz", ""])),
        BASE.with_columns(b=pl.Series(["xy", "z", None])),
        BASE.with_columns(c=pl.Series([True, False, False])),
        BASE.with_columns(c=pl.Series([1.0, None, 0.0])),
        BASE.with_columns(pl.col("d").dt.offset_by("1us")),
        BASE.with_columns(pl.col("a").cast(pl.String)),
    ],
)
def test_any_change_changes_the_fingerprint(changed):
    assert fingerprint(changed) != fingerprint(BASE)


@pytest.mark.parametrize(
    "same",
    [
        BASE.clone(),
        BASE.with_columns(pl.col("a").cast(pl.Float32)),
        BASE.with_columns(pl.col("a").cast(pl.Int8)),
        BASE.with_columns(pl.col("b").cast(pl.Categorical)),
        BASE.with_columns(pl.col("d").cast(pl.Date)),
        BASE.with_columns(pl.col("d").dt.cast_time_unit("ms")),
        pl.concat([BASE.head(1), BASE.tail(2)], rechunk=False),
    ],
)
def test_storage_does_not_change_the_fingerprint(same):
    assert fingerprint(same) == fingerprint(BASE)


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum(["é", "yz"])])
def test_long_text_is_hashed_in_blocks_with_the_same_result(dtype, monkeypatch):
    frame = pl.DataFrame({"b": pl.Series(["é", "yz", None, "yz", "é"], dtype=dtype)})
    wanted = fingerprint(frame)
    monkeypatch.setattr(_fingerprint, "_FEW_ROWS", 0)
    monkeypatch.setattr(_fingerprint, "_BLOCK_ROWS", 2)
    assert fingerprint(frame) == wanted


def test_the_fingerprint_is_known():
    frame = pl.DataFrame({"a": [1.0, -0.0]})
    head = b"assay table 1, 2 rows|1:a:number:\x00"
    wanted = hashlib.sha256(head + np.array([1.0, 0.0]).astype("<f8").tobytes())
    assert fingerprint(frame) == wanted.hexdigest()
    assert load("iris").fingerprint.startswith("7a673f4c4ca9231e")


def test_the_task_does_not_change_the_fingerprint():
    columns = {"a": [1.0, 2.5, 3.0, 4.0], "y": [0, 1, 0, 1]}
    classes, numbers = load(columns), load(columns, task="regression")
    assert classes.fingerprint == numbers.fingerprint
    other = load(columns | {"y": [1, 0, 1, 0]})
    assert other.fingerprint != classes.fingerprint

"""Channels with text are never silently taken as missing."""

import numpy as np
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import Preparation, load

RNG = np.random.default_rng(0)
LAYOUT = {"series_column": "who", "time_column": "day"}
LONG = pl.DataFrame(
    {
        "who": np.repeat(np.arange(20), 4),
        "day": np.tile(np.arange(4), 20),
        "a": RNG.normal(size=80),
        "b": RNG.normal(size=80),
        "ill": np.repeat(np.arange(20) % 2, 4),
    }
)


def _commas(frame, *columns):
    text = pl.col(columns).round(2).cast(pl.String).str.replace(".", ",", literal=True)
    return frame.with_columns(text)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("high", "'a' must contain numbers, but got 'high'. This affects 3 rows; the"),
        ("37.5 °C", "but got '37.5 °C'.*the first is row 2. Correct these cells"),
        ("0,25", "but got '0,25'.*row 2. Write numbers with a decimal point, or leave"),
    ],
)
def test_text_in_a_channel_of_new_rows(cells, message):
    data = load(LONG, target="ill", **LAYOUT)
    preparation = Preparation.fit(data, np.arange(20))
    new = LONG.drop("ill").with_columns(pl.col("a").cast(pl.String))
    new = new.with_columns(
        pl.when(pl.int_range(pl.len()).is_in([2, 5, 9]))
        .then(pl.lit(cells))
        .otherwise("a")
        .alias("a")
    )
    with pytest.raises(InputError, match=message):
        preparation.transform(new)


def test_new_rows_with_the_other_decimal_mark():
    data = load(_commas(LONG, "a"), target="ill", **LAYOUT)
    preparation = Preparation.fit(data, np.arange(20))
    same = preparation.transform(_commas(LONG, "a").drop("ill"))
    np.testing.assert_array_equal(same, preparation.transform(data))
    points = LONG.with_columns(pl.col("a").round(2).cast(pl.String))
    with pytest.raises(
        InputError, match="numbers with a decimal comma, as in training"
    ):
        preparation.transform(points)


def test_decimal_commas_in_the_times_of_new_rows():
    data = load(LONG, target="ill", **LAYOUT)
    preparation = Preparation.fit(data, np.arange(20))
    times = _commas(LONG.with_columns(day=pl.col("day") / 4), "day")
    with pytest.raises(InputError, match=r"'0,0'\. Write numbers with a decimal point"):
        preparation.transform(times)


def test_columns_that_are_almost_channels_are_noted():
    frame = LONG.with_columns(pl.format("{} °C", "a").alias("a"), c=pl.lit("u"))
    frame = frame.with_columns(c=pl.Series(["u", "v"] * 40))
    notes = load(frame, target="ill", **LAYOUT).notes
    note = f"replace cells such as '{LONG['a'][0]}"
    assert any("'a' as a channel" in text and note in text for text in notes)
    assert not any("'c' as a channel" in text for text in notes)


@pytest.mark.parametrize("names", [["who", "day"], "who,day", "['who', 'day']"])
def test_two_columns_are_those_of_the_series_and_the_time(names):
    with pytest.raises(InputError) as caught:
        load(LONG, target="ill", series_column=names)
    assert str(caught.value).endswith(
        f"but got series_column={names!r}. Write series_column='who', "
        "time_column='day'."
    )
    load(LONG, target="ill", series_column="who", time_column="day")


def test_faults_in_test_data_name_it():
    text = LONG.with_columns(pl.col("a").cast(pl.String))
    text[3, "a"], text[4, "a"] = "high", "low"
    for test, faults in (
        (
            LONG.drop("who"),
            ["`series_column in columns` must hold, but got series_col"],
        ),
        (
            text,
            ["'a' must contain numbers, but got 'high'. This affects 2 rows; the fi"],
        ),
        (LONG.drop("day", "b"), ["`time_column in columns` must ", " the channel 'b'"]),
    ):
        with pytest.raises(InputError) as caught:
            load(LONG, target="ill", test_data=test, **LAYOUT)
        for fault, start in zip(caught.value.faults, faults, strict=True):
            assert fault.startswith("test_data")
            assert start in fault


def test_missing_channels_of_archived_test_data_are_named(tmp_path):
    y = np.arange(20) % 2
    for name, channels in (("train", ["a", "b"]), ("test", ["a", "c"])):
        inputs = RNG.normal(size=(20, 5, 2))
        arrays = {"X": inputs, "y": y, "feature_names": channels}
        np.savez(tmp_path / f"{name}.npz", **arrays)
    with pytest.raises(InputError, match="^test_data lacks the channel 'b'"):
        load(tmp_path / "train.npz", test_data=tmp_path / "test.npz")


def test_classes_that_the_header_of_a_ts_file_lacks(tmp_path):
    path = tmp_path / "a.ts"
    lines = "".join(f"{k},{k + 1}:{'ab'[k % 2]}\n" for k in range(20))
    path.write_text(f"@problemName a\n@data\n{lines}")
    with pytest.raises(InputError, match="write '@classLabel true' above"):
        load(path)
    path.write_text(f"@problemName a\n@classLabel true\n@data\n{lines}")
    assert load(path).task.classes == ("a", "b")

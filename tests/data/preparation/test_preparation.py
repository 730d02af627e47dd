"""Preparation learns from train, gives known values and rejects bad rows."""

import datetime
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay._errors import InputError
from assay.data import Preparation, join_blocks, load, split

TRAIN = np.arange(6)


def _dataset(**columns):
    size = len(next(iter(columns.values())))
    return load(columns | {"target": ["u", "v"] * (size // 2)})


def _mixed(num_rows=200, seed=0):
    rng = np.random.default_rng(seed)
    gaps = rng.normal(5, 3, num_rows)
    gaps[rng.random(num_rows) < 0.2] = np.nan
    day = np.datetime64("2024-01-01") + rng.integers(0, 700, num_rows)
    frame = pl.DataFrame(
        {
            "size": rng.normal(1e6, 10, num_rows),
            "gaps": gaps,
            "count": rng.integers(0, 9, num_rows),
            "color": rng.choice(["red", "green", "blue"], num_rows),
            "shop": rng.choice([f"shop {i}" for i in range(40)], num_rows),
            "sold": rng.random(num_rows) < 0.3,
            "day": pl.Series(day.astype("datetime64[us]")),
            "same": 3.0,
            "y": rng.normal(40, 12, num_rows),
        }
    )
    return frame, load(frame, target="y")


def test_numbers_are_standardized_on_the_given_rows_only():
    dataset = _dataset(a=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 100.0, -100.0])
    inputs = Preparation.fit(dataset, TRAIN).transform(dataset)
    train = np.arange(1.0, 7.0)
    wanted = (dataset.frame["a"].to_numpy() - train.mean()) / train.std()
    np.testing.assert_allclose(inputs[:, 0], wanted, rtol=1e-6)
    assert inputs.dtype == np.float32


def test_other_rows_do_not_change_what_is_learned():
    frame, dataset = _mixed()
    rows = split(dataset, seed=0).train
    others = np.setdiff1d(np.arange(200), rows)
    spoiled = frame.with_columns(
        pl.when(pl.int_range(pl.len()).is_in(others))
        .then(pl.col("size") * -1e9)
        .otherwise(pl.col("size"))
        .alias("size"),
        pl.when(pl.int_range(pl.len()).is_in(others))
        .then(pl.lit("never seen"))
        .otherwise(pl.col("color"))
        .alias("color"),
        pl.when(pl.int_range(pl.len()).is_in(others))
        .then(pl.col("y") + 1e6)
        .otherwise(pl.col("y"))
        .alias("y"),
    )
    changed = Preparation.fit(load(spoiled, target="y"), rows)
    assert changed.to_json() == Preparation.fit(dataset, rows).to_json() | {
        "task": changed.task.to_json()
    }


def test_missing_numbers_take_the_median_and_are_flagged():
    dataset = _dataset(a=[1.0, None, 3.0, 10.0, None, 2.0, None, 4.0])
    preparation = Preparation.fit(dataset, TRAIN)
    assert preparation.features == (
        ("a", "a", "number"),
        ("a is missing", "a", "missing"),
    )
    inputs = preparation.transform(dataset)
    filled = np.array([1.0, 2.5, 3.0, 10.0, 2.5, 2.0, 2.5, 4.0])
    train = filled[TRAIN]
    np.testing.assert_allclose(
        inputs[:, 0], (filled - train.mean()) / train.std(), rtol=1e-6
    )
    assert inputs[:, 1].tolist() == [0, 1, 0, 0, 1, 0, 1, 0]


def test_a_number_missing_only_later_takes_the_median_without_a_flag():
    dataset = _dataset(a=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, None, None])
    preparation = Preparation.fit(dataset, TRAIN)
    assert preparation.num_features == 1
    np.testing.assert_allclose(preparation.transform(dataset)[6:], 0.0, atol=1e-6)


def test_categories_become_one_column_a_value():
    dataset = _dataset(a=["b", "a", "c", "a", "b", "a", "new", None])
    preparation = Preparation.fit(dataset, TRAIN)
    assert [f.name for f in preparation.features] == ["a=a", "a=b", "a=c"]
    assert preparation.transform(dataset).tolist() == [
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
    ]


def test_a_missing_category_is_one_more():
    dataset = _dataset(a=["b", None, "a", "a", "b", None, "new", None])
    preparation = Preparation.fit(dataset, TRAIN)
    assert [f.name for f in preparation.features] == ["a=a", "a=b", "a is missing"]
    assert preparation.transform(dataset).tolist()[5:] == [
        [0, 0, 1],
        [0, 0, 0],
        [0, 0, 1],
    ]


@pytest.mark.parametrize(
    ("num_values", "embedded"), [(31, False), (32, False), (33, True)]
)
@pytest.mark.parametrize("missing", [False, True])
def test_many_categories_become_a_code(num_values, embedded, missing):
    values = [f"v{i:02d}" for i in range(num_values)] * 4
    if missing:
        values[0] = None
        embedded = num_values >= 32
    dataset = _dataset(x=np.arange(len(values)) ** 1.5, a=values)
    train = np.arange(2, len(values)) if not missing else np.arange(len(values))
    preparation = Preparation.fit(dataset, train)
    if not embedded:
        assert preparation.embedded == ()
        assert preparation.num_features == 1 + num_values + missing
        return
    assert preparation.embedded == ((0, num_values + missing + 1),)
    assert preparation.features[0].kind == "code"
    new = pl.DataFrame({"x": [1.0] * 4, "a": ["v00", "v01", "new", None]})
    last = num_values + 1 if missing else 0
    assert preparation.transform(new)[:, 0].tolist() == [1.0, 2.0, 0.0, last]


def test_categories_are_matched_however_they_are_written():
    dataset = _dataset(a=["1", "2", "A", "TRUE", "1", "2.50", "False", "A"])
    preparation = Preparation.fit(dataset, np.arange(8))
    names = [feature.name for feature in preparation.features]

    def name_of(value):
        inputs = preparation.transform({"a": pl.Series([value])})[0]
        return names[int(inputs.argmax())] if inputs.any() else None

    same = {
        "a=1": ["1", "1.0", " 1", "+1.", 1, 1.0],
        "a=2": ["2", "2.00", 2],
        "a=2.50": ["2.50", "2.5", 2.5],
        "a=TRUE": ["TRUE", "true", "True", True],
        "a=False": ["False", "FALSE", False],
        None: ["01", "a", "B", "1.01", "-1"],
    }
    for name, values in same.items():
        assert [name_of(value) for value in values] == [name] * len(values)


def test_categories_that_training_told_apart_stay_apart():
    dataset = _dataset(a=["1", "1.0", "1", "1.0", "b", "b", "b", "b"])
    preparation = Preparation.fit(dataset, np.arange(8))
    inputs = preparation.transform({"a": ["1", "1.0", "1.00"]})
    assert inputs.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_unseen_categories_are_counted_by_column():
    dataset = _dataset(
        a=["1", "2", "A", "A"] * 2, b=["u", "v"] * 4, x=np.arange(8.0) ** 1.5
    )
    preparation = Preparation.fit(dataset, np.arange(8))
    new = {"a": ["1.0", "B", None, "C", "B"], "b": ["x"] * 5, "x": [1.0] * 5}
    a, b = preparation.unseen(new)
    assert (a.column, a.num_unseen, a.num_values, a.examples) == ("a", 3, 4, ("B", "C"))
    assert not a.all_unseen
    assert (b.column, b.num_unseen, b.all_unseen) == ("b", 5, True)
    assert preparation.unseen(dataset) == ()
    assert len(preparation.unseen(new, np.array([0]))) == 1


def test_every_part_has_as_many_codes():
    """Each chunk contains different values, and none contains all of them."""
    values = [f"v{i:02d}" for i in range(40)] * 3
    dataset = _dataset(x=np.arange(120.0) ** 1.5, a=values)
    parts = [Preparation.fit(dataset, np.arange(n)) for n in (10, 33, 40)]
    assert {part.embedded for part in parts} == {((0, 41),)}


def test_booleans_and_dates_have_their_columns():
    dataset = _dataset(
        flag=[True, False, False, True, None, True, None, False],
        day=[datetime.date(2024, 1, day) for day in (1, 2, 3, 9, 20, 31, 5, 6)],
    )
    preparation = Preparation.fit(dataset, TRAIN)
    assert [f.name for f in preparation.features] == [
        "flag",
        "flag is missing",
        "day days",
        "day weekday",
    ]
    inputs = preparation.transform(dataset)
    days = np.array([1, 2, 3, 9, 20, 31, 5, 6.0])
    wanted = (days - days[TRAIN].mean()) / days[TRAIN].std()
    np.testing.assert_allclose(inputs[:, 2], wanted, rtol=1e-5)
    filled = np.array([1, 0, 0, 1, 1, 1, 1, 0.0])
    wanted = (filled - filled[TRAIN].mean()) / filled[TRAIN].std()
    np.testing.assert_allclose(inputs[:, 0], wanted, rtol=1e-6)


def test_what_does_not_vary_on_train_says_nothing():
    dataset = _dataset(
        a=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
        b=[2.0] * 6 + [3.0, 4.0],
        c=["u"] * 6 + ["v", "w"],
        d=[0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3, 0.3, 0.3, 5.0, 7.0],
        e=[True] * 6 + [False, True],
    )
    preparation = Preparation.fit(dataset, TRAIN)
    assert preparation.columns == ("a", "b", "d", "e")  # "c" is constant
    row = {"a": [3.5], "b": [9.0], "d": [9.0], "e": [False]}
    assert preparation.transform(row).tolist() == [[0.0] * 4]


def test_extreme_numbers_stay_finite():
    dataset = _dataset(a=[1e300, -1e300, 5e299, 0.0, 1e299, 2e299, 1.0, 2.0])
    inputs = Preparation.fit(dataset, TRAIN).transform(dataset)
    assert np.isfinite(inputs).all()
    assert abs(inputs[TRAIN].mean()) < 1e-6
    small = _dataset(a=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1e300, -1e300])
    assert np.isfinite(Preparation.fit(small, TRAIN).transform(small)).all()
    tiny = _dataset(a=[0.0, 1e-223, 0.0, 1e-223, 0.0, 0.0, 9e84, -9e84])
    assert np.isfinite(Preparation.fit(tiny, TRAIN).transform(tiny)).all()


def test_typed_and_raw_rows_become_the_same_inputs():
    frame, dataset = _mixed()
    preparation = Preparation.fit(dataset, np.arange(200))
    raw = preparation.transform(frame)
    np.testing.assert_array_equal(preparation.transform(dataset), raw)


def test_prediction_takes_any_frame_with_the_columns():
    frame, dataset = _mixed()
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    wanted = preparation.transform(dataset)
    assert not np.isnan(wanted).any()
    shuffled = frame.drop("y", "same").select(reversed(frame.drop("y", "same").columns))
    np.testing.assert_array_equal(preparation.transform(shuffled), wanted)
    np.testing.assert_array_equal(
        preparation.transform(frame.with_columns(extra=pl.lit(1))), wanted
    )
    np.testing.assert_array_equal(preparation.transform(frame.to_pandas()), wanted)
    rows = np.array([5, 3, 3, 199])
    np.testing.assert_array_equal(preparation.transform(dataset, rows), wanted[rows])
    np.testing.assert_array_equal(preparation.transform(frame, rows), wanted[rows])


def test_prediction_from_a_file_equals_training(tmp_path):
    frame, dataset = _mixed()
    preparation = Preparation.fit(dataset, np.arange(200))
    frame.write_csv(tmp_path / "new.csv")
    np.testing.assert_array_equal(
        preparation.transform(tmp_path / "new.csv"), preparation.transform(dataset)
    )


def test_prediction_of_one_row_and_of_arrays():
    dataset = load(([[1.0, 2.0], [3.0, 5.0], [4.0, 9.0]], [0.5, 1.0, 2.5]))
    preparation = Preparation.fit(dataset, np.arange(3))
    one = preparation.transform(np.array([[3.0, 5.0]]))
    np.testing.assert_array_equal(one, preparation.transform(dataset)[1:2])
    assert preparation.transform(
        pd.DataFrame({"feature_0": [1], "feature_1": [2]})
    ).shape == (1, 2)


def test_absent_columns_are_named_all_at_once():
    frame, dataset = _mixed()
    preparation = Preparation.fit(dataset, np.arange(200))
    with pytest.raises(InputError) as caught:
        preparation.transform(frame.rename({"color": "colour", "gaps": "zzz"}))
    assert caught.value.faults == (
        "Feature columns are missing: ['gaps', 'color']. Add them, with empty cells "
        "for unknown values. Did you mean 'colour' for 'color'?",
    )


def test_bad_cells_are_named_all_at_once():
    frame, dataset = _mixed()
    preparation = Preparation.fit(dataset, np.arange(200))
    bad = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 7)
        .then(float("-inf"))
        .otherwise(pl.col("size"))
        .alias("size"),
        pl.when(pl.int_range(pl.len()) > 197)
        .then(pl.lit("many"))
        .otherwise(pl.col("count").cast(pl.String))
        .alias("count"),
    )
    wanted = (
        "`isfinite(size)` must hold, but got size=-inf. This affects row 7. "
        "Correct these cells, or leave them empty.",
        "'count' must contain numbers, but got 'many'. This affects "
        "2 rows; the first is row 198. Correct these cells, or leave them empty.",
    )
    with pytest.raises(InputError) as caught:
        preparation.transform(bad)
    assert caught.value.faults == wanted
    with pytest.raises(InputError) as caught:
        preparation.transform(bad, np.array([1, 7, 198, 199]))
    assert caught.value.faults == wanted


def test_stray_text_is_missing_where_training_rows_held_some():
    values = [str(i * 0.5) for i in range(99)] + ["many"]
    dataset = load({"a": values, "target": ["u", "v"] * 50})
    preparation = Preparation.fit(dataset, np.arange(100))
    back = Preparation.from_json(json.loads(json.dumps(preparation.to_json())))
    assert back.transform({"a": ["few", "3"]})[:, 1].tolist() == [1.0, 0.0]


def test_json_round_trip_is_exact():
    frame, dataset = _mixed()
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    text = json.dumps(preparation.to_json(), allow_nan=False)
    back = Preparation.from_json(json.loads(text))
    assert back == preparation
    assert back.features == preparation.features
    assert back.embedded == preparation.embedded
    assert {c.kind for c in preparation.encoders} == {
        "number",
        "category",
        "boolean",
        "date",
    }
    assert back.transform(frame).tobytes() == preparation.transform(frame).tobytes()
    numbers = np.array([0.1, -3.0])
    np.testing.assert_array_equal(back.restore(numbers), preparation.restore(numbers))


@given(
    st.lists(
        st.one_of(st.none(), st.floats(-1e300, 1e300), st.integers(-5, 5)),
        min_size=4,
        max_size=40,
    ),
    st.lists(st.one_of(st.none(), st.text(max_size=3)), min_size=4, max_size=40),
)
def test_any_table_becomes_finite_numbers(numbers, words):
    size = min(len(numbers), len(words)) // 2 * 2
    frame = pl.DataFrame(
        {
            # a column without values is rejected; the last row is not a training row
            "n": pl.Series([*numbers[: size - 1], 1.0], dtype=pl.Float64),
            "w": pl.Series([*words[: size - 1], "a"], dtype=pl.String),
            "x": np.arange(size) ** 2,
        }
    )
    dataset = load((frame, ["u", "v"] * (size // 2)), kinds={"w": "category"})
    preparation = Preparation.fit(dataset, np.arange(size // 2))
    inputs = preparation.transform(dataset)
    assert inputs.shape == (size, len(preparation.features))
    assert np.isfinite(inputs).all()
    back = Preparation.from_json(json.loads(json.dumps(preparation.to_json())))
    assert back.transform(frame).tobytes() == inputs.tobytes()


def test_targets_of_classes_are_positions():
    dataset = load("iris")
    preparation = Preparation.fit(dataset, np.arange(150))
    np.testing.assert_array_equal(preparation.targets(dataset), dataset.target)
    assert preparation.targets(dataset, np.array([149, 0])).tolist() == [2, 0]
    probabilities = np.full((2, 3), 1 / 3)
    assert preparation.restore(probabilities) is probabilities


def test_targets_of_a_regression_are_standardized_and_restored():
    dataset = load("diabetes")
    rows = split(dataset, seed=0).train
    preparation = Preparation.fit(dataset, rows)
    targets = preparation.targets(dataset, rows)
    assert targets.dtype == np.float32
    assert abs(targets.mean()) < 1e-6
    assert abs(targets.std() - 1) < 1e-6
    np.testing.assert_allclose(
        preparation.restore(preparation.targets(dataset)), dataset.target, rtol=1e-6
    )


def test_targets_of_another_task_are_refused():
    preparation = Preparation.fit(load("iris"), np.arange(150))
    with pytest.raises(
        InputError, match="`dataset.task == preparation.task` must hold"
    ):
        preparation.targets(load("wine"))


def test_fit_needs_rows_that_vary():
    dataset = _dataset(a=[1.0] * 6 + [2.0, 3.0])
    with pytest.raises(InputError, match="The 6 training rows do not differ in"):
        Preparation.fit(dataset, TRAIN)
    with pytest.raises(InputError, match="`num_rows >= 1` must hold"):
        Preparation.fit(dataset, TRAIN[:0])


def test_categories_that_look_the_same_are_the_same():
    from assay.data.preparation.encoders._known_categories import category_codes

    known = ["caf\u00e9", "red"]
    cells = pl.Series(["cafe\u0301", "red\u200b", "RED", "cafe"])
    assert category_codes(cells, known).tolist() == [0, 1, -1, -1]
    # If both spellings occurred in training, each cell matches exactly.
    both = ["caf\u00e9", "cafe\u0301"]
    assert category_codes(pl.Series(both), both).tolist() == [0, 1]


@pytest.mark.parametrize("size", [1, 3, 4, 10])
def test_joined_blocks_are_the_rows_in_the_requested_order(size):
    order = np.random.default_rng(0).permutation(10)
    rows = {"values": np.arange(30.0).reshape(10, 3), "lengths": np.arange(10)}

    def blocks():
        for start in range(0, 10, size):
            yield {name: part[start : start + size] for name, part in rows.items()}

    joined, ordered = join_blocks(blocks(), 10, None), join_blocks(blocks(), 10, order)
    for name, part in rows.items():
        np.testing.assert_array_equal(joined[name], part)
        np.testing.assert_array_equal(ordered[name][order], part)
        assert joined[name].dtype == part.dtype
    values = join_blocks((block["values"] for block in blocks()), 10, order)
    np.testing.assert_array_equal(values[order], rows["values"])


def test_unreadable_dates_and_booleans_have_a_fix_of_their_own():
    days = [f"{day:02}.03.2024" for day in range(1, 31)]
    table = {"day": days, "flag": ["True", "False"] * 15, "y": ["a", "b", "b"] * 10}
    dataset = load(table, target="y")
    preparation = Preparation.fit(dataset, np.arange(30))
    with pytest.raises(InputError) as caught:
        preparation.transform(pl.DataFrame({"day": ["02/03/2024"], "flag": ["yes"]}))
    assert caught.value.faults == (
        "'day' must contain dates, but got '02/03/2024'. This affects row 0. "
        "Write dates such as 2024-12-31 in these cells, or leave them empty.",
        "'flag' must contain booleans, but got 'yes'. This affects row 0. "
        "Write true or false in these cells, or leave them empty.",
    )

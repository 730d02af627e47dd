"""New rows are read as rows in any form, and matched to the columns of training."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import Preparation, load

TABLE = pl.DataFrame(
    {
        "size": np.random.default_rng(0).normal(size=40),
        "color": ["red", "blue"] * 20,
        "y": ["u", "v"] * 20,
    }
)


@pytest.mark.parametrize("shape", [(2,), (2, 3), (4, 3, 3)])
def test_a_list_of_two_new_rows_is_not_inputs_and_targets(shape):
    rows = np.random.default_rng(0).normal(size=(6, *shape))
    preparation = Preparation.fit(load((rows, [0, 1] * 3)), np.arange(6))
    np.testing.assert_array_equal(
        preparation.transform([rows[0], rows[1].tolist()]),
        preparation.transform(rows)[:2],
    )
    pair = preparation.transform([rows, [0, 1] * 3])
    np.testing.assert_array_equal(pair, preparation.transform(rows))


def test_a_single_color_image_is_not_a_batch_of_grayscale_images():
    images = np.random.default_rng(0).integers(0, 255, (6, 5, 4, 3), dtype=np.uint8)
    preparation = Preparation.fit(load((images, [0, 1] * 3)), np.arange(6))
    with pytest.raises(InputError, match=r"For a single image, write X\[None\]\."):
        preparation.transform(images[0])


def test_a_row_of_a_pandas_frame_is_a_row():
    preparation = Preparation.fit(load(TABLE, target="y"), np.arange(40))
    np.testing.assert_array_equal(
        preparation.transform(TABLE.to_pandas().iloc[3]),
        preparation.transform(TABLE)[3:4],
    )


def test_new_rows_without_names_are_reported(tmp_path):
    preparation = Preparation.fit(load(TABLE, target="y"), np.arange(40))
    TABLE.write_csv(tmp_path / "new.csv", include_header=False)
    with pytest.raises(InputError, match="If it is data, add a header row above it"):
        preparation.transform(tmp_path / "new.csv")


def test_columns_with_names_do_not_fit_an_array():
    rows = np.random.default_rng(0).normal(size=(6, 2))
    preparation = Preparation.fit(load((rows, [0, 1] * 3)), np.arange(6))
    for frame in (pd.DataFrame(rows), pl.DataFrame(rows, schema=["a", "b"])):
        with pytest.raises(InputError, match=r"Pass an array, such as frame.to_numpy"):
            preparation.transform(frame)


def test_the_columns_of_new_rows_with_other_names_are_listed(tmp_path):
    preparation = Preparation.fit(load(TABLE, target="y"), np.arange(40))
    frame = TABLE.rename({"size": "a", "color": "b", "y": "c"})
    with pytest.raises(InputError, match="new rows have the columns a, b, c instead"):
        preparation.transform(frame)
    with pytest.raises(InputError, match="no names, so pass a frame instead"):
        preparation.transform(np.ones((3, 3)))
    with pytest.raises(InputError, match=r"write pl.DataFrame\(X, schema=\['size'"):
        preparation.transform(np.ones((3, 2)))
    with pytest.raises(InputError, match=r"Did you mean 'colour' for 'color'\?$"):
        preparation.transform(TABLE.rename({"color": "colour"}))
    with pytest.raises(InputError, match="unknown values.$"):
        preparation.transform(TABLE.drop("color"))


@pytest.mark.parametrize(
    "source",
    [
        {"train": TABLE, "test": TABLE},
        {"train": (TABLE.drop("y"), TABLE["y"]), "test": (TABLE.drop("y"), TABLE["y"])},
        (TABLE, TABLE),
    ],
)
def test_several_data_sets_are_passed_one_by_one(source):
    preparation = Preparation.fit(load(TABLE, target="y"), np.arange(40))
    key = list(source)[-1] if isinstance(source, dict) else 1
    with pytest.raises(InputError) as caught:
        preparation.transform(source)
    assert str(caught.value) == (
        "The source contains several data sets. Pass them one by one, such as "
        f"source[{key!r}]."
    )
    np.testing.assert_array_equal(
        preparation.transform(source[key]), preparation.transform(TABLE)
    )


def test_the_index_of_new_rows_is_named():
    preparation = Preparation.fit(load(TABLE, target="y"), np.arange(40))
    frame = TABLE.to_pandas().set_index("color")
    with pytest.raises(InputError, match=r"\['color'\]. The .*frame.reset_index\(\)"):
        preparation.transform(frame)
    np.testing.assert_array_equal(
        preparation.transform(frame.reset_index()), preparation.transform(TABLE)
    )


def test_names_with_line_breaks_stay_on_one_line():
    preparation = Preparation.fit(load(TABLE, target="y"), np.arange(40))
    with pytest.raises(InputError) as caught:
        preparation.transform(pl.DataFrame({"a\nb": [1], "c\td": [2]}))
    assert r"the columns a\nb, c\td instead" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_decimal_commas_of_new_rows_are_named():
    preparation = Preparation.fit(load(TABLE, target="y"), np.arange(40))
    frame = pl.DataFrame({"size": ["1,5", "2.5"], "color": ["red", "blue"]})
    with pytest.raises(InputError, match="Write numbers with a decimal point, or leav"):
        preparation.transform(frame)
    frame = pl.DataFrame({"size": ["large", "2.5"], "color": ["red", "blue"]})
    with pytest.raises(InputError, match="Correct these cells, or leave"):
        preparation.transform(frame)


@pytest.mark.parametrize("line", ["size,color", " SIZE,Color "])
def test_new_rows_that_repeat_the_column_names(line, tmp_path):
    preparation = Preparation.fit(load(TABLE, target="y"), np.arange(40))
    path = tmp_path / "new.csv"
    path.write_text(f"size,color\n1,red\n{line}\n2,blue\n{line}\nlarge,red\n")
    with pytest.raises(InputError) as caught:
        preparation.transform(path)
    assert list(caught.value.faults) == [
        "New rows must not repeat the column names, as in concatenated files. This "
        "affects 2 rows; the first is row 1. Remove these rows.",
        "'size' must contain numbers, but got 'large'. This affects row 4. "
        "Correct these cells, or leave them empty.",
    ]


def test_repeated_names_of_categories_are_found_unless_they_are_values():
    animals = {"cat": ["cat", None] * 20, "dog": ["dog", None, None, "dog"] * 10}
    checked = pl.DataFrame({**animals, "y": ["u", "v"] * 20})
    other = checked.with_columns(pl.col("dog").str.replace("dog", "yes"))
    new = pl.DataFrame({"cat": ["cat", None], "dog": ["dog", None]})
    fitted = [
        Preparation.fit(load(f, target="y"), np.arange(40)) for f in (checked, other)
    ]
    assert fitted[0].transform(new).shape == (2, 4)
    with pytest.raises(InputError, match="must not repeat the column names"):
        fitted[1].transform(new)


@pytest.mark.parametrize("lengths", [[4], [4, 3]])  # equal or different lengths
@pytest.mark.parametrize(
    ("new", "shape", "fix"),
    [
        (
            np.zeros((5, 2, 6)),
            "(2, 6)",
            "Pass sequences with 2 channels, as in training. If the axes are (series, "
            "channels, steps), write X.transpose(0, 2, 1).",
        ),
        (
            [np.zeros(5), np.zeros(6)],
            "(5, 1)",
            "Pass sequences with 2 channels, as in training. Sequences without an axis "
            "for channels have one channel.",
        ),
        (
            [np.zeros((7, 3)), np.zeros((5, 3))],
            "(7, 3)",
            "Pass sequences with 2 channels, as in training.",
        ),
    ],
)
def test_sequences_of_other_shapes_are_reported_as_passed(lengths, new, shape, fix):
    random = np.random.default_rng(0)
    series = [random.normal(size=(n, 2)) for n in lengths * 4]
    preparation = Preparation.fit(load((series, [0, 1] * (len(series) // 2))), [0, 1])
    wanted = "(steps, 2)" if len(lengths) > 1 else "(4, 2)"
    with pytest.raises(InputError) as caught:
        preparation.transform(new)
    assert list(caught.value.faults) == [
        f"`X.shape == {wanted}` must hold, but got X.shape={shape}. {fix}"
    ]


def test_lengths_of_sequences_that_must_be_equal_are_reported():
    series = np.random.default_rng(0).normal(size=(6, 4, 2))
    preparation = Preparation.fit(load((series, [0, 1] * 3)), np.arange(6))
    with pytest.raises(InputError) as caught:
        preparation.transform([series[0], series[1, :3]])
    assert list(caught.value.faults) == [
        "`X.shape == (4, 2)` must hold, but got X.shape=(3, 2). Pass sequences with "
        "the same shape as the training data."
    ]

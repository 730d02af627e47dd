"""Cells that contain several numbers as text are read as images or sequences."""

import numpy as np
import polars as pl
import pytest

from assay import InputError
from assay.data import Preparation, load, split

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (40, 8, 8))
LABELS = ["a", "b"] * 20


def _table(arrays, separator=" ", form="{}"):
    cells = [form.format(separator.join(map(str, cell.ravel()))) for cell in arrays]
    return {"pixels": cells, "label": LABELS}


def _column(dataset, name="pixels"):
    return next(column for column in dataset.columns if column.name == name)


@pytest.mark.parametrize(
    ("separator", "form"), [(" ", "{}"), (",", "{}"), (", ", "[{}]"), (";", "({})")]
)
def test_pixels_of_square_images_are_images(tmp_path, separator, form):
    path = tmp_path / "faces.csv"
    pl.DataFrame(_table(PIXELS, separator, form)).write_csv(path)
    dataset = load(path)
    assert _column(dataset).kind == "image"
    images = dataset.frame["pixels"].to_numpy()
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images[..., 0], PIXELS)
    assert dataset.notes[0] == (
        "Each cell of 'pixels' contains 64 numbers, which are read as an image of 8 x "
        "8 pixels."
    )
    arrays = load((PIXELS.astype(np.uint8), LABELS))
    np.testing.assert_array_equal(images, arrays.frame["X"].to_numpy())


def test_new_rows_are_read_in_the_same_way():
    dataset = load(_table(PIXELS))
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    whole = preparation.transform(dataset)
    one = preparation.transform(pl.DataFrame(_table(PIXELS)).drop("label").head(1))
    np.testing.assert_array_equal(one, whole[:1])


def test_a_kind_set_by_the_user_prevails():
    table = _table(PIXELS)
    sequence = load(table, kinds={"pixels": "sequence"})
    assert sequence.frame["pixels"].to_numpy().shape == (40, 64, 1)
    assert _column(load(table, kinds={"pixels": "text"})).kind == "text"
    small = _table(PIXELS[:, :3, :3] / 2)
    images = load(small, kinds={"pixels": "image"}).frame["pixels"].to_numpy()
    np.testing.assert_array_equal(images[..., 0], PIXELS[:, :3, :3] / 2)


def test_lists_of_different_lengths_can_be_sequences():
    table = _table([cell[: 4 - n % 3] for n, cell in enumerate(PIXELS / 4)], ";")
    assert (
        "kinds={'pixels': 'sequence'}"
        in _column(load({**table, "w": np.arange(40.0) ** 2})).reason
    )
    sequences = load(table, kinds={"pixels": "sequence"}).frame["pixels"]
    np.testing.assert_array_equal(
        np.ravel(sequences[1].to_numpy()), PIXELS[1, :3].ravel() / 4
    )


@pytest.mark.parametrize(
    ("arrays", "note"),
    [
        (PIXELS[:, :7], "contains 56 numbers. To read them as sequences, write kinds="),
        (PIXELS - 1, "contains 64 numbers. To read them as sequences, write kinds="),
        (
            RANDOM.integers(0, 256, (40, 8, 8, 3)),
            "To read them as 8 x 8 color images, write kinds={'pixels': 'image'}.",
        ),
    ],
)
def test_other_lists_of_numbers_are_noted(arrays, note):
    dataset = load({**_table(arrays), "w": np.arange(40.0) ** 2})
    assert _column(dataset).kind == "text"
    assert any(note in found for found in dataset.notes)


@pytest.mark.parametrize(
    "cell",
    ["+49 30 {0}", "1 234 {0}", "2024 01 {0}", "a {0} b", "{0},5 2,5", "1 2 {0}"],
)
def test_other_text_is_not_noted(cell):
    cells = [cell.format(number) for number in range(40)]
    data = load({"w": np.arange(40.0) ** 2, "v": cells, "label": LABELS})
    assert not any("numbers" in note for note in data.notes)


@pytest.mark.parametrize(
    ("arrays", "fix"),
    [
        (
            PIXELS[:, :7],
            "Each cell of 'pixels' contains 56 numbers, which do not form a square "
            "image. Write the height and width, such as image_size=(8, 7), or kinds="
            "{'pixels': 'sequence'}.",
        ),
        (
            RANDOM.integers(0, 9, (40, 8, 8, 3)),
            "X=np.array([cell.split() for cell in frame['pixels']], float).reshape(-1, "
            "8, 8, 3), y=classes)",
        ),
    ],
)
def test_numbers_that_make_no_image_are_refused(arrays, fix):
    with pytest.raises(InputError) as caught:
        load(_table(arrays), kinds={"pixels": "image"})
    assert fix in str(caught.value)


@pytest.mark.parametrize("kind", ["image", "sequence"])
def test_missing_cells_are_named(kind):
    table = _table(PIXELS)
    table["pixels"][3] = None
    with pytest.raises(InputError, match="The first missing cell is in row 3"):
        load(table, kinds={"pixels": kind})


def test_flat_lists_of_pixels_can_be_images():
    table = {"v": list(PIXELS.reshape(40, 64)), "label": LABELS}
    column = _column(load(table), "v")
    assert (column.kind, "kinds={'v': 'image'}" in column.reason) == ("sequence", True)
    images = load(table, kinds={"v": "image"}).frame["v"].to_numpy()
    np.testing.assert_array_equal(images[..., 0], PIXELS)


def _walks(axis):
    """Return color images whose pixels resemble their neighbors."""
    steps = RANDOM.normal(0, 9, (40, 16, 16, 3)).cumsum(1).cumsum(2)
    return np.moveaxis(np.clip(steps + 128, 0, 255).astype(np.uint8), 3, axis)


@pytest.mark.parametrize(
    ("axis", "order"),
    [(3, "red, green and blue in turn"), (1, "all red values first")],
)
def test_pixels_of_color_images_are_images(tmp_path, axis, order):
    stored = _walks(axis)
    images = np.moveaxis(stored, axis, 3)
    pl.DataFrame(_table(stored, ", ", "[{}]")).write_csv(tmp_path / "a.csv")
    cells = pl.Series(stored.reshape(40, -1))
    pl.DataFrame({"pixels": cells, "label": LABELS}).write_parquet(tmp_path / "a.pq")
    for name, kinds in (("a.csv", {}), ("a.pq", {"pixels": "image"})):
        dataset = load(tmp_path / name, target="label", kinds=kinds)
        np.testing.assert_array_equal(dataset.frame["pixels"].to_numpy(), images)
        assert dataset.notes[0] == (
            "Each cell of 'pixels' contains 768 numbers, which are read as an image of "
            f"16 x 16 pixels with {order}."
        )
        preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
        again = Preparation.from_json(preparation.to_json())
        whole = preparation.transform(dataset)
        # The order of a single image without structure is that of training.
        one = np.arange(768)[None].astype(np.uint8) % 251
        one[0] = stored[5].ravel()
        RANDOM.shuffle(one[0])
        column = _table(one)["pixels"] if name == "a.csv" else pl.Series(one)
        shuffled = one.reshape(stored[:1].shape)
        expected = preparation.transform({"pixels": np.moveaxis(shuffled, axis, 3)})
        np.testing.assert_array_equal(again.transform({"pixels": column}), expected)
        assert whole.shape == (40, 16, 16, 3)


def test_smooth_series_are_not_color_images():
    waves = 128 + 100 * np.sin(np.arange(192) / RANDOM.uniform(2, 30, (40, 1)))
    cells = _table(waves.astype(int))
    dataset = load({**cells, "w": np.arange(40.0) ** 2})
    assert _column(dataset).kind == "text"


def test_the_size_of_images_that_are_not_square_can_be_set():
    stored = _walks(3)[:, :10]
    options = {"kinds": {"pixels": "image"}, "image_size": (10, 16)}
    images = load(_table(stored), **options).frame["pixels"].to_numpy()
    np.testing.assert_array_equal(images, stored)
    gray = load(_table(PIXELS[:, :7]), image_size=(7, 8)).frame["pixels"].to_numpy()
    np.testing.assert_array_equal(gray[..., 0], PIXELS[:, :7])
    with pytest.raises(InputError) as caught:
        load(_table(PIXELS), kinds={"pixels": "image"}, image_size=(32, 32))
    assert str(caught.value) == (
        "Each cell of 'pixels' contains 64 numbers, but an image of 32 x 32 has 1024 "
        "pixels. Write image_size=(8, 8). Lists of pixels cannot be resized."
    )
    with pytest.raises(InputError, match="the same number of pixels"):
        uneven = _table([cell[: 8 - n % 3] for n, cell in enumerate(PIXELS)])
        load(uneven, kinds={"pixels": "image"})


SERIES = RANDOM.normal(size=(40, 5, 2)).round(3)


@pytest.mark.parametrize("form", [str, repr, lambda array: str(array.tolist())])
@pytest.mark.parametrize(
    ("arrays", "kind"), [(PIXELS, "image"), (SERIES, "sequence"), (SERIES * 1e9, None)]
)
def test_arrays_written_by_python_are_read(tmp_path, arrays, kind, form):
    kind = kind or "sequence"
    table = {"c": [form(array) for array in arrays], "label": LABELS}
    pl.DataFrame(table).write_csv(tmp_path / "a.csv")
    dataset = load(tmp_path / "a.csv")
    assert _column(dataset, "c").kind == kind
    cells = dataset.frame["c"].to_numpy()
    read = cells[..., 0] if kind == "image" else cells
    np.testing.assert_allclose(read, arrays.astype(np.float32), rtol=1e-5)
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    np.testing.assert_array_equal(
        preparation.transform({"c": table["c"][:1]}), preparation.transform(dataset)[:1]
    )


@pytest.mark.parametrize(
    "form",
    ["array([{}])", "tensor([{}])", "array([{}], dtype=int8)", "np.array([{}])"],
)
def test_calls_around_numbers_are_ignored(form):
    dataset = load(_table(PIXELS, ", ", form))
    np.testing.assert_array_equal(dataset.frame["pixels"].to_numpy()[..., 0], PIXELS)


@pytest.mark.parametrize("kinds", [{}, {"c": "sequence"}])
@pytest.mark.parametrize(
    "form",
    [
        lambda steps: repr([list(map(np.float64, step)) for step in steps]),
        lambda steps: repr(list(map(np.float32, np.array(steps, np.float32)))),
        lambda steps: f"array({[list(map(np.float64, step)) for step in steps]})",
        lambda steps: str(np.array(steps)),
        lambda steps: str(steps).replace("nan", "None"),
        lambda steps: str(steps).replace("nan", "null"),
        lambda steps: str(steps).replace("nan", "np.nan"),
    ],
)
def test_series_with_calls_and_missing_values_are_read(tmp_path, form, kinds):
    arrays = SERIES.copy()
    arrays[3, 2, 1] = np.nan
    cells = [form(array.tolist()) for array in arrays]
    pl.DataFrame({"c": cells, "label": LABELS}).write_csv(tmp_path / "a.csv")
    dataset = load(tmp_path / "a.csv", kinds=kinds)
    column = _column(dataset, "c")
    assert column.kind == "sequence"
    assert column.reason.endswith("; number of missing values: 1")
    read = dataset.frame["c"].to_numpy()
    np.testing.assert_array_equal(read, arrays.astype(np.float32))


@pytest.mark.parametrize(
    "form", [repr, lambda steps: f"({', '.join(map(repr, steps))},)"]
)
def test_flat_lists_with_calls_and_single_steps_can_be_sequences(form):
    cells = [
        form(list(map(np.float64, s[: 1 + n % 3, 0]))) for n, s in enumerate(SERIES)
    ]
    cells[1] = "[None, np.float64(2.5)]"
    table = {"c": cells, "w": np.arange(40.0) ** 2, "label": LABELS}
    read = load(table, kinds={"c": "sequence"}).frame["c"]
    np.testing.assert_allclose(np.ravel(read[2].to_numpy()), SERIES[2, :, 0][:3], 1e-6)
    np.testing.assert_array_equal(np.ravel(read[1].to_numpy()), [np.nan, 2.5])
    table["c"] = [repr(list(map(np.float64, s[:3, 0]))) for s in SERIES]
    assert "several numbers, as in '[" in _column(load(table), "c").reason


@pytest.mark.parametrize("cell", ["[0.5, x]", "[1, inf]", "none", "[1; 2, 3]"])
def test_cells_that_are_no_lists_of_numbers_are_named(cell):
    cells = ["[np.float64(0.5), nan]", "[1]", cell, "[2]"] * 10
    with pytest.raises(InputError) as caught:
        load({"c": cells, "label": LABELS}, kinds={"c": "sequence"})
    assert str(caught.value) == (
        "Each cell of 'c' must be a list of numbers, such as '[0.5, 1, nan]', but row "
        f"2 contains {cell!r}. Correct such cells, or do not read 'c' as a sequence."
    )
    with pytest.raises(InputError, match="has no steps in these rows: 1"):
        load({"c": ["[1]", "[]"] * 20, "label": LABELS}, kinds={"c": "sequence"})


@pytest.mark.parametrize("shape", [(2000,), (50, 50)])
def test_shortened_arrays_are_noted(shape):
    with np.printoptions(threshold=10):
        cells = [str(RANDOM.normal(size=shape)) for _ in range(40)]
    dataset = load({"c": cells, "w": np.arange(40.0) ** 2, "label": LABELS})
    assert _column(dataset, "c").kind == "text"
    assert any("arrays of 'c' were lost when the file" in x for x in dataset.notes)


@pytest.mark.parametrize(
    "cells",
    [
        [f"some text [{n}]" for n in range(40)],
        [f"a... {n} [b]" for n in range(40)],
        [f"({n}, {n + 1}]" for n in range(40)],
        ["['a', 'b']", "['c']"] * 20,
        ["[[1, 2], [3, 4]]", None] * 20,
        ["[[1, 2], [3]]", "[[1]]"] * 20,
        ["[None]", "(none)", "[null]", "array(x)"] * 10,
    ],
)
def test_other_brackets_are_text(cells):
    data = load({"w": np.arange(40.0) ** 2, "c": cells, "label": LABELS})
    assert _column(data, "c").kind not in ("image", "sequence")
    assert not any("were lost" in note for note in data.notes)

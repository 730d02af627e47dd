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
            "contains 192 numbers, which may be the pixels of color images of 8 x 8.",
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
            "but each cell contains 56. Write kinds={'pixels': 'sequence'}",
        ),
        (RANDOM.integers(0, 9, (40, 2, 2, 3)), ".reshape(-1, 2, 2, 3), y=classes)"),
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

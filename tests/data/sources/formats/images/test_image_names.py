"""Tables that name images without a suffix are recognized."""

import os

import numpy as np
import polars as pl
import pytest
from PIL import Image

from assay import InputError
from assay.data import Preparation, load, split

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 6, 8), dtype=np.uint8)


def _table(tmp_path, place, names=tuple(range(20))):
    (tmp_path / place).mkdir(exist_ok=True)
    for number, pixels in enumerate(PIXELS):
        Image.fromarray(pixels).save(tmp_path / place / f"{number}.bmp")
    path = tmp_path / "labels.csv"
    pl.DataFrame({"id": names, "label": ["a", "b"] * 10}).write_csv(path)
    return path


@pytest.mark.parametrize("place", [".", "photos"])
def test_images_are_found_by_their_names(tmp_path, place):
    path = _table(tmp_path, place)
    fix = "write kinds={'id': 'image'}."
    assert any(note.endswith(fix) for note in load(path).notes)
    dataset = load(path, kinds={"id": "image"})
    np.testing.assert_array_equal(dataset.frame["id"].to_numpy()[..., 0], PIXELS)
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    pl.DataFrame({"id": [7]}).write_csv(tmp_path / "new.csv")
    np.testing.assert_array_equal(
        preparation.transform(tmp_path / "new.csv"), preparation.transform(dataset)[7:8]
    )


def test_missing_images_are_named(tmp_path):
    path = _table(tmp_path, "photos", tuple(range(1, 21)))
    with pytest.raises(InputError, match=r"these images: 20 \(no such file\)"):
        load(path, kinds={"id": "image"})


def test_other_columns_are_not_noted(tmp_path):
    path = _table(tmp_path, "photos", tuple(range(100, 120)))
    assert not any("names of images" in note for note in load(path).notes)


def test_a_table_is_read_although_its_folder_cannot_be_listed(tmp_path, monkeypatch):
    path = _table(tmp_path, "photos")

    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(os, "scandir", refuse)
    assert load(path).num_examples == 20

"""Paths of images in tables may have spaces around them."""

from pathlib import Path

import numpy as np
import pytest
from tests.data.sources.formats.images.image_files import write_images

from assay import InputError
from assay.data import Preparation, load, split

KINDS = ["dog", "cat"]


def _listed(folder, form, *, header="label,file", row="{kind},{path}"):
    """Write a table of 20 image paths, and return its path."""
    kinds = [(number, KINDS[number % 2]) for number in range(20)]
    paths = [(kind, form.format(n=number, kind=kind)) for number, kind in kinds]
    rows = [row.format(kind=kind, path=path) for kind, path in paths]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder / "a.csv"


def _message(table):
    with pytest.raises(InputError, match="All 20 images are missing") as caught:
        load(table, target="label")
    return str(caught.value)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("label, file", "{kind}, {path}"),
        ("file,label", "{path} ,{kind}"),
        ("file , label", " {path}\t, {kind}"),
    ],
)
def test_spaces_around_paths_are_ignored(tmp_path, header, row):
    write_images(tmp_path, *(f"{KINDS[n % 2]}/{n}.png" for n in range(20)))
    dataset = load(
        _listed(tmp_path, "{kind}/{n}.png", header=header, row=row), target="label"
    )
    assert [column.kind for column in dataset.columns] == ["image"]
    pixels = dataset.frame["file"].to_numpy()[:, 0, 0, 0]
    np.testing.assert_array_equal(pixels, range(20))
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    new = {"file": [f" {tmp_path / 'cat' / '1.png'} "]}
    expected = np.asarray(preparation.transform(dataset))[1:2]
    np.testing.assert_array_equal(preparation.transform(new), expected)


def test_spaces_around_names_without_a_suffix_are_ignored(tmp_path):
    write_images(tmp_path, *(f"images/n{n}.png" for n in range(20)))
    table = _listed(tmp_path, "n{n}", row="{kind}, {path} ")
    dataset = load(table, target="label", kinds={"file": "image"})
    pixels = dataset.frame["file"].to_numpy()[:, 0, 0, 0]
    np.testing.assert_array_equal(pixels, range(20))


def test_a_file_whose_name_has_the_space_is_preferred(tmp_path):
    write_images(tmp_path, *(f" {n}.png" for n in range(20)))
    Path(tmp_path / "0.png").write_bytes((tmp_path / " 5.png").read_bytes())
    dataset = load(_listed(tmp_path, " {n}.png"), target="label")
    pixels = dataset.frame["file"].to_numpy()[:, 0, 0, 0]
    np.testing.assert_array_equal(pixels, range(20))


def test_missing_images_are_named_without_the_spaces(tmp_path):
    message = _message(_listed(tmp_path, " {n}.png "))
    assert "such as '0.png'." in message

"""Paths of images in tables may have spaces around them or a wrong folder."""

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


def _suggestion(*names):
    paths = ", ".join(repr(str(Path(name))) for name in names)
    start = "A file with this name exists" if len(names) == 1 else "Files with this"
    return f" {start}{'' if len(names) == 1 else ' name exist'}: {paths}. To train"


@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize("outer", ["dataset/", "/data/", "C:\\data\\", "no\\"])
def test_the_suggested_image_is_in_the_stated_part(tmp_path, part, outer):
    names = [f"{part}/{n}.png" for part in ("train", "test") for n in range(20)]
    write_images(tmp_path, *names)
    message = _message(_listed(tmp_path, f"{outer}{part}/{{n}}.png"))
    assert _suggestion(f"{part}/0.png") in message


@pytest.mark.parametrize(
    "stated",
    ["{kind}/{n}.png", "dataset/images/{kind}/{n}.png", "/images/{kind}/{n}.png"]
    + ["Pictures/{kind}/{n}.png", "Images/{kind}/{n}.png"],
)
def test_missing_images_are_searched_at_several_levels(tmp_path, stated):
    names = [f"images/{kind}/{n}.png" for kind in KINDS for n in range(20)]
    write_images(tmp_path, *names)
    message = _message(_listed(tmp_path, stated))
    assert _suggestion("images/dog/0.png") in message


def test_the_case_of_folders_does_not_matter(tmp_path):
    write_images(tmp_path, "copies/dog/0.png", "images/dog/0.png")
    message = _message(_listed(tmp_path, "Images/{kind}/{n}.png"))
    assert _suggestion("images/dog/0.png") in message


def test_the_folder_of_the_table_counts_as_part_of_the_path(tmp_path):
    folder = write_images(tmp_path / "train", *(f"{n}.png" for n in range(20)))
    message = _message(_listed(folder, "train/{n}.png"))
    assert _suggestion("0.png") in message


@pytest.mark.parametrize(
    ("stated", "existing"),
    [
        ("train/{n}.png", "test/{n}.png"),
        ("train/{n}.png", "photos/{n}.png"),
        ("train/images/{n}.png", "test/images/{n}.png"),
        ("{kind}/{n}.png", "bird/{n}.png"),
        ("images/{kind}/{n}.png", "{n}.png"),
        ("images/{n}.png", "a/b/c/d/e/{n}.png"),
    ],
)
def test_an_image_of_another_part_or_class_is_not_suggested(tmp_path, stated, existing):
    write_images(tmp_path, *(existing.format(n=n) for n in range(20)))
    message = _message(_listed(tmp_path, stated))
    assert "exist:" not in message and "exists:" not in message


def test_all_images_that_fit_equally_well_are_suggested(tmp_path):
    write_images(tmp_path, "b/0.png", "a/0.png", "a/old/0.png")
    message = _message(_listed(tmp_path, "{n}.png"))
    assert _suggestion("a/0.png", "b/0.png") in message


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


def test_urls_in_a_frame_must_be_downloaded():
    urls = [f"https://example.org/{n}.png" for n in range(20)]
    with pytest.raises(InputError) as caught:
        load({"url": urls, "label": KINDS * 10}, target="label")
    assert str(caught.value) == (
        f"Images cannot be read from URLs, such as {urls[0]!r}. Download them, and "
        "write the paths of the files."
    )

"""Tables beside images are named if they may list the classes of the images."""

import polars as pl
import pytest
from tests.data.sources.formats.images.image_files import write_images

from assay._errors import InputError
from assay.data import load


@pytest.mark.parametrize("target", [None, "class", "kind"])
def test_a_table_beside_the_images_is_named(target, tmp_path):
    write_images(tmp_path, *(f"train/{i}.png" for i in range(3)))
    (tmp_path / "labels.csv").write_text("path,kind\n")
    with pytest.raises(InputError) as caught:
        load(tmp_path, target=target)
    table = tmp_path / "labels.csv"
    assert caught.value.faults[0].endswith(
        "Put the images of each additional class in a subfolder of its own, or pass "
        f"{str(table)!r} if it contains the paths and classes of the images."
    )


def test_a_table_beside_parts_without_classes_is_named(tmp_path):
    write_images(tmp_path, "train/1.png", "train/2.png", "test/3.png")
    for name in ("sample.csv", "train.csv", "train/other.csv"):
        (tmp_path / name).write_text("id,kind\n")
    with pytest.raises(InputError, match="have no classes") as caught:
        load(tmp_path)
    assert f"or pass {str(tmp_path / 'train.csv')!r} if it" in str(caught.value)


def test_a_table_beside_class_folders_is_named_if_it_may_be_meant(tmp_path):
    write_images(tmp_path, *(f"{kind}/{i}.png" for kind in "ab" for i in "123"))
    (tmp_path / "sizes.csv").write_text("path,size\n")
    with pytest.raises(InputError, match="such as target='class', or pass") as caught:
        load(tmp_path, target="size")
    assert repr(str(tmp_path / "sizes.csv")) in str(caught.value)


def test_a_table_beside_images_without_folders_is_named(tmp_path):
    write_images(tmp_path, "1.png", "2.png")
    (tmp_path / "labels.csv").write_text("file,kind\n1.png,a\n2.png,b\n")
    with pytest.raises(InputError, match="if it contains the paths") as caught:
        load(tmp_path)
    table = tmp_path / "labels.csv"
    assert repr(str(table)) in str(caught.value)
    assert load(table, target="kind").num_examples == 2


def test_a_path_column_with_another_cell_is_named(tmp_path):
    write_images(tmp_path, *(f"{i}.png" for i in range(8)))
    rows = "".join(f"{i}.png,{'ab'[i % 2]}\n" for i in range(7))
    (tmp_path / "labels.csv").write_text(f"file,kind\n{rows}unknown,a\n")
    notes = load(tmp_path / "labels.csv", target="kind").notes
    assert any("'file' is not treated as an image" in note for note in notes)


def test_names_of_images_that_look_like_ids_are_named(tmp_path):
    names = [f"{i:04}" for i in range(20)]
    write_images(tmp_path, *(f"images/{name}.png" for name in names))
    table = tmp_path / "labels.csv"
    pl.DataFrame({"id": names, "kind": ["a", "b"] * 10}).write_csv(table)
    with pytest.raises(InputError, match=r"No column can be used \(id: id") as caught:
        load(table, target="kind")
    assert "write kinds={'id': 'image'}. Otherwise, add columns" in str(caught.value)
    assert load(table, target="kind", kinds={"id": "image"}).num_examples == 20
    with pytest.raises(InputError, match=r"ignored\). Add columns of"):
        load(table, target="kind", ignore=["id"])

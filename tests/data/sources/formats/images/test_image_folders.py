"""Folders of images have the expected parts, classes and exclusions."""

import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.data.sources.formats.images.image_files import write_images

from assay import data
from assay._errors import InputError
from assay.data import load


def _class_names(*parts: str) -> list[str]:
    names = [f"{kind}/{i}.png" for kind in ("bright", "dark") for i in range(3)]
    return [f"{part}/{name}" for part in parts for name in names]


@pytest.mark.parametrize("train", ["train", "Training", "TRAIN"])
@pytest.mark.parametrize("val", ["val", "valid", "Validation", "dev", None])
@pytest.mark.parametrize("test", ["test", "Testing", "eval", None])
def test_parts_are_recognized_in_all_usual_spellings(train, val, test, tmp_path):
    parts = [part for part in (train, val, test) if part]
    dataset = load(write_images(tmp_path, *_class_names(*parts)))
    assert dataset.task.classes == ("bright", "dark")
    assert dataset.num_examples == 6 * len(parts)
    assert dataset.num_test == (6 if test else 0)
    pooled = [part for part in (train, val) if part]
    note = f"The images in {train!r}, {val!r} are pooled and split again."
    assert (note in dataset.notes) == (len(pooled) == 2)


def test_a_class_may_be_called_train(tmp_path):
    names = [f"{kind}/{i}.png" for kind in ("bus", "car", "train") for i in range(3)]
    dataset = load(write_images(tmp_path, *names))
    assert dataset.task.classes == ("bus", "car", "train")


def test_parts_without_classes_are_refused(tmp_path):
    write_images(tmp_path, "train/1.png", "train/2.png", "val/3.png")
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    part = tmp_path / "train"
    assert list(caught.value.faults) == [
        f"The images in {str(part)!r} have no classes. Put the images of each class in "
        f"a subfolder of its own, such as {str(part / 'cat')!r}."
    ]


@pytest.mark.parametrize("root", ["photos", "a/b"])
def test_images_some_folders_too_deep_are_found(root, tmp_path):
    dataset = load(write_images(tmp_path, *_class_names(root)))
    assert dataset.task.classes == ("bright", "dark")
    assert f"The image folders are in {root!r}." in dataset.notes
    names = data.row_names(tmp_path, data.Layout())
    assert names is not None and names[0] == f"{root}/bright/0.png"


@pytest.mark.parametrize("above", ["", "photos/"])
def test_several_folders_of_classes_are_refused(above, tmp_path):
    names = _class_names("2023", "2024")
    write_images(tmp_path, *(above + name for name in names))
    outer = tmp_path / above
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert list(caught.value.faults) == [
        f"The folders '2023', '2024' in {str(outer)!r} all contain the folders "
        "'bright', 'dark', so the classes are one level deeper than expected. Use one "
        f"of the outer folders, such as {str(outer / '2023')!r}, or move the images of "
        "each class into one folder."
    ]
    assert load(outer / "2023").task.classes == ("bright", "dark")
    assert data.read(tmp_path).height == 12  # for prediction, classes do not matter


def test_subfolders_that_differ_between_classes_are_allowed(tmp_path):
    names = [f"{kind}/{i}.png" for kind in ("pet/cat", "pet/dog") for i in range(3)]
    names += [f"vehicle/{kind}/{i}.png" for kind in ("bus", "car") for i in range(3)]
    assert load(write_images(tmp_path, *names)).task.classes == ("pet", "vehicle")


def test_parts_are_found_in_an_inner_folder(tmp_path):
    dataset = load(
        write_images(tmp_path, *_class_names("photos/train", "photos/test/images"))
    )
    assert (dataset.num_examples, dataset.num_test) == (12, 6)


def test_one_class_is_read_for_prediction(tmp_path):
    write_images(tmp_path, "cat/a/1.png", "cat/b/2.png", "cat/3.png")
    assert data.read(tmp_path)["class"].to_list() == ["cat"] * 3


def test_hidden_files_and_folders_are_skipped_at_any_depth(tmp_path):
    hidden = (
        "dark/.ipynb_checkpoints/0-checkpoint.png",
        "dark/more/.trash/deep/0.png",
        "dark/__MACOSX/0.png",
        "__MACOSX/dark/0.png",
        "dark/._0.png",
        ".cache/0.png",
    )
    write_images(
        tmp_path, *(name.removeprefix("./") for name in _class_names(".")), *hidden
    )
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store"):
        (tmp_path / "dark" / name).write_bytes(b"?")
    dataset = load(tmp_path)
    assert dataset.num_examples == 6
    assert not any("not used" in note for note in dataset.notes)


def test_notes_name_everything_else_that_is_left_out(tmp_path):
    write_images(
        tmp_path, *(n.removeprefix("./") for n in _class_names(".")), "_old/1.png"
    )
    (tmp_path / "green").mkdir()
    (tmp_path / "dark" / "photo.heic").write_bytes(b"?")
    (tmp_path / "labels.csv").write_text("?")
    notes = load(tmp_path).notes
    assert "Folders without images are not used: 'green'." in notes
    assert "Folders with the prefix '_' are not used: '_old'." in notes
    assert (
        "Files that are not images are not used: 'dark/photo.heic', 'labels.csv'."
        in notes
    )


def test_notes_name_what_lies_beside_the_parts(tmp_path):
    write_images(tmp_path, *_class_names("train", "test", "extra"))
    (tmp_path / "README.md").write_text("?")
    notes = load(tmp_path).notes
    assert "Other files and folders are not used: 'extra', 'README.md'." in notes


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_file_names_that_are_not_utf8_are_refused(tmp_path):
    write_images(tmp_path, *(name.removeprefix("./") for name in _class_names(".")))
    os.rename(tmp_path / "dark" / "0.png", os.fsencode(tmp_path) + b"/dark/\xff.png")
    with pytest.raises(InputError, match=r"file names are not UTF-8.*dark/.udcff.png"):
        load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_named_as_an_image_is_refused(tmp_path):
    write_images(tmp_path, *(name.removeprefix("./") for name in _class_names(".")))
    os.mkfifo(tmp_path / "dark" / "9.png")
    with pytest.raises(InputError, match=r"dark/9.png \(not a regular file\)"):
        load(tmp_path)


def test_images_of_a_single_class_cannot_be_trained_on(tmp_path):
    write_images(tmp_path, "cat/1.png", "cat/2.png")
    for stream in (False, True):
        with pytest.raises(InputError) as caught:
            load(tmp_path, stream=stream)
        assert list(caught.value.faults) == [
            "All images belong to the class 'cat'. Put the images of each "
            "additional class in a subfolder of its own."
        ]


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train_set", "test_set"),
        ("training set", "holdout"),
        ("train-images", "test-images"),
        ("01_train", "02_test"),
        ("TrainSet", "TestSet"),
        ("trn", "tst"),
        ("tr", "ts"),
        ("X_train", "X_test"),
        ("TrainData", "TestData"),
        ("flowers_train", "flowers_test"),
        ("train_val", "test"),
        ("trainval2012", "test2012"),
        ("training", "evaluation"),
        ("seg_train/seg_train", "seg_test/seg_test"),
    ],
)
def test_parts_with_other_words_in_their_names(train, test, tmp_path):
    dataset = load(write_images(tmp_path, *_class_names(train, test)))
    assert dataset.task.classes == ("bright", "dark")
    assert (dataset.num_examples, dataset.num_test) == (12, 6)


@pytest.mark.parametrize("outer", [("fold1", "fold2"), ("left_train", "right_test")])
def test_other_outer_folders_are_refused(outer, tmp_path):
    with pytest.raises(InputError, match="one level deeper than expected"):
        load(write_images(tmp_path, *_class_names(*outer)))


@pytest.mark.parametrize(
    "clutter", ["@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found"]
)
def test_folders_of_systems_are_no_classes(clutter, tmp_path):
    write_images(
        tmp_path, *_class_names("."), f"{clutter}/1.png", f"dark/{clutter}/2.png"
    )
    dataset = load(tmp_path)
    assert (dataset.num_examples, dataset.task.classes) == (6, ("bright", "dark"))


def test_tables_in_a_folder_without_images(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.csv").write_text("a,y\n1,u\n")
    table = os.path.join("parts", "a.csv")
    with pytest.raises(InputError, match=f"the table {table!r}. Pass the path of the"):
        load(tmp_path)


def test_classes_may_have_names_like_parts(tmp_path):
    names = [f"{k}/{i}.png" for k in ("bus_test", "bus_train") for i in range(3)]
    dataset = load(write_images(tmp_path, *names))
    assert dataset.task.classes == ("bus_test", "bus_train")
    assert dataset.num_test == 0


def test_parts_in_the_classes_are_refused(tmp_path):
    names = [
        f"{k}/{part}/{i}.png" for k in "ab" for part in ("test", "train") for i in "12"
    ]
    with pytest.raises(InputError) as caught:
        load(write_images(tmp_path, *names))
    moved = tmp_path / "train" / "a"
    assert caught.value.faults[0].endswith(
        f"so the parts are inside the classes. Use paths such as {str(moved)!r}."
    )


def test_a_test_part_without_classes_may_be_left_out(tmp_path):
    write_images(tmp_path, *_class_names("train"), "test/7.png", "test/8.png")
    train = str(tmp_path / "train")
    with pytest.raises(InputError, match="have no classes") as caught:
        load(tmp_path)
    assert caught.value.faults[0].endswith(f"or use only {train!r}.")
    assert load(train).num_examples == 6


@pytest.mark.parametrize(
    ("images", "annotation"),
    [
        (["images/train/1.png", "images/val/2.png"], "labels/train/1.txt"),
        (["images/1.png", "images/2.png"], "labels/2.txt"),
        (["1.png", "2.png"], "2.xml"),
        (["train2017/1.png", "train2017/2.png"], "annotations/instances.json"),
        (["JPEGImages/1.png", "JPEGImages/2.png"], "Annotations/1.xml"),
    ],
)
def test_annotations_are_named_if_there_are_no_classes(images, annotation, tmp_path):
    write_images(tmp_path, *images)
    (tmp_path / annotation).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / annotation).write_text("0 0.5 0.5 0.2 0.2")
    name = str(Path(annotation))
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert caught.value.faults[0].endswith(
        f" Annotations such as {name!r} cannot be used, because only one class per "
        "image can be predicted."
    )


def test_files_that_are_no_annotations_are_not_named(tmp_path):
    write_images(tmp_path, "photos/1.png", "photos/2.png")
    (tmp_path / "notes.txt").write_text("?")
    with pytest.raises(InputError, match="All images belong") as caught:
        load(tmp_path)
    assert "Annotations" not in str(caught.value)


def test_a_note_names_folders_in_the_class_folders(tmp_path):
    names = [f"s{k}/{label}/{i}.png" for k in "12" for label in ("a", k) for i in "12"]
    notes = load(write_images(tmp_path, *names)).notes
    inner = os.path.join("s1", "1")
    assert (
        f"The images in all subfolders of a class folder, such as {inner!r}, belong to "
        "the class named after that folder, here 's1'." in notes
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_linked_folders_in_classes_are_named(tmp_path):
    write_images(tmp_path / "data", *_class_names("."))
    write_images(tmp_path / "more", "1.png")
    link = tmp_path / "data" / "dark" / "link"
    link.symlink_to(tmp_path / "more", target_is_directory=True)
    dataset = load(tmp_path / "data")
    name = os.path.join("dark", "link")
    assert f"Linked folders are not followed: {name!r}." in dataset.notes
    assert dataset.num_examples == 6


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a/1.heic", "only files such as 'a/1.heic'. Put the images"),
        (
            "a/1",
            "only files such as 'a/1'. File names of images need a suffix, such as "
            "'1.png'.",
        ),
        ("a/1.npy", "only files such as 'a/1.npy'. Put the images"),
        ("X.npy", "but it contains the table 'X.npy'. Pass the path of the table"),
    ],
)
def test_other_files_are_named(name, message, tmp_path):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert message in str(caught.value).replace("\\\\", "/")


def _in_class_folders(folder, suffix, write):
    for label in ("neg", "pos"):
        (folder / label).mkdir()
        for number in range(6):
            write(folder / label / f"{number}{suffix}", number)
    return folder


@pytest.mark.parametrize(
    ("suffix", "write", "kind"),
    [
        (".txt", lambda path, n: path.write_text(f"good film {n}"), "category"),
        (".npy", lambda path, n: np.save(path, np.ones((9 + n, 2)) * n), "sequence"),
        (
            ".csv",
            lambda path, n: path.write_text(f"x,z\n{n},1\n2,{n}.5\n0,3\n"),
            "sequence",
        ),
    ],
)
def test_other_files_in_class_folders_are_explained(tmp_path, suffix, write, kind):
    folder = _in_class_folders(tmp_path, suffix, write)
    with pytest.raises(InputError) as caught:
        load(folder)
    code = str(caught.value).partition("In Python, write ")[2].removesuffix(".")
    paths, form = code.removeprefix("paths = ").split(", and pass ")
    form, _, options = form.partition(" with ")
    names = {"Path": Path, "np": np, "pl": pl}
    names["paths"] = eval(paths, names)
    assert len(names["paths"]) == 12
    fields = eval(f"dict({options.replace(' and ', ', ')})", names)
    dataset = load(eval(form, names), **fields)
    assert dataset.task.classes == ("neg", "pos")
    assert dataset.num_examples == 12
    assert kind in [column.kind for column in dataset.columns]


def test_tables_of_parts_are_named(tmp_path):
    for name in ("test", "sample", "train"):
        (tmp_path / f"{name}.csv").write_text("a,y\n1,u\n")
    with pytest.raises(InputError, match="the tables 'train.csv' and 'test.csv'. Pass"):
        load(tmp_path)
    (tmp_path / "train.csv").unlink()
    with pytest.raises(InputError, match="the table 'sample.csv'. Pass the path"):
        load(tmp_path)


def test_archives_in_a_folder_are_named(tmp_path):
    (tmp_path / "data.zip").write_bytes(b"PK")
    with pytest.raises(InputError, match="Unpack 'data.zip' first"):
        load(tmp_path)

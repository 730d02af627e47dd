"""Every source gives the same images, and train alone determines their preparation."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from assay._errors import InputError
from assay.data import Layout, Preparation, load, look, read, row_names, split

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (12, 6, 5, 1), dtype=np.uint8)
COLOR = RNG.integers(0, 256, (12, 6, 5, 3), dtype=np.uint8)
NAMES = ["cat", "dog", "owl"]
LABELS = [NAMES[i // 4] for i in range(12)]


def _write(path: Path, image: np.ndarray, mode: str | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
    (picture if mode is None else picture.convert(mode)).save(path)


def _folder(images: np.ndarray, folder: Path) -> object:
    for i, image in enumerate(images):
        _write(folder / "pets" / LABELS[i] / f"{i:02}.png", image)
    return folder / "pets"


def _table(images: np.ndarray, folder: Path) -> pl.DataFrame:
    _folder(images, folder)
    paths = [f"pets/{LABELS[i]}/{i:02}.png" for i in range(len(images))]
    return pl.DataFrame({"photo": paths, "class": LABELS})


def _csv(images: np.ndarray, folder: Path) -> object:
    _table(images, folder).write_csv(folder / "pets.csv")
    return folder / "pets.csv"


def _parquet_bytes(images: np.ndarray, folder: Path) -> object:
    table = _table(images, folder)
    held = [(folder / path).read_bytes() for path in table["photo"]]
    cells = [{"bytes": data, "path": None} for data in held]
    table.with_columns(pl.Series("photo", cells)).write_parquet(folder / "p.parquet")
    return folder / "p.parquet"


def _npz(images: np.ndarray, folder: Path) -> object:
    np.savez(folder / "pets.npz", X=images, y=np.array(LABELS))
    return folder / "pets.npz"


def _npz_floats(images: np.ndarray, folder: Path) -> object:
    squeezed = images[..., 0] if images.shape[-1] == 1 else images
    np.savez(folder / "pets.npz", images=squeezed.astype(float), labels=LABELS)
    return folder / "pets.npz"


def _npy(images: np.ndarray, folder: Path) -> object:
    np.save(folder / "X.npy", images)
    np.save(folder / "y.npy", np.array(LABELS))
    return folder / "X.npy"


def _arrays(images: np.ndarray, folder: Path) -> object:
    return images.astype(np.int64), LABELS


@pytest.mark.parametrize("images", [GRAY, COLOR], ids=["gray", "color"])
@pytest.mark.parametrize(
    "write", [_folder, _csv, _parquet_bytes, _npz, _npz_floats, _npy, _arrays]
)
def test_every_source_gives_the_same_images(images, write, tmp_path):
    given = write(images, tmp_path)
    target = {_csv: "class", _parquet_bytes: "class"}.get(write)
    kinds = {"X": "image"} if images is GRAY and write is _npz_floats else None
    dataset = load(given, target=target, kinds=kinds)
    (column,) = [column for column in dataset.columns if column.used]
    assert (column.kind, column.num_distinct) == ("image", 12)
    held = dataset.frame[column.name]
    assert held.to_numpy().dtype == np.uint8
    np.testing.assert_array_equal(held.to_numpy(), images)
    assert dataset.task.classes == tuple(NAMES)
    assert [NAMES[i] for i in dataset.target] == LABELS
    preparation = Preparation.fit(dataset, np.arange(12))
    assert preparation.input_shape == images.shape[1:]
    wanted = (images - images.mean((0, 1, 2))) / images.std((0, 1, 2))
    inputs = preparation.transform(dataset)
    assert inputs.dtype == np.float32
    np.testing.assert_allclose(inputs, wanted, atol=1e-5)


def test_fingerprints_of_folders_and_tables_tell_other_pixels(tmp_path):
    one = load(_folder(GRAY, tmp_path / "a")).fingerprint
    assert load(_folder(GRAY, tmp_path / "b")).fingerprint == one
    assert load(_folder(GRAY ^ 1, tmp_path / "c")).fingerprint != one


def test_one_image_is_read_like_those_it_is_held_against(tmp_path):
    preparation = Preparation.fit(load((GRAY, LABELS)), np.arange(12))
    path = tmp_path / "one.png"
    _write(path, GRAY[5])
    wanted = preparation.transform((GRAY, LABELS))[5:6]
    np.testing.assert_array_equal(preparation.transform(str(path)), wanted)
    missing = tmp_path / "on.png"
    with pytest.raises(InputError, match="Did you mean 'one.png'"):
        preparation.transform(missing)


def test_images_of_a_folder_go_by_their_files(tmp_path):
    folder = _folder(GRAY, tmp_path)
    names = row_names(folder, Layout())
    assert names is not None and names.name == "image"
    assert [Path(name).suffix for name in names] == [".png"] * 12
    held = read(folder)["image"].to_numpy()
    for name, image in zip(names, held, strict=True):
        one = read(Path(str(folder)) / name)["image"].to_numpy()
        np.testing.assert_array_equal(one[0], image)
    assert row_names((GRAY, LABELS), Layout()) is None
    assert row_names(load(folder), Layout()) is None


def test_folders_of_parts_bring_their_test_part(tmp_path):
    for i, image in enumerate(GRAY):
        part = "test" if i % 4 == 3 else "val" if i == 0 else "train"
        _write(tmp_path / part / LABELS[i] / f"{i}.png", image)
    dataset = load(tmp_path)
    assert dataset.num_test == 3
    parts = split(dataset, seed=0)
    assert parts.by == "given"
    assert sorted(parts.test.tolist()) == [9, 10, 11]
    assert len(parts.val) == 2
    tested = dataset.frame["image"].to_numpy()[parts.test]
    np.testing.assert_array_equal(tested, GRAY[[3, 7, 11]])
    assert "The test set is the folder 'test'." in dataset.notes


def test_images_are_resized_and_made_of_one_mode(tmp_path):
    even = np.full((8, 8, 3), [10, 200, 30], dtype=np.uint8)
    _write(tmp_path / "a" / "1.png", even)
    _write(tmp_path / "a" / "2.bmp", even[:4, :6])
    _write(tmp_path / "b" / "3.png", GRAY[0])
    _write(tmp_path / "b" / "4.jpg", even)
    dataset = load(tmp_path, image_size=(4, 5), image_mode="RGB")
    cells = dataset.frame["image"].to_numpy()
    assert cells.shape == (4, 4, 5, 3)
    np.testing.assert_array_equal(cells[0], cells[1])
    np.testing.assert_array_equal(cells[0], np.broadcast_to([10, 200, 30], (4, 5, 3)))
    gray = load(tmp_path, image_size=(4, 5), image_mode="L")
    assert gray.frame["image"].to_numpy().shape == (4, 4, 5, 1)
    preparation = Preparation.fit(gray, np.arange(4))
    again = Preparation.from_json(json.loads(json.dumps(preparation.to_json())))
    assert again == preparation
    # New images are read in the same way, even outside the folder of a class.
    inputs = again.transform(tmp_path / "a")
    np.testing.assert_array_equal(inputs, preparation.transform(gray, np.array([0, 1])))


@pytest.mark.parametrize("orientation", [3, 6, 8])
@pytest.mark.parametrize("form", ["png", "webp", "tiff", "late tags", "xmp"])
def test_photographs_are_turned_as_their_tags_state(form, orientation, tmp_path):
    tall = np.arange(24, dtype=np.uint8).reshape(6, 4) * 8
    angle = {3: 180, 6: 90, 8: 270}[orientation]  # for display, it is rotated back
    picture = Image.fromarray(tall).rotate(angle, expand=True)
    exif, xmp = Image.Exif(), PngInfo()
    exif[0x0112] = orientation
    xmp.add_itxt("XML:com.adobe.xmp", f"<tiff:Orientation>{orientation}<")
    tags = {"pnginfo": xmp} if form == "xmp" else {"exif": exif}
    path = tmp_path / f"a.{form if form in ('webp', 'tiff') else 'png'}"
    picture.save(path, **tags, **({"lossless": True} if form == "webp" else {}))
    if form == "late tags":
        _move_tags_behind_pixels(path)
    for content in (str(path), path.read_bytes()):
        frame = pl.DataFrame({"image": [content]})
        cells = read(frame, layout=Layout(image_mode="L"))["image"].to_numpy()
        np.testing.assert_array_equal(cells[0, ..., 0], tall)


def _move_tags_behind_pixels(path: Path) -> None:
    data = path.read_bytes()
    tags, pixels, end = (data.index(name) - 4 for name in (b"eXIf", b"IDAT", b"IEND"))
    path.write_bytes(data[:tags] + data[pixels:end] + data[tags:pixels] + data[end:])


def test_unreadable_tags_are_ignored(tmp_path):
    _write(tmp_path / "0.png", GRAY[0])
    Image.open(tmp_path / "0.png").save(tmp_path / "1.png", exif=b"Exif\0\0broken")
    paths = [str(tmp_path / name) for name in ("0.png", "1.png")]
    cells = read(pl.DataFrame({"path": paths}))["path"].to_numpy()
    np.testing.assert_array_equal(cells[0], cells[1])


def test_numbers_with_over_8_bits_are_read(tmp_path):
    deep = Image.fromarray(np.array([[0, 65535], [256, 7]], dtype=np.uint16))
    deep.save(tmp_path / "deep.png")
    held = read(pl.DataFrame({"path": [str(tmp_path / "deep.png")]}))["path"].to_numpy()
    assert held.dtype == np.float32
    assert held.ravel().tolist() == [0, 65535, 256, 7]


def test_transparency_is_left_out_and_that_is_said(tmp_path):
    clear = np.dstack([COLOR[0], np.full((6, 5), 9, np.uint8)])
    _write(tmp_path / "a" / "1.png", clear)
    _write(tmp_path / "b" / "2.png", COLOR[0])
    dataset = load(tmp_path)
    cells = dataset.frame["image"].to_numpy()
    np.testing.assert_array_equal(cells[0], cells[1])
    assert "The transparency of 1 image was dropped." in dataset.notes


@pytest.mark.parametrize("suffix", ["gif", "tif", "webp"])
def test_only_the_first_of_several_images_in_a_file_is_used(tmp_path, suffix):
    frames = [Image.fromarray(image) for image in COLOR[:3]]
    path = tmp_path / "a" / f"1.{suffix}"
    path.parent.mkdir()
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    _write(tmp_path / "b" / "2.png", COLOR[0])
    dataset = load(tmp_path)
    cells = dataset.frame["image"].to_numpy()
    np.testing.assert_array_equal(cells[0], cells[1])
    assert dataset.notes[0].startswith("In 1 file with several images, only the first")


def test_everything_wrong_with_images_is_told_at_once(tmp_path):
    for i in range(30):
        _write(tmp_path / "a" / f"{i:02}.png", GRAY[0])
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "b" / f"{i:02}.png").write_bytes(b"no image")
    _write(tmp_path / "a" / "wide.png", GRAY[0][:, :2])
    _write(tmp_path / "a" / "red.png", COLOR[0])
    whole = (tmp_path / "a" / "00.png").read_bytes()
    (tmp_path / "a" / "cut.png").write_bytes(whole[:50])
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    broken, sizes, modes = caught.value.faults
    assert broken.startswith("`num_broken == 0` must hold, but got num_broken=31")
    assert "a/cut.png (" in broken
    assert "b/18.png (not an image) and 11 more." in broken
    assert sizes == (
        "The images differ in size; the most common is 6 x 5 (height x width). "
        "Resize the others, or write image_size=(6, 5) when training, to resize all "
        "images. Other sizes: a/wide.png (6 x 2)."
    )
    assert modes == (
        "The images differ in mode; the most common is grayscale. Convert "
        "the others, or write image_mode='L' when training, to read all images in "
        "grayscale, or 'RGB' to read them in color. Other modes: a/red.png (color)."
    )


def test_an_image_too_large_is_refused_by_its_header(tmp_path):
    _write(tmp_path / "a" / "1.png", GRAY[0])
    _write(tmp_path / "b" / "2.png", GRAY[1])
    huge = Image.new("1", (9000, 8000))
    huge.save(tmp_path / "b" / "3.png")
    with pytest.raises(
        InputError, match="b/3.png .9000 x 8000 pixels, above 50,000,000"
    ):
        load(tmp_path)


def test_paths_that_lead_nowhere(tmp_path):
    table = _table(GRAY, tmp_path)
    paths = ["gone.png", *table["photo"][1:]]
    table.with_columns(pl.Series("photo", paths)).write_csv(tmp_path / "pets.csv")
    with pytest.raises(InputError, match=r"gone.png \(no such file\)"):
        load(tmp_path / "pets.csv", target="class")


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.full((4, 6, 6, 3), np.nan), r"isfinite\(X\).*0, 1, 2, 3"),
        (np.full((4, 6, 6, 3), 7, np.uint8), "do not differ in 'X'"),
        (np.ones((4, 0, 6, 3)), "X.size >= 1"),
    ],
)
def test_arrays_that_are_no_images(images, message):
    with pytest.raises(InputError, match=message):
        dataset = load((images, [0, 1, 0, 1]))
        Preparation.fit(dataset, np.arange(4))


def test_images_without_classes_cannot_be_trained_on(tmp_path):
    folder = Path(str(_folder(GRAY, tmp_path))) / "cat"
    with pytest.raises(
        InputError, match="The images have no classes. Put the"
    ) as caught:
        load(folder)
    hint = f"If {str(folder)!r} contains a single class, pass its parent folder."
    assert str(caught.value).endswith(hint)


@pytest.mark.parametrize(
    ("trained_on", "predicted", "fix"),
    [
        (COLOR, GRAY, "trained on color images. Convert your images, for example "),
        (GRAY, COLOR, "trained on grayscale images. Convert your images, for example "),
    ],
)
def test_images_of_other_colors_are_refused(trained_on, predicted, fix, tmp_path):
    dataset = load(_folder(trained_on, tmp_path / "old"), image_mode="auto")
    preparation = Preparation.fit(dataset, np.arange(len(dataset.target)))
    with pytest.raises(InputError, match=fix):
        preparation.transform(_folder(predicted, tmp_path / "new"))


def test_folders_that_hold_no_images(tmp_path):
    with pytest.raises(InputError, match="No images found in .*subfolder of its own"):
        load(tmp_path)
    _write(tmp_path / "a" / "1.png", GRAY[0])
    _write(tmp_path / "2.png", GRAY[0])
    with pytest.raises(InputError, match="images outside its class folders: '2.png'"):
        load(tmp_path)


def test_wrong_sizes_and_modes_are_refused_before_anything_is_read():
    with pytest.raises(InputError) as caught:
        load("nowhere", image_size=(0, 4), image_mode="RGBA", time_column="t")
    assert len(caught.value.faults) == 3
    assert "Write image_size=(4, 4)." in caught.value.faults[0]
    assert "Did you mean 'RGB'?" in caught.value.faults[1]
    assert "time_column is None or series_column is not" in caught.value.faults[2]


def test_only_train_teaches_the_preparation():
    rows = np.arange(8)
    one = Preparation.fit(load((COLOR, LABELS)), rows)
    spoiled = COLOR.copy()
    spoiled[8:] = 255
    other = Preparation.fit(load((spoiled, LABELS)), rows)
    assert one.to_json() == other.to_json()
    held = COLOR[:8].astype(np.float64)
    np.testing.assert_allclose(one.sole_encoder.mean, held.mean((0, 1, 2)))
    np.testing.assert_allclose(one.sole_encoder.std, held.std((0, 1, 2)))


def test_images_of_another_shape_are_refused_in_use():
    preparation = Preparation.fit(load((COLOR, LABELS)), np.arange(12))
    inputs = preparation.transform(COLOR[:2])
    np.testing.assert_array_equal(
        inputs, preparation.transform(load((COLOR, LABELS)), [0, 1])
    )
    with pytest.raises(InputError, match=r"X.shape == \(6, 5, 3\)"):
        preparation.transform(COLOR[:, :5])


def test_a_channel_that_never_varies_in_train_is_nothing():
    images = COLOR.astype(np.float32).copy()
    images[:8, ..., 1] = 3.5
    preparation = Preparation.fit(load((images, LABELS)), np.arange(8))
    assert not preparation.transform(images)[..., 1].any()


def test_columns_beside_images_are_kept_apart(tmp_path):
    table = _table(GRAY, tmp_path).with_columns(age=pl.arange(12) % 5)
    dataset = load(table.with_columns(photo=str(tmp_path) + "/" + pl.col("photo")))
    assert [(c.name, c.used, c.set_aside) for c in dataset.columns] == [
        ("photo", True, False),
        ("age", False, True),
    ]
    groups = split(dataset, seed=0, by="group", column="age")
    assert groups.by == "group"


def test_copies_across_the_split_are_found():
    images = np.concatenate([COLOR] * 8)
    dataset = load((images, LABELS * 8))
    found = {f.code: f for f in look(dataset, split(dataset, seed=0))}
    assert found["exact_duplicates"].severity == "warning"
    assert found["exact_duplicates"].numbers["share"] == 1
    fresh = np.random.default_rng(1).integers(0, 256, (96, 6, 5, 3), dtype=np.uint8)
    clean = load((fresh, LABELS * 8))
    codes = {f.code for f in look(clean, split(clean, seed=0))}
    assert not codes & {"exact_duplicates", "near_duplicates"}


def test_blank_images_are_pointed_out():
    images = COLOR.copy()
    images[5] = 9
    (finding,) = look(load((images, LABELS)), checks=["blank_examples"])
    assert finding.message == ("1 of 12 images are constant (first rows: 5).")


def test_large_images_are_averaged_for_a_linear_model():
    images = RNG.integers(0, 256, (6, 70, 64, 1), dtype=np.uint8)
    dataset = load((images, [0, 1] * 3))
    preparation = Preparation.fit(dataset, np.arange(6))
    inputs = preparation.transform(dataset)
    flat = preparation.flatten(inputs)
    assert flat.shape == (6, 35 * 32)
    assert flat[0, 0] == pytest.approx(inputs[0, :2, :2].mean(), rel=1e-5)


def test_saved_data_sets_of_hugging_face_are_read():
    folder = Path(__file__).parents[4] / "reference" / "hugging_face"
    dataset = load(folder / "images")
    assert dataset.task.classes == ("cat", "dog", "owl")
    assert dataset.num_test == 3
    cells = dataset.frame["image"].to_numpy()[..., 0]
    wanted = np.arange(16).reshape(4, 4) + 10 * np.arange(12)[:, None, None]
    np.testing.assert_array_equal(cells, wanted)
    np.testing.assert_array_equal(dataset.target, np.arange(12) % 3)
    frame = read(folder / "series")
    assert frame["x"].to_list() == [[1, 2], [3], [4, 5, 6]]
    assert frame["cells"].to_list()[1] == [[1, 2], [3, 4]]


def test_a_damaged_saved_data_set_is_told(tmp_path):
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train"]}')
    with pytest.raises(InputError, match="The saved data set .* cannot be read"):
        load(tmp_path)


def test_paths_may_have_been_written_on_windows(tmp_path):
    table = _table(COLOR, tmp_path)
    windows = table.with_columns(
        pl.col("photo").str.replace_all("/", "\\", literal=True)
    )
    windows.write_csv(tmp_path / "pets.csv")
    table.write_csv(tmp_path / "same.csv")
    frames = [
        load(tmp_path / n, target="class").frame for n in ("pets.csv", "same.csv")
    ]
    assert frames[0].equals(frames[1])


def test_paths_relative_to_another_folder(tmp_path):
    table = _table(COLOR, tmp_path)
    path = tmp_path / "pets.csv"
    table.with_columns(pl.col("photo").str.slice(5)).write_csv(path)
    table.write_csv(tmp_path / "moved.csv")
    with pytest.raises(InputError) as caught:
        load(path, target="class")
    assert list(caught.value.faults) == [
        "All 12 images are missing, such as 'cat/00.png'. Write paths relative to "
        f"the folder of the table, {str(tmp_path)!r}. A file with this name exists: "
        "'pets/cat/00.png'. To train without them, write ignore=['photo']."
    ]
    new_row = table.head(1).with_columns(photo=pl.lit("cat/new.png"))
    new_row.write_csv(tmp_path / "new.csv")
    dataset = load(tmp_path / "moved.csv", target="class")
    preparation = Preparation.fit(dataset, np.arange(12))
    with pytest.raises(InputError) as caught:  # a model needs its inputs
        preparation.transform(path)
    assert list(caught.value.faults) == [
        "All 12 images are missing, such as 'cat/00.png'. Write paths relative to "
        f"the folder of the table, {str(tmp_path)!r}. A file with this name exists: "
        "'pets/cat/00.png'."
    ]
    with pytest.raises(
        InputError, match=r"^The image 'cat/new.png' is missing\. Write"
    ):
        preparation.transform(tmp_path / "new.csv")


@pytest.mark.parametrize(
    "options", [{"ignore": ["photo"]}, {"kinds": {"photo": "category"}}]
)
def test_names_of_images_need_not_be_read(options):
    table = pl.DataFrame({"photo": ["a.png", "b.png"] * 6, "size": range(12)})
    dataset = load(table.with_columns(kind=table["photo"]), target="kind", **options)
    assert {column.name: column.kind for column in dataset.columns}["size"] == "number"
    preparation = Preparation.fit(dataset, np.arange(12))
    np.testing.assert_array_equal(
        preparation.transform(table.head(2)), preparation.transform(dataset, [0, 1])
    )


def test_paths_of_images_may_not_be_addresses(tmp_path):
    table = pl.DataFrame({"photo": ["https://a.org/1.png", "https://a.org/2.png"]})
    table.with_columns(kind=pl.Series(["a", "b"])).write_csv(tmp_path / "pets.csv")
    with pytest.raises(InputError, match="Download the images, and write paths"):
        load(tmp_path / "pets.csv", target="kind")


def test_images_of_a_test_set_have_the_same_shape():
    with pytest.raises(InputError) as caught:
        load((GRAY[:6], [0, 1] * 3), test_data=(GRAY[:6, :3], [0, 1] * 3))
    assert "have the shape (6, 5, 1) in the training data" in str(caught.value)
    assert "but (3, 5, 1) in test_data" in str(caught.value)

"""Images in the cells of a frame are read, in whatever form they are stored."""

import base64
import io
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image

from assay import InputError
from assay.data import Preparation, load, split

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 6, 8), dtype=np.uint8)
LABELS = ["a", "b"] * 20


def _png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _base64(pixels):
    return base64.b64encode(_png(pixels)).decode()


FORMS = {
    "pillow": Image.fromarray,
    "png": _png,
    "buffer": lambda pixels: io.BytesIO(_png(pixels)),
    "bytearray": lambda pixels: bytearray(_png(pixels)),
    "record": lambda pixels: {"bytes": _png(pixels), "path": None},
    "record of bytes": lambda pixels: {"bytes": _png(pixels)},
    "longer record": lambda p: {"path": "no.png", "bytes": _png(p), "size": 1},
    "base64": _base64,
    "data url": lambda pixels: f"data:image/png;base64,{_base64(pixels)}",
}
FRAMES = {
    "pandas": pd.DataFrame,
    "rows": lambda columns: [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ],
}


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("form", FORMS)
def test_images_in_cells_are_those_of_the_array(form, frame):
    cells = [FORMS[form](pixels) for pixels in PIXELS]
    source = FRAMES[frame]({"photo": cells, "kind": LABELS})
    dataset = load(source, target="kind")
    assert [column.kind for column in dataset.columns] == ["image"]
    np.testing.assert_array_equal(dataset.frame["photo"].to_numpy()[..., 0], PIXELS)
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    new = FRAMES[frame]({"photo": cells[:1]})
    np.testing.assert_array_equal(
        preparation.transform(new), preparation.transform(dataset)[:1]
    )


def test_objects_in_a_polars_frame_are_images():
    cells = pl.Series("photo", list(map(Image.fromarray, PIXELS)), dtype=pl.Object)
    dataset = load(pl.DataFrame([cells, pl.Series("kind", LABELS)]), target="kind")
    np.testing.assert_array_equal(dataset.frame["photo"].to_numpy()[..., 0], PIXELS)


def test_paths_in_cells_are_images(tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(40)]
    for path, pixels in zip(paths, PIXELS, strict=True):
        path.write_bytes(_png(pixels))
    dataset = load(pd.DataFrame({"photo": paths, "kind": LABELS}), target="kind")
    np.testing.assert_array_equal(dataset.frame["photo"].to_numpy()[..., 0], PIXELS)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_images_of_every_mode_are_read_like_files(tmp_path, mode):
    gray = Image.fromarray(PIXELS[0])
    deep = Image.fromarray(PIXELS[0].astype(np.uint16) * 257)
    image = deep if mode == "I;16" else gray.convert("RGB").convert(mode)
    image.save(tmp_path / "0.tiff")
    table = {"kind": LABELS}
    objects = load(table | {"photo": [image] * 40}, target="kind")
    files = load(table | {"photo": [str(tmp_path / "0.tiff")] * 40}, target="kind")
    assert objects.notes == files.notes
    assert objects.frame["photo"].equals(files.frame["photo"])


@pytest.mark.parametrize("form", ["jpg", "png", "tiff"])
def test_a_photograph_is_turned_as_in_its_file(form, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(PIXELS[0]).save(tmp_path / f"0.{form}", exif=exif)
    opened = [Image.open(tmp_path / f"0.{form}") for _ in LABELS]
    images = load({"photo": opened, "kind": LABELS}, target="kind")
    assert images.frame["photo"].to_numpy().shape == (40, 8, 6, 1)


def test_images_that_differ_are_refused_like_files():
    cells = [Image.fromarray(pixels[: 6 - n % 2]) for n, pixels in enumerate(PIXELS)]
    with pytest.raises(InputError, match=r"differ in size.*row 1 \(5 x 8\)"):
        load({"photo": cells, "kind": LABELS}, target="kind")
    with pytest.raises(InputError, match=r"row 0 \(missing\)"):
        load({"photo": [None, *cells[2::2]] * 2, "kind": LABELS}, target="kind")
    with pytest.raises(InputError, match=r"row 0 \(not an image\)"):
        broken = ["iVBORw0KGgo" + "A" * 60, *map(_base64, PIXELS[1:])]
        load({"photo": broken, "kind": LABELS}, target="kind")


def test_recordings_are_no_images():
    cells = [{"bytes": b"RIFF0000WAVEfmt ", "path": f"{n}.wav"} for n in range(40)]
    data = {"sound": cells, "w": np.arange(40.0) ** 2, "kind": LABELS}
    assert [c.kind for c in load(data, target="kind").columns] == ["unusable", "number"]


@pytest.mark.parametrize("values", [[Path("a")] * 40, [memoryview(b"no image")] * 40])
def test_other_paths_and_bytes_are_no_images(values):
    data = {"v": values, "w": np.arange(40.0) ** 2, "kind": LABELS}
    assert "image" not in [c.kind for c in load(data, target="kind").columns]


def test_several_data_sets_in_a_mapping_are_refused():
    pair = (PIXELS, LABELS)
    with pytest.raises(InputError, match="contains several data sets"):
        load({"train": pair, "test": pair})


@pytest.mark.parametrize("path", ["{}.png", "/data/user/{}.png", "C:\\data\\{}.png"])
def test_missing_images_are_searched_in_subfolders(tmp_path, path):
    (tmp_path / "images").mkdir()
    for number, pixels in enumerate(PIXELS):
        (tmp_path / "images" / f"{number}.png").write_bytes(_png(pixels))
    table = {"photo": [path.format(n) for n in range(40)], "kind": LABELS}
    pl.DataFrame(table).write_csv(tmp_path / "labels.csv")
    with pytest.raises(InputError) as caught:
        load(tmp_path / "labels.csv", target="kind")
    found = str(Path("images", "0.png"))
    assert f" A file with this name exists: {found!r}. To train without" in str(
        caught.value
    )


def test_images_with_the_channels_first_are_read(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (10, 3, 32, 30), np.uint8)
    labels = np.arange(10) % 2
    dataset = load((images, labels))
    last = images.transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(dataset.frame["X"].to_numpy(), last)
    note = "X, of shape (10, 3, 32, 30), was read as (images, channels, height, width)."
    assert note in dataset.notes
    preparation = Preparation.fit(dataset, np.arange(10))
    np.testing.assert_array_equal(
        preparation.transform(images[:1]), preparation.transform(last[:1])
    )
    pl.DataFrame({"X": images, "y": labels}).write_parquet(tmp_path / "a.parquet")
    table = load(tmp_path / "a.parquet", target="y")
    np.testing.assert_array_equal(table.frame["X"].to_numpy(), last)
    assert table.columns[0].reason == "arrays (channels, height, width)"

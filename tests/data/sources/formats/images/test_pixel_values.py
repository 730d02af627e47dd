"""Pixels keep their values when images are converted, and need the training scale."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assay._errors import InputError
from assay.data import Preparation, load

RAMP = np.linspace(0, 1, 64).reshape(8, 8)
LABELS = np.arange(40) % 2
BYTES = np.random.default_rng(0).integers(0, 256, (40, 4, 4, 1), dtype=np.uint8)


def _folder(folder: Path, pixels: np.ndarray, suffix: str) -> Path:
    for number in range(6):
        path = folder / "ab"[number % 2] / f"{number}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    return folder


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_16_bits_are_reduced_to_8(mode, tmp_path):
    pixels = (RAMP * 65535).astype(np.uint16)
    data = load(_folder(tmp_path, pixels, ".png"), image_mode=mode)
    for channel in data.frame["image"].to_numpy()[0].transpose(2, 0, 1):
        np.testing.assert_array_equal(channel, pixels >> 8)


def test_numbers_that_fit_into_8_bits_are_kept(tmp_path):
    pixels = (RAMP * 255).astype(np.float32)
    data = load(_folder(tmp_path, pixels, ".tif"), image_mode="L")
    assert np.abs(data.frame["image"].to_numpy()[0, ..., 0] - pixels).max() <= 1


@pytest.mark.parametrize(
    ("pixels", "found"),
    [
        (RAMP.astype(np.float32), "0 to 1"),
        ((RAMP * 1e6).astype(np.int32), "0 to 1e+06"),
    ],
)
def test_numbers_of_unknown_scale_are_not_clipped(pixels, found, tmp_path):
    folder = _folder(tmp_path, pixels, ".tif")
    with pytest.raises(InputError, match="do not fit into 8 bits") as caught:
        load(folder, image_mode="RGB")
    assert f"values from {found}," in str(caught.value)
    assert load(folder).frame["image"].to_numpy().max() == pixels.max()


def test_other_suffixes_of_known_formats_are_images(tmp_path):
    for number, suffix in enumerate([".jfif", ".jpe", ".pbm", ".pnm", ".JFIF", ".png"]):
        folder = tmp_path / "ab"[number % 2]
        folder.mkdir(exist_ok=True)
        form = "JPEG" if suffix[1] in "jJ" else "PNG" if suffix == ".png" else "PPM"
        image = Image.fromarray(BYTES[number, ..., 0])
        image.save(folder / f"{number}{suffix}", format=form)
    assert load(tmp_path).num_examples == 6


def _prepared(images: np.ndarray) -> Preparation:
    return Preparation.fit(load((images, LABELS)), np.arange(20))


@pytest.mark.parametrize(
    ("trained", "new", "factor"),
    [
        (BYTES, BYTES / 255, "255 / 1"),
        (BYTES, BYTES.astype(np.uint16) * 257, "255 / 65535"),
        (BYTES / 255, BYTES, "1 / 255"),
        (BYTES.astype(np.uint16) * 257, BYTES / 255, "65535 / 1"),
    ],
)
def test_images_of_another_scale_are_refused(trained, new, factor):
    preparation = _prepared(trained)
    saved = Preparation.from_json(preparation.to_json())
    for one in (preparation, saved):
        with pytest.raises(
            InputError, match="Convert the pixels to this scale"
        ) as caught:
            one.transform(new)
        assert f"X * ({factor})" in str(caught.value)
        numerator, denominator = map(int, factor.split(" / "))
        rescaled = new * (numerator / denominator)
        expected = one.transform(trained)
        np.testing.assert_allclose(one.transform(rescaled), expected, atol=1e-3)


@pytest.mark.parametrize(
    "new",
    [
        BYTES * 0,
        BYTES // 255,
        BYTES.astype(np.float32) / 255 * 254.5,
        BYTES.astype(np.float32) - 128,
        BYTES.astype(np.uint16) + 2,
    ],
)
def test_images_that_may_have_the_same_scale_are_accepted(new):
    assert np.isfinite(_prepared(BYTES).transform(new)).all()


def test_dark_images_with_16_bits_are_accepted():
    preparation = _prepared(BYTES.astype(np.uint16) * 257)
    assert np.isfinite(preparation.transform(BYTES)).all()

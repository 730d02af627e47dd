"""Masks of images are not counted as images."""

import os

import pytest
from tests.data.sources.formats.images.image_files import write_images

from assay import InputError
from assay.data import load, read


@pytest.mark.parametrize(
    "mask",
    [
        *("{}_mask.png", "{}_mask_1.png", "{}-label.tif", "{}.seg.png", "{} GT.bmp"),
        *("mask_{}.png", "{}_segmentation.png", "masks/{}.png", "Labels/{}_label.png"),
    ],
)
@pytest.mark.parametrize("image", ["{}.png", "images/{}.png"])
def test_masks_in_class_folders_are_left_out(tmp_path, mask, image):
    stems = ["scan (1)", "scan (2)"]
    if image != "{}.png" and "/" not in mask:
        mask = f"images/{mask}"
    images = [f"{label}/{image.format(stem)}" for label in "ab" for stem in stems]
    masks = [f"{label}/{mask.format(stem)}" for label in "ab" for stem in stems]
    dataset = load(write_images(tmp_path, *images, *masks))
    assert dataset.num_examples == 4
    assert dataset.task.classes == ("a", "b")
    names = ", ".join(repr(name.replace("/", os.sep)) for name in sorted(masks))
    assert f"Masks of other images are not used: {names}." in dataset.notes
    if image == "{}.png":  # new images to predict
        assert read(tmp_path / "a")["image"].to_numpy().max() == 1


def test_images_without_a_counterpart_are_used(tmp_path):
    names = ["with_mask/0-with-mask.png", "without_mask/0-without-mask.png"]
    names += ["with_mask/1_mask.png", "without_mask/1.png", "without_mask/masks/2.png"]
    dataset = load(write_images(tmp_path, *names))
    assert dataset.num_examples == 5
    assert not any("masks of other" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("images", "masks"),
    [
        ("images/{}.png", "masks/{}.png"),
        ("images/{}.png", "label/{}_label.png"),
        ("train/{}.png", "train_masks/{}_mask.png"),
    ],
)
def test_masks_are_no_classes(tmp_path, images, masks):
    names = [form.format(stem) for form in (images, masks) for stem in "abc"]
    folder = write_images(tmp_path, *names)
    found = [name.partition("/")[0] for name in (images, masks)]
    with pytest.raises(InputError, match=f"masks instead of classes: '{found[0]}', '"):
        load(folder)
    (folder / names[-1]).rename(folder / found[1] / "d.png")
    assert load(folder).task.classes == tuple(found)


def test_classes_of_faces_with_and_without_masks_are_used(tmp_path):
    names = [f"{label}/{i}.png" for label in ("mask", "no_mask") for i in range(3)]
    assert load(write_images(tmp_path, *names)).task.classes == ("mask", "no_mask")


def test_a_class_that_may_consist_of_masks_is_noted(tmp_path):
    names = ["cat/1.png", "cat/2.png", "dog/3.png", "masks/1.png", "masks/2.png"]
    names += [f"{kind}/{n}.png" for n in (4, 5) for kind in ("cat", "dog")]
    folder = write_images(tmp_path, *names)
    assert not any("'masks'" in note for note in load(folder).notes)
    note = (
        "The class 'masks' has the same image names as all other classes together. "
        "If it consists of masks of their images, move its folder elsewhere."
    )
    assert (
        note in load(write_images(folder, *(f"masks/{n}.png" for n in (3, 4, 5)))).notes
    )

"""Shuffling tells which inputs a model relies on."""

import numpy as np
import pytest

import assay
from assay._errors import InputError
from assay.experiment import importance, val_rows

OPTIONS = {"trials": 1, "runs": None, "num_epochs": 20}


@pytest.fixture(scope="module")
def run():
    """A run on a table whose target depends on one of its two columns."""
    random = np.random.default_rng(0)
    known, noise = random.normal(size=(2, 400))
    table = {"known": known, "noise": noise, "y": np.where(known > 0, "a", "b")}
    return assay.train(table, target="y", model="linear", **OPTIONS), table


def test_the_column_that_decides_matters_and_noise_does_not(run):
    trained, table = run
    first, second = importance(trained, source=table)
    assert (first.name, second.name) == ("known", "noise")
    assert first.interval[0] > 0.05 and first.value > 0.1
    assert abs(second.value) < 0.1 * first.value
    assert first.interval[0] <= first.value <= first.interval[1]


def test_the_numbers_are_the_same_each_time(run):
    trained, table = run
    rows = val_rows(trained, source=table)
    assert importance(trained, rows) == importance(trained, rows)


def test_the_rows_are_those_of_val_with_the_losses_of_the_model(run):
    trained, table = run
    rows = val_rows(trained, source=table)
    recorded = trained.folder.read_npz("split.npz", "val")["val"]
    np.testing.assert_array_equal(rows.rows, recorded)
    probability = np.where(rows.targets == 1, rows.predictions, 1 - rows.predictions)
    np.testing.assert_allclose(rows.losses, -np.log(probability), rtol=1e-4)
    few = val_rows(trained, most=7, source=table)
    assert len(few.rows) == 7 and set(few.rows) <= set(recorded)


def test_images_are_shuffled_in_patches():
    random = np.random.default_rng(0)
    images = random.random((120, 20, 9)).astype(np.float32)
    classes = np.where(images[:, :3, :2].mean(axis=(1, 2)) > 0.5, "a", "b")
    source = (images[..., None], classes)
    trained = assay.train(source, model=[assay.Flatten()], **OPTIONS)
    found = importance(trained, source=source)
    assert len(found) == 7 * 5  # patches of 3 × 2 pixels
    assert {"0,0", "18,8"} <= {one.name for one in found}


def test_words_cannot_be_shuffled():
    texts = [f"good thing {n}" if n % 2 else f"bad thing {n}" for n in range(120)]
    table = {"text": texts, "y": ["a", "b"] * 60}
    options = {"target": "y", "kinds": {"text": "text"}, **OPTIONS, "num_epochs": 1}
    trained = assay.train(table, **options)
    with pytest.raises(InputError, match="cannot be shuffled"):
        importance(trained, source=table)

"""New rows that are written or passed in another way than the training data."""

import unicodedata

import numpy as np
import polars as pl
import pytest
from PIL import Image

import assay
from assay import InputError
from assay.data import Preparation, load, split
from assay.experiment.model._check import check_rows

QUICK = {"model": "linear", "trials": 1, "num_epochs": 2, "runs": None}


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(0)
    size = random.normal(0, 1, 60).round(2)
    return pl.DataFrame(
        {
            "größe in m": size,
            "préfecture": ["Zürich", "Bern", "Genève"] * 20,
            "y": np.where(size > 0, "u", "v"),
        }
    )


@pytest.fixture(scope="module")
def model(table):
    return assay.train(table, target="y", **QUICK).model


@pytest.fixture(scope="module")
def array_model():
    inputs = np.random.default_rng(0).normal(size=(60, 3))
    return assay.train((inputs, inputs[:, 0] > 0), **QUICK).model, inputs


def _decomposed(text):
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_names_and_words_with_accents_in_another_encoding(
    model, table, suffix, tmp_path
):
    names = {name: _decomposed(name) for name in table.columns}
    words = pl.col("préfecture").map_elements(_decomposed, pl.String)
    new = table.with_columns(words).rename(names)
    assert new.columns[0] != table.columns[0]
    path = tmp_path / f"new{suffix}"
    writers = {".csv": new.write_csv, ".parquet": new.write_parquet}
    writers.get(suffix, new.write_ndjson)(path)
    np.testing.assert_array_equal(model.predict(path), model.predict(table))
    rows = model.read(str(path))
    np.testing.assert_array_equal(model.predict(rows), model.predict(table))
    assert model.check(rows) == ()


def test_blocks_of_a_long_file_have_the_same_names(model, table, tmp_path, monkeypatch):
    from assay.data.dataset.streams import _rows

    monkeypatch.setattr(_rows, "chunk_rows", lambda width: 16)
    path = tmp_path / "new.parquet"
    table.rename(_decomposed).write_parquet(path)
    np.testing.assert_allclose(model.predict(path), model.predict(table), rtol=1e-6)


def test_spaces_in_names_may_be_of_another_kind(model, table):
    new = table.rename({"größe in m": "größe\u00a0in\u2009m\u200b"})
    np.testing.assert_array_equal(model.predict(new), model.predict(table))


def test_two_names_that_look_the_same_stay_apart(model, table):
    name = "größe in m"
    other = pl.lit(1.0).alias(f"{name}\u200b")
    new = table.rename({name: _decomposed(name)}).with_columns(other)
    with pytest.raises(InputError, match="Feature columns are missing"):
        model.predict(new)
    with_both = table.with_columns(other)
    np.testing.assert_array_equal(model.predict(with_both), model.predict(table))


def test_the_target_is_found_in_another_encoding(table):
    target = _decomposed("préfecture")
    assert assay.data.load(table, target=target).task.target == "préfecture"


def test_rows_may_be_a_list_of_mappings(model, table):
    expected = model.predict(table[:2])
    np.testing.assert_array_equal(model.predict(table[:2].to_dicts()), expected)
    np.testing.assert_array_equal(model.predict(table[:1].to_dicts()), expected[:1])
    partial = [{"größe in m": 1.0}, {"préfecture": "Bern", "other": 3}]
    columns = {"größe in m": [1.0, None], "préfecture": [None, "Bern"]}
    np.testing.assert_array_equal(model.predict(partial), model.predict(columns))


def test_arrays_must_have_as_many_columns_as_in_training(array_model, tmp_path):
    model, inputs = array_model
    expected = model.predict(inputs)
    wide = np.column_stack([inputs, inputs[:, 0]])
    np.savez(tmp_path / "wide.npz", X=wide)
    np.save(tmp_path / "wide.npy", wide)
    for source in (wide, (wide, inputs[:, 0]), *tmp_path.iterdir()):
        for rows in (source, model.read(source)):
            with pytest.raises(InputError) as caught:
                model.predict(rows)
            assert list(caught.value.faults) == [
                "`X.shape[1] == 3` must hold, but got X.shape[1]=4. Pass the same "
                "columns in the same order as in training."
            ]
    # the targets are not a column, and columns with names may be ignored
    np.testing.assert_array_equal(model.predict((inputs, inputs[:, 0])), expected)
    named = pl.DataFrame(wide, schema=[f"feature_{i}" for i in range(4)])
    np.testing.assert_array_equal(model.predict(named), expected)


def test_the_number_of_columns_includes_those_that_are_not_used():
    inputs = np.random.default_rng(0).normal(size=(60, 3))
    inputs[:, 2] = 1.0  # constant
    model = assay.train((inputs, inputs[:, 0] > 0), **QUICK).model
    assert model.preparation.columns == ("feature_0", "feature_1")
    restored = Preparation.from_json(model.preparation.to_json())
    assert restored == model.preparation
    assert model.predict(inputs).shape == (60,)
    with pytest.raises(InputError, match=r"X.shape\[1\] == 3"):
        restored.transform(np.ones((2, 4)))


def test_a_list_of_rows_is_an_array(array_model):
    model, inputs = array_model
    expected = model.predict(inputs[:3])
    for count in (1, 2, 3):
        rows = inputs[:count].tolist()
        np.testing.assert_array_equal(model.predict(rows), expected[:count])


def test_parts_of_new_data_are_not_split(tmp_path):
    """All rows are predicted, so notes on the split would be wrong."""
    pixels = np.random.default_rng(0).integers(0, 256, (24, 8, 8), dtype=np.uint8)
    for number, image in enumerate(pixels):
        part = ("train", "val", "test")[number % 3]
        folder = tmp_path / "images" / part / "ab"[number // 3 % 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number}.png")
    (tmp_path / "images" / "readme.txt").write_text("none")
    names = {"train": pixels[:8], "val": pixels[8:16], "test": pixels[16:]}
    arrays = {f"X_{part}": x.reshape(8, 64) for part, x in names.items()}
    labels = {f"y_{part}": np.arange(8) % 2 for part in names}
    np.savez(tmp_path / "arrays.npz", **arrays, **labels)
    kept = "Other files and folders are not used: 'readme.txt'."
    for source, notes in (("images", (kept,)), ("arrays.npz", ())):
        dataset = load(tmp_path / source)
        assert any("pooled and split again" in note for note in dataset.notes)
        assert any("The test set is" in note for note in dataset.notes)
        preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
        assert check_rows(tmp_path / source, preparation) == notes

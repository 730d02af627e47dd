"""The arrays of archives are recognized by their names, and no array is lost."""

import numpy as np
import pytest
from scipy import sparse

from assay._errors import InputError
from assay.data import Preparation, load

X = np.random.default_rng(0).normal(size=(24, 3))
Y = np.arange(24) % 2


def _save(folder, **arrays):
    np.savez(folder / "a.npz", **arrays)
    return folder / "a.npz"


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        *(("features", "target"), ("data", "targets"), ("images", "label")),
        *(("X", "labels"), ("data", "y"), ("Data", "Labels"), ("input", "output")),
        *(("imgs", "labels"), ("signals", "labels"), ("arr_0", "arr_1")),
        *(("train_x", "train_y"), ("x", "Y"), ("embeddings", "label")),
    ],
)
def test_usual_names_of_inputs_and_targets(inputs, targets, tmp_path):
    path = _save(tmp_path, **{inputs: X, targets: Y})
    dataset = load(path)
    assert dataset.num_features == 3
    np.testing.assert_array_equal(dataset.target, Y)
    assert load(path, target=targets).target.tolist() == Y.tolist()


@pytest.mark.parametrize(
    "form", ["X_{},y_{}", "{}_images,{}_labels", "X{},y{}", "{}_data,{}_labels"]
)
@pytest.mark.parametrize("val", ["val", "valid", "validation", "dev", None])
@pytest.mark.parametrize("test", ["test", "te", "testing", None])
def test_usual_names_of_parts(form, val, test, tmp_path):
    sizes = {"train": 24, val: 5, test: 6}
    arrays = {}
    for part, size in sizes.items():
        if part is not None:
            x, y = form.format(part, part).split(",")
            arrays |= {x: X[:size], y: Y[:size]}
    dataset = load(_save(tmp_path, **arrays))
    assert dataset.num_examples == 24 + 5 * (val is not None) + 6 * (test is not None)
    assert dataset.num_test == 6 * (test is not None)
    pooled = any("are pooled and split again" in note for note in dataset.notes)
    assert pooled == (val is not None)


def test_parts_without_targets_are_named(tmp_path):
    with pytest.raises(InputError, match=r"Add targets for \['X_test'\]"):
        load(_save(tmp_path, X_train=X, y_train=Y, X_test=X))


@pytest.mark.parametrize("one_hot", ["train", "test"])
def test_one_hot_targets_of_only_one_part_are_named(one_hot, tmp_path):
    targets = {"train": Y, "test": Y[:6], one_hot: np.eye(2)[Y[:6]]}
    parts = {f"X_{part}": X[: len(y)] for part, y in targets.items()}
    path = _save(tmp_path, **parts, **{f"y_{part}": y for part, y in targets.items()})
    with pytest.raises(InputError) as caught:
        load(path)
    shapes = [f"y_{part} {y.shape}" for part, y in targets.items()]
    assert str(caught.value) == (
        "Training and test examples must have the same shape, but the arrays have the "
        f"shapes {' and '.join(shapes)}. Write y_{one_hot}.argmax(axis=1)."
    )


def test_inputs_of_different_shapes_are_named(tmp_path):
    parts = {"y_train": Y, "X_test": X[:6, :2], "y_test": Y[:6]}
    with pytest.raises(InputError) as caught:
        load(_save(tmp_path, X_train=X, **parts))
    assert str(caught.value) == (
        "Training and test examples must have the same shape, but the arrays have the "
        "shapes X_train (24, 3) and X_test (6, 2). Convert them to the same shape per "
        "example."
    )


def test_a_column_of_targets_may_be_joined_with_a_vector(tmp_path):
    parts = {"y_train": Y[:, None], "X_test": X[:6], "y_test": Y[:6]}
    dataset = load(_save(tmp_path, X_train=X, **parts))
    assert dataset.target.tolist() == [*Y, *Y[:6]]


@pytest.mark.parametrize("name", ["ids", "groups", "sample_weight", "mask"])
def test_a_note_names_other_arrays(name, tmp_path):
    dataset = load(_save(tmp_path, X=X, y=Y, **{name: np.arange(24)}))
    assert f"These arrays are not used: [{name!r}]." in dataset.notes


def test_unclear_names_are_refused(tmp_path):
    with pytest.raises(InputError, match="got arrays="):
        load(_save(tmp_path, samples=X, embeddings=X, labels=Y))


@pytest.mark.parametrize(("inputs", "targets"), [("data", "label"), ("X", "labels")])
def test_mappings_of_arrays_are_tables(inputs, targets):
    source = {inputs: X, targets: Y}
    for target in (None, targets, "target"):
        assert load(source, target=target).num_features == 3


def test_other_arrays_of_a_mapping_are_not_columns():
    source = {"X": X, "y": Y, "sample_weight": np.ones(24)}
    dataset = load(source)
    assert [column.kind for column in dataset.columns] == ["number"] * 3
    assert dataset.notes[0] == "These arrays are not used: ['sample_weight']."


def test_mappings_of_columns_stay_columns():
    columns = {"x": X[:, 0], "y": Y}
    assert [c.name for c in load(columns, target="y").columns] == ["x"]
    series = {"series": X, "label": Y}
    assert load(series, target="label").columns[0].kind == "sequence"


@pytest.mark.parametrize("stem", ["train-images", "train_images", "images"])
def test_targets_beside_an_array(stem, tmp_path):
    np.save(tmp_path / f"{stem}.npy", X)
    np.save(tmp_path / f"{stem.replace('images', 'labels')}.npy", Y)
    assert load(tmp_path / f"{stem}.npy").target.tolist() == Y.tolist()


def test_the_only_array_of_an_archive_contains_the_inputs(tmp_path):
    rows = np.arange(12.0).reshape(6, 2) ** 2
    preparation = Preparation.fit(load((rows, [0, 1] * 3)), np.arange(6))
    for name in ("X_test", "arr_0", "embeddings"):
        np.savez(tmp_path / "new.npz", **{name: rows})
        np.testing.assert_array_equal(
            preparation.transform(tmp_path / "new.npz"), preparation.transform(rows)
        )


def test_a_sparse_matrix_in_an_archive_is_named(tmp_path):
    sparse.save_npz(tmp_path / "new.npz", sparse.random(9, 4, 0.5, format="csr"))
    with pytest.raises(InputError, match=r"contains a sparse matrix.*toarray\(\)"):
        load(tmp_path / "new.npz")

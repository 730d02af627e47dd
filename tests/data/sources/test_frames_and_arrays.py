"""Frames and arrays of many libraries are read with the values that they contain."""

import datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import load, read

N = 40
rng = np.random.default_rng(0)
P = rng.normal(size=N)
Y = np.where(P > 0, "a", "b")


def _column(values):
    """Return the description and the values of a column of a pandas frame."""
    data = load(pd.DataFrame({"p": P, "c": values, "y": Y}), target="y")
    return next(c for c in data.columns if c.name == "c"), data.frame["c"].to_list()


def test_categories_of_pandas_stay_categories():
    column, values = _column(pd.Categorical([1, 2, None, 2] * 10))
    assert (column.kind, values[:4]) == ("category", ["1", "2", None, "2"])
    column, values = _column(pd.cut(P, [-10, 0, 10]))
    assert (column.kind, set(values)) == ("category", {"(-10, 0]", "(0, 10]"})


def test_periods_are_the_dates_on_which_they_start():
    column, values = _column(pd.period_range("2020Q1", periods=N, freq="Q"))
    assert column.kind == "date"
    assert values[1] == datetime.datetime(2020, 4, 1)


def test_times_in_different_zones():
    start = [pd.Timestamp("2020-01-01", tz=z) for z in ("UTC", "Asia/Tokyo")] * 20
    column, values = _column([t + pd.Timedelta(days=i) for i, t in enumerate(start)])
    assert column.kind == "date"
    assert values[1] == datetime.datetime(2020, 1, 1, 15)  # nine hours earlier


def test_long_floats_and_large_integers():
    assert _column(P.astype(np.longdouble))[1] == P.tolist()
    assert _column([10**25 + i for i in range(N)])[0].kind == "id"


def test_arrays_in_the_cells_of_a_frame():
    cells = [*rng.normal(size=(N, 8, 8))]
    data = load(pd.DataFrame({"c": pd.Series(cells), "y": Y}), target="y")
    assert data.columns[0].kind == "image"


def test_arrow_tables():
    arrow = pl.DataFrame({"p": P, "y": Y}).to_arrow()
    assert load(arrow, target="y").frame["p"].to_list() == P.tolist()
    data = load((arrow.select(["p"]), arrow["y"]))
    assert [column.name for column in data.columns] == ["p"]


@pytest.mark.parametrize(
    "values", [{1, 2}, {0: 1.0, 1: 2.0}, (v for v in P), "abc", None, 1.5]
)
def test_columns_must_be_sequences(values):
    with pytest.raises(InputError, match="isinstance.column, list.*'q':"):
        load({"p": P, "q": values, "y": Y}, target="y")


def test_masked_numbers_are_missing():
    X = np.ma.masked_greater(np.column_stack([P, P]), 0.5)
    missing = int((P > 0.5).sum())
    assert [c.num_missing for c in load((X, Y)).columns] == [missing, missing]
    with pytest.raises(InputError, match=f"num_missing={missing}"):
        load((P[:, None], np.ma.masked_greater(P, 0.5)))


def test_bytes_as_classes():
    assert load((P[:, None], Y.astype("S1"))).task.classes == ("a", "b")
    frame = pl.DataFrame({"p": P, "y": [y.encode() for y in Y]})
    assert load(frame, target="y").task.classes == ("a", "b")


def test_small_floats_of_accelerators():
    import jax.numpy as jnp

    X = jnp.asarray(np.tile([0.5, 1.5], 20)[:, None], dtype=jnp.bfloat16)
    assert load((X, Y)).frame["feature_0"].to_list() == [0.5, 1.5] * 20


def test_the_data_sets_of_scikit_learn():
    from sklearn.datasets import load_iris

    for as_frame in (False, True):
        data = load(load_iris(as_frame=as_frame))
        assert data.columns[0].name == "sepal length (cm)"
        assert (data.num_features, data.task.classes) == (4, (0, 1, 2))


def test_classes_declared_as_categories_are_no_quantities():
    y = pd.Series(pd.Categorical(rng.permutation(N) % 21), name="y")
    frame = pd.DataFrame({"p": np.tile(P, 20), "y": pd.concat([y] * 20).values})
    data = load(frame, target="y")
    assert (data.task.kind, data.task.classes) == ("multiclass", (*range(21),))
    assert load(frame, target="y", task="regression").task.kind == "regression"


@pytest.mark.parametrize(
    ("shape", "y_shape", "message"),
    [
        ((5, N), (N,), r"write np\.moveaxis\(X, 1, 0\)"),
        ((8, 8, N), (N,), r"write np\.moveaxis\(X, 2, 0\)"),
        ((N, 5), (1, N), r"such as y\.ravel\(\)"),
        ((N, 5), (N, 3), r"Pass one number or class per row\.$"),
    ],
)
def test_axes_in_another_order(shape, y_shape, message):
    with pytest.raises(InputError, match=message):
        load((rng.normal(size=shape), np.ones(y_shape)))


def test_one_hot_classes():
    with pytest.raises(InputError, match=r"such as y\.argmax\(axis=1\)"):
        load((P[:, None], np.eye(2)[[0, 1] * 20]))


def test_sparse_matrices():
    from scipy.sparse import csr_array

    X = csr_array(P[:, None])
    with pytest.raises(InputError, match=r"Write X\.toarray\(\)"):
        load((X, Y))
    with pytest.raises(InputError, match="X must not be a sparse matrix"):
        load(X)


def test_a_target_that_is_no_name():
    frame = pd.DataFrame({"p": P})
    with pytest.raises(InputError, match=r"Write load\(\(X, y\)\)"):
        load(frame, target=pd.Series(Y))  # type: ignore[arg-type]


@pytest.mark.parametrize("names", [("X", "Y"), ("data", "target"), ("x", "y")])
def test_names_of_arrays(tmp_path, names):
    arrays: dict[str, Any] = dict(zip(names, (P[:, None], Y), strict=True))
    np.savez(tmp_path / "a.npz", **arrays)
    assert load(tmp_path / "a.npz").task.classes == ("a", "b")


def test_unused_arrays_are_named(tmp_path):
    np.savez(tmp_path / "a.npz", X=P[:, None], kinds=Y)
    with pytest.raises(InputError, match=r"not used: \['kinds'\].*target array y"):
        load(tmp_path / "a.npz")


def test_names_of_columns_may_be_numbers():
    frame = pd.DataFrame({0: [0.5, 1.5] * 10, 1: [1.0, 2.5] * 10, 2: [*"ab"] * 10})
    names: dict[str, Any] = {"target": 2, "ignore": [0], "kinds": {1: "category"}}
    dataset = load(frame, **names)
    assert [column.kind for column in dataset.columns] == ["number", "category"]
    assert [column.ignored for column in dataset.columns] == [True, False]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([np.int64(1), "A"], ["1", "A"]),
        ([np.bool_(True), "A"], ["true", "A"]),
        ([datetime.datetime(2024, 1, 5, 3), "never"], ["2024-01-05 03:00:00", "never"]),
        ([np.datetime64("2024-01-05"), "never"], ["2024-01-05", "never"]),
    ],
)
def test_words_beside_numbers_and_times_are_kept(values, text):
    objects = np.array([*values, None], dtype=object)
    for source in (
        {"a": objects},
        {"a": list(objects)},
        [{"a": value} for value in objects],
        pd.DataFrame({"a": objects}),
    ):
        assert read(source)["a"].to_list() == [*text, None]

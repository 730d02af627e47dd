"""Arrays and frames of numbers, text and missing values as inputs."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import assay

CITIES = np.array(["Bern", "Basel", "Chur"])


@pytest.fixture
def columns():
    """Columns of several types, and classes that depend on the text."""
    rng = np.random.default_rng(0)
    city = CITIES[rng.integers(0, 3, 60)]
    size = rng.normal(size=60)
    size[::7] = np.nan
    sold = rng.integers(0, 2, 60).astype(bool)
    day = pd.date_range("2026-01-01", periods=60).to_numpy()
    data = {"city": city, "size": size, "sold": sold, "day": day}
    return data, np.where(city == "Chur", "far", "near")


@pytest.fixture
def classifier(quick):
    return assay.NeuralClassifier(**quick)


def test_frames_of_pandas_and_polars_give_the_same(classifier, columns):
    data, y = columns
    pandas, polars = pd.DataFrame(data), pl.DataFrame(data)
    first = classifier.fit(pandas, y)
    assert first.score(pandas, y) > 0.95
    assert first.feature_names_in_.tolist() == list(data)
    assert first.n_features_in_ == 4
    expected = first.predict_proba(pandas)
    np.testing.assert_array_equal(first.predict_proba(polars), expected)
    second = classifier.fit(polars, pl.Series(y))
    np.testing.assert_array_equal(second.predict_proba(pandas), expected)


def test_names_of_lazy_and_arrow_tables_are_checked(classifier, columns):
    data, y = columns
    classifier.fit(pl.LazyFrame(data), y)
    expected = classifier.predict_proba(pl.DataFrame(data))
    table = pl.DataFrame(data).to_arrow()
    np.testing.assert_array_equal(classifier.predict_proba(table), expected)
    with pytest.raises(ValueError, match="same order"):
        classifier.predict(table.select(["size", "city", "sold", "day"]))


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "string"])
def test_classes_of_nullable_types_keep_their_type(classifier, columns, dtype):
    data, y = columns
    classes = {"Int64": (1, 2), "boolean": (False, True), "string": ("a", "b")}[dtype]
    targets = pd.Series(np.array(classes)[(y == "far").astype(int)], dtype=dtype)
    classifier.fit(pd.DataFrame(data), targets)
    assert classifier.classes_.tolist() == list(classes)
    assert type(classifier.classes_.tolist()[0]) is type(classes[0])


def test_missing_text_and_new_categories_can_be_predicted(classifier, columns):
    data, y = columns
    classifier.fit(pd.DataFrame(data), y)
    new = pd.DataFrame(data).head(2)
    new["city"] = [None, "Rome"]
    assert np.isfinite(classifier.predict_proba(new)).all()


@pytest.mark.parametrize("dtype", [object, str])
def test_arrays_may_hold_text(classifier, columns, dtype):
    data, y = columns
    X = np.column_stack([data["city"], np.nan_to_num(data["size"])]).astype(dtype)
    assert classifier.fit(X, y).score(X, y) > 0.95
    assert not hasattr(classifier, "feature_names_in_")
    assert [e.kind for e in classifier.model_.preparation.encoders] == [
        "category",
        "number",
    ]


def test_an_object_array_may_mix_missing_values_and_types(classifier, columns):
    data, y = columns
    X = np.empty((60, 2), object)
    X[:, 0], X[:, 1] = data["city"], data["size"]
    X[0] = None, None
    X[1] = float("nan"), pd.NA
    X[2, 0] = pd.NaT
    assert np.isfinite(classifier.fit(X, y).predict_proba(X)).all()


def test_numbers_in_arrays_are_numbers(classifier, classes):
    """Row numbers, constants and columns without values do not stop a training."""
    X, y = classes()
    X = np.column_stack([X, np.arange(40), np.ones(40), np.full(40, np.nan)])
    classifier.fit(X, y)
    encoders = classifier.model_.preparation.encoders
    assert [encoder.column for encoder in encoders][-2:] == ["feature_3", "feature_4"]
    assert {encoder.kind for encoder in encoders} == {"number"}
    assert np.isfinite(classifier.predict_proba(X)).all()


def test_columns_can_be_declared_categories(classifier, classes):
    X, y = classes()
    X[:, 1] = np.arange(40) % 4
    by_place = classifier.set_params(categorical_features=[1]).fit(X, y)
    assert [e.kind for e in by_place.model_.preparation.encoders].count("category") == 1
    expected = by_place.predict_proba(X)
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    by_name = classifier.set_params(categorical_features=["b"]).fit(frame, y)
    np.testing.assert_array_equal(by_name.predict_proba(frame), expected)
    frame["b"] = frame["b"].astype("category")
    by_type = classifier.set_params(categorical_features=None).fit(frame, y)
    np.testing.assert_array_equal(by_type.predict_proba(frame), expected)


def test_an_array_is_read_by_position_after_a_frame(classifier, classes):
    X, y = classes()
    classifier.fit(pd.DataFrame(X, columns=["a", "b", "c"]), y)
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        by_position = classifier.predict_proba(X)
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    np.testing.assert_array_equal(by_position, classifier.predict_proba(frame))


def test_invalid_inputs_are_value_errors(classifier, classes):
    X, y = classes()
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    with pytest.raises(ValueError, match="infinity"):
        classifier.fit(np.where(X > 1, np.inf, X), y)
    with pytest.raises(ValueError, match=r"`isfinite\(a\)` must hold"):
        classifier.fit(frame.assign(a=np.inf), y)
    with pytest.raises(ValueError, match=r"Found 0 feature\(s\)"):
        classifier.fit(frame[[]], y)
    with pytest.raises(ValueError, match=r"Found 1 sample\(s\)"):
        classifier.fit(frame.head(1), y[:1])
    with pytest.raises(ValueError, match="2 columns have this name"):
        classifier.fit(frame.set_axis(["a", "b", "a"], axis=1), y)
    with pytest.raises(ValueError, match="yet now missing"):
        classifier.fit(frame, y).predict(frame[["a", "b"]])
    with pytest.raises(TypeError, match="[Ss]parse"):
        from scipy.sparse import csr_array

        classifier.fit(csr_array(X), y)

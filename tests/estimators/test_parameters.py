"""Masks, weights and parameters have the expected effect, or are refused."""

import numpy as np
import pandas as pd
import pytest

import assay


@pytest.fixture
def fitted(quick, classes):
    """Fit a classifier with parameters, and return its probabilities."""

    def fit(X=None, y=None, *, weights=None, **parameters):
        inputs, labels = classes()
        model = assay.NeuralClassifier(**quick | {"num_epochs": 3} | parameters)
        model.fit(inputs if X is None else X, labels if y is None else y, weights)
        return model.predict_proba(inputs)

    return fit


def test_masked_inputs_are_missing(fitted, classes):
    X, _ = classes()
    masked = np.ma.masked_array(X, X > 1)
    expected = fitted(np.where(X > 1, np.nan, X))
    np.testing.assert_array_equal(fitted(masked), expected)
    np.testing.assert_array_equal(fitted(masked.astype(object)), expected)


@pytest.mark.parametrize("place", [0, 7])
def test_missing_targets_are_refused(place, fitted, classes):
    _, y = classes()
    chosen = np.arange(len(y)) == place
    masked = np.ma.masked_array(y, chosen)
    words = np.where(y > 0, "a", "b").astype(object)
    words[place] = None
    for targets in (masked, words):
        with pytest.raises(ValueError, match=f"missing in 1 of .* row {place}"):
            fitted(y=targets)


@pytest.mark.parametrize("factor", [1e-300, 1e300])
def test_only_the_ratios_of_weights_matter(factor, fitted):
    ramp = np.linspace(0.1, 1, 40)
    expected = fitted(weights=ramp)
    np.testing.assert_allclose(fitted(weights=ramp * factor), expected, atol=1e-5)
    by_class = fitted(class_weight={0: 1.0, 1: 3.0})
    scaled = fitted(class_weight={0: factor, 1: 3 * factor})
    np.testing.assert_allclose(scaled, by_class, atol=1e-5)


@pytest.mark.parametrize("wrong", [np.inf, np.nan, -1.0])
def test_class_weights_must_be_finite_and_not_negative(wrong, fitted):
    with pytest.raises(ValueError, match="must be finite and must not be negative"):
        fitted(class_weight={0: wrong, 1: 1.0})


@pytest.mark.parametrize("chosen", [0, [0], [True, False, False], np.array([0])])
def test_forms_of_categorical_features(chosen, quick):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(0, 4, 60), rng.normal(size=(60, 2))])
    y = np.isin(X[:, 0], (1, 2)).astype(int)
    model = assay.NeuralClassifier(**quick, categorical_features=chosen).fit(X, y)
    assert model.score(X, y) == 1
    encoders = {e.column: e.kind for e in model.model_.preparation.encoders}
    assert encoders["feature_0"] == "category"
    assert encoders["feature_1"] == "number"


def test_one_name_is_a_categorical_feature(quick, classes):
    X, y = classes()
    frame = pd.DataFrame(np.round(X), columns=["a", "b", "ab"])
    model = assay.NeuralClassifier(**quick, categorical_features="ab").fit(frame, y)
    kinds = {e.column: e.kind for e in model.model_.preparation.encoders}
    assert kinds == {"a": "number", "b": "number", "ab": "category"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("early_stopping", "no"), ("early_stopping", None)),
        *(("val_fraction", 15), ("val_fraction", 0), ("val_fraction", "0.2")),
    ],
)
def test_parameters_of_early_stopping_are_checked(name, value, fitted):
    with pytest.raises(ValueError, match=f"got {name}="):
        fitted(**{name: value})


def test_a_warning_names_columns_that_are_not_used(quick, classes):
    X, y = classes()
    texts = [f"some long text with the number {i}" for i in range(len(y))]
    frame = pd.DataFrame(X, columns=list("abc")).assign(note=texts)
    model = assay.NeuralClassifier(**quick)
    with pytest.warns(UserWarning, match=r"are not used: 'note' \(text\)"):
        model.fit(frame, y)
    frame = frame.drop(columns="note").assign(steps=[[1, 2]] * len(y))
    frame.at[0, "steps"] = [2, 3]
    with pytest.warns(UserWarning, match=r"'a' \(number\), 'b' \(number\)"):
        model.fit(frame, y)


@pytest.mark.parametrize("unit", [1e-300, 1e300])
def test_targets_of_any_size_are_predicted(unit, quick, classes):
    X, _ = classes()
    model = assay.NeuralRegressor(**quick)
    expected = model.fit(X, X[:, 0]).predict(X)
    scaled = model.fit(X, X[:, 0] * unit).predict(X) / unit
    np.testing.assert_allclose(scaled, expected, rtol=1e-3, atol=1e-3)

"""The estimators work in the compositions of scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import assay


@pytest.fixture
def classifier(quick):
    return assay.NeuralClassifier(**quick)


@pytest.fixture
def frame():
    """A frame of numbers and text, and classes that depend on both."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"size": rng.normal(size=60), "city": ["Bern", "Chur"] * 30})
    return X, (X["size"] > 0) ^ (X["city"] == "Chur")


def test_a_grid_search_chooses_layers_and_rates(classifier, classes):
    X, y = classes()
    grid = {
        "model": [[], [assay.Dense(8), assay.Tanh()]],
        "learning_rate": np.array([1e-5, 0.05]),
    }
    search = GridSearchCV(classifier, grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["learning_rate"] == 0.05
    assert search.score(X, y) > 0.9


def test_cross_validation_scores_and_predicts(classifier, classes):
    X, y = classes()
    scores = cross_val_score(classifier, X, y, cv=2, scoring="neg_log_loss")
    assert (scores > -0.69).all()
    held_out = cross_val_predict(classifier, X, y, cv=2, method="predict_proba")
    assert held_out.shape == (40, 2)


@pytest.mark.parametrize("output", ["default", "pandas", "polars"])
def test_pipelines_of_every_output(classifier, frame, output):
    X, y = frame
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), ["size"]),
            ("words", OneHotEncoder(sparse_output=False), ["city"]),
        ],
        verbose_feature_names_out=False,
    )
    pipeline = make_pipeline(columns, classifier).set_output(transform=output)
    assert pipeline.fit(X, y).score(X, y) > 0.9
    named = hasattr(pipeline[-1], "feature_names_in_")
    assert named == (output != "default")


def test_text_that_a_transformer_passes_through_stays_text(classifier, frame):
    X, y = frame
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), ["size"])], remainder="passthrough"
    )
    pipeline = make_pipeline(columns, classifier).fit(X, y)
    kinds = [e.kind for e in pipeline[-1].model_.preparation.encoders]
    assert kinds == ["number", "category"]
    assert pipeline.score(X, y) > 0.9


def test_weights_reach_the_network_through_routing(classifier, frame):
    X, y = frame
    weights = np.where(y, 1.0, 1e-6)
    with config_context(enable_metadata_routing=True):
        classifier.set_fit_request(sample_weight=True)
        pipeline = make_pipeline(classifier).fit(X, y, sample_weight=weights)
    assert pipeline.predict(X).mean() > 0.9


def test_a_regressor_learns_transformed_targets(quick):
    X = np.random.default_rng(0).normal(size=(40, 2))
    regressor = assay.NeuralRegressor(**quick)
    wrapped = TransformedTargetRegressor(regressor, func=np.log, inverse_func=np.exp)
    assert wrapped.fit(X, np.exp(X[:, 0])).score(X, np.exp(X[:, 0])) > 0.8

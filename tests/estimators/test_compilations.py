"""Fits of one shape share a compiled program."""

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score

import assay


@pytest.fixture
def classifier(quick):
    return assay.NeuralClassifier(**quick)


def test_another_fit_of_the_same_shape_compiles_nothing(
    classifier, classes, compilations
):
    X, y = classes()
    classifier.fit(X, y).predict(X)
    before = len(compilations)
    classifier.set_params(learning_rate=0.01, num_epochs=30, random_state=5)
    classifier.fit(X[::-1], y).predict(X)
    assert len(compilations) == before
    # an array of weights is another form of the data, for which one program suffices
    classifier.fit(X, y, sample_weight=np.linspace(0.5, 1, len(y)))
    weighted = len(compilations)
    classifier.set_params(class_weight="balanced").fit(X, y)
    assert len(compilations) == weighted


def test_folds_that_differ_by_a_row_share_a_program(classifier, classes, compilations):
    """Of 70 rows, the folds leave 46 or 47 to train on, and 23 or 24 to predict."""
    X, y = classes(70)
    classifier.fit(X[:46], y[:46]).predict(X[46:])
    before = len(compilations)
    cross_val_score(classifier, X, y, cv=3, error_score="raise")
    assert len(compilations) == before


def test_members_share_a_program(classifier, classes, compilations):
    X, y = classes()
    classifier.fit(X, y)
    before = len(compilations)
    classifier.set_params(members=3).fit(X, y)
    assert len(compilations) == before
    assert len(classifier.model_.members) == 3

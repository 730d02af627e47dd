"""The classifier: labels, weights, stopping, randomness and errors."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning, NotFittedError

import assay


@pytest.fixture
def begin(quick):
    """A function that returns a classifier with some changes."""
    return lambda **changes: assay.NeuralClassifier(**(quick | changes))


@pytest.mark.parametrize(
    "labels",
    [
        ["no", "yes"],
        [-1.0, 2.0],
        [False, True],
        np.array(["no", "yes"], object),
        ["c", "a", "b"],
        [10, 7, 300],
    ],
)
def test_labels_of_every_type_come_back(begin, classes, labels):
    labels = np.asarray(labels)
    X, y = classes(num_classes=len(labels))
    classifier = begin().fit(X, labels[y])
    np.testing.assert_array_equal(classifier.classes_, np.unique(labels))
    assert classifier.classes_.dtype == labels.dtype
    assert (classifier.predict(X) == labels[y]).mean() > 0.9
    probabilities = classifier.predict_proba(X)
    assert probabilities.shape == (40, len(labels))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)


def test_a_column_of_labels_is_flattened_with_a_warning(begin, classes):
    X, y = classes()
    with pytest.warns(DataConversionWarning, match="A column-vector y"):
        column = begin().fit(X, y[:, None])
    np.testing.assert_array_equal(column.predict(X), begin().fit(X, y).predict(X))


def test_rare_classes_are_classes(begin, classes):
    """Even a class with a single example, or as many classes as rows."""
    X, _ = classes(6)
    assert begin().fit(X, [0, 0, 0, 0, 0, 1]).classes_.tolist() == [0, 1]
    assert begin().fit(X, np.arange(6)).predict_proba(X).shape == (6, 6)


def test_the_same_seed_gives_the_same_result(begin, classes):
    X, y = classes()
    dropout = [assay.Dense(8), assay.Tanh(), assay.Dropout(0.2)]
    classifier = begin(model=dropout, batch_size=16, members=2)
    first = classifier.fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(clone(classifier).fit(X, y).predict_proba(X), first)
    classifier.set_params(random_state=np.random.RandomState(1))
    assert (classifier.fit(X, y).predict_proba(X) != first).any()


def test_members_are_averaged(begin, classes):
    X, y = classes()
    model = begin(members=3, num_epochs=5).fit(X, y).model_
    each = [assay.Model(model.training, model.preparation, [m]) for m in model.members]
    prepared = model.preparation.transform((X, y))
    mean = np.mean([one.predict_inputs(prepared) for one in each], axis=0)
    np.testing.assert_allclose(model.predict_inputs(prepared), mean, rtol=1e-6)


def test_a_weight_of_zero_leaves_a_row_out(begin, classes):
    X, y = classes()
    wrong = np.concatenate([1 - y, y])
    weights = np.repeat([0.0, 1.0], len(y))
    classifier = begin().fit(np.concatenate([X, X]), wrong, sample_weight=weights)
    without = begin().fit(X, y, sample_weight=np.ones(len(y)))
    np.testing.assert_array_equal(classifier.predict_proba(X), without.predict_proba(X))


def test_weights_decide_between_contradicting_rows(begin, classes):
    X, y = classes()
    both, labels = np.concatenate([X, X]), np.concatenate([y, 1 - y])
    weights = np.repeat([5.0, 1.0], len(y))
    assert begin().fit(both, labels, sample_weight=weights).score(X, y) > 0.9
    assert begin().fit(both, labels, sample_weight=weights[::-1]).score(X, y) < 0.1


def test_class_weights_are_weights_of_rows(begin, classes):
    X, y = classes()
    y = y * (X[:, 1] > 0.3)
    by_class = begin(class_weight={0: 1.0, 1: 3.0}).fit(X, y)
    by_row = begin().fit(X, y, sample_weight=np.where(y == 1, 3.0, 1.0))
    np.testing.assert_array_equal(by_class.predict_proba(X), by_row.predict_proba(X))
    plain, balanced = begin(), begin(class_weight="balanced")
    of_second = [c.fit(X, y).predict_proba(X)[:, 1].mean() for c in (plain, balanced)]
    assert of_second[0] < of_second[1]


def test_early_stopping_holds_out_rows_and_keeps_the_best(begin, classes):
    X, y = classes(60)
    y = np.random.default_rng(1).permutation(y)  # nothing can be learned
    settings = {"early_stopping": True, "patience": 3, "num_epochs": 200}
    classifier = begin(**settings, batch_size=16).fit(X, y)
    curve = classifier.val_loss_curve_
    assert len(curve) == len(classifier.loss_curve_) == classifier.n_iter_ < 200
    assert int(np.argmin(curve)) == classifier.n_iter_ - 4
    best = (classifier.n_iter_ - 3) * 4  # 51 rows in batches of 16
    assert classifier.model_.members[0].iteration == best
    listed = begin(regularizers=[assay.EarlyStopping(3)], num_epochs=200, batch_size=16)
    np.testing.assert_allclose(listed.fit(X, y).val_loss_curve_, curve)


def test_the_curve_has_the_cost_of_each_epoch(begin, classes):
    classifier = begin().fit(*classes())
    assert classifier.n_iter_ == len(classifier.loss_curve_) == 40
    assert classifier.loss_curve_[-1] < 0.3 < classifier.loss_curve_[0]
    assert classifier.val_loss_curve_ is None


def test_a_fitted_classifier_can_be_pickled(begin, classes):
    X, y = classes()
    classifier = begin().fit(X, y)
    expected = classifier.predict_proba(X)
    again = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(again.predict_proba(X), expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": -1.0}, "`learning_rate > 0` must hold, but got"),
        ({"num_epochs": 0}, "`num_epochs >= 1` must hold, but got num_epochs=0"),
        ({"model": ["dens"]}, "Did you mean 'dense'"),
        ({"cost": "squared_error"}, "cannot be used for binary tasks"),
        ({"learning_rate": assay.log(1e-3, 1e-1)}, "use GridSearchCV to try others"),
        ({"optimizer": assay.Adam(assay.log(1e-3, 1e-1))}, "optimizer.learning_rate"),
        ({"early_stopping": True, "patience": 0}, "`patience_epochs >= 1` must hold"),
        ({"early_stopping": True, "val_fraction": 2.0}, "0 < val_fraction < 1"),
        ({"class_weight": "balance"}, "class_weight"),
        ({"class_weight": {0: -1.0, 1: 1.0}}, "must not be negative"),
        ({"class_weight": {0: 0.0, 1: 0.0}}, "one of them must be above 0"),
        ({"class_weight": {0: np.nan, 1: 1.0}}, "but got class_weight={0: nan"),
        ({"categorical_features": ["color"]}, "`feature in X.columns` must hold"),
    ],
)
def test_invalid_parameters_are_value_errors(begin, classes, changes, message):
    with pytest.raises(ValueError, match=message):
        begin(**changes).fit(*classes())


def test_invalid_data_are_value_errors(begin, classes):
    X, y = classes()
    classifier = begin()
    with pytest.raises(NotFittedError):
        classifier.predict(X)
    with pytest.raises(ValueError, match="needs rows from at least 2 classes, but got"):
        classifier.fit(X, np.zeros(40))
    with pytest.raises(assay.InputError, match="The 40 training rows do not differ in"):
        classifier.fit(np.ones((40, 2)), y)
    with pytest.raises(ValueError, match="[Nn]egative"):
        classifier.fit(X, y, sample_weight=-np.ones(40))
    with pytest.raises(ValueError, match="X has 2 features, but NeuralClassifier is"):
        classifier.fit(X, y).predict(X[:, :2])


def test_a_training_that_diverges_is_an_error(begin, classes):
    X, y = classes()
    with pytest.raises(assay.RunError, match="Use a lower learning rate"):
        begin(optimizer=assay.SGD(1e30), regularizers=[assay.L2(1.0)]).fit(X, y)


def test_the_default_is_the_recommended_network(classes):
    """Its settings are those of the first trial of `realmlp`."""
    model = assay.NeuralClassifier(num_epochs=1).fit(*classes(), None).model_
    kinds = [layer.kind for layer in model.training.model]
    assert kinds[:3] == ["isru", "periodic_embedding", "learned_scale"]
    assert model.training.optimizer.learning_rate == 0.016
    assert model.training.model[5].rate == 0.15
    assert len(model.members) == 8

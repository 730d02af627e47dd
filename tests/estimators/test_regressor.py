"""The regressor: units, weights and integer targets."""

import numpy as np
import pytest

import assay


@pytest.fixture
def begin(quick):
    """A function that returns a regressor with some changes."""
    return lambda **changes: assay.NeuralRegressor(**(quick | changes))


@pytest.fixture
def numbers():
    """Inputs and targets with a mean of about 1000."""
    X = np.random.default_rng(0).normal(size=(40, 3))
    return X, 1000 + 30 * X[:, 0] - 20 * X[:, 1]


def test_predictions_are_in_the_unit_of_the_targets(begin, numbers):
    X, y = numbers
    regressor = begin().fit(X, y)
    assert regressor.score(X, y) > 0.95
    assert regressor.predict(X).dtype == np.float64
    assert abs(regressor.predict(X).mean() - 1000) < 10


def test_whole_numbers_and_constants_are_targets(begin, numbers):
    X, _ = numbers
    few = begin().fit(X, (X[:, 0] > 0).astype(int))
    assert 0.2 < few.predict(X).mean() < 0.8
    constant = begin().fit(X, np.full(40, 7.0))
    np.testing.assert_allclose(constant.predict(X), 7, atol=0.5)


def test_weights_decide_between_contradicting_rows(begin, numbers):
    X, y = numbers
    both, targets = np.concatenate([X, X]), np.concatenate([y, -y])
    weights = np.repeat([99.0, 1.0], 40)
    heavy = begin(num_epochs=150).fit(both, targets, sample_weight=weights)
    expected = 0.99 * y - 0.01 * y
    assert np.abs(heavy.predict(X) - expected).mean() < 30


def test_early_stopping_needs_no_classes(begin, numbers):
    regressor = begin(early_stopping=True, num_epochs=5).fit(*numbers)
    assert len(regressor.val_loss_curve_) == 5


def test_missing_targets_are_an_error(begin, numbers):
    X, y = numbers
    y[3] = np.nan
    with pytest.raises(ValueError, match="Input y contains NaN"):
        begin().fit(X, y)
    with pytest.raises(ValueError, match="requires y to be passed"):
        begin().fit(X, None)

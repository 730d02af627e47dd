"""Ridge regression in closed form agrees with scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeCV

from assay.regularize import RIDGE_PENALTIES, ridge


def rows(n, d):
    random = np.random.default_rng(n)
    inputs = random.normal(size=(n, d)) * np.linspace(0.1, 5, d) + 3
    inputs[:, 1] = 7.0  # constant
    return inputs, inputs[:, 0] * 10 + random.normal(size=n)


@pytest.mark.parametrize(("n", "d"), [(60, 4), (20, 50)])
def test_it_is_ridge_regression_on_standardized_inputs(n, d):
    inputs, targets = rows(n, d)
    stds = inputs.std(axis=0)
    scaled = (inputs - inputs.mean(axis=0)) / np.where(stds > 1e-9, stds, 1)
    best = RidgeCV(RIDGE_PENALTIES).fit(scaled, targets)
    fitted = ridge(inputs, targets)
    assert fitted.penalty == pytest.approx(best.alpha_)
    predicted = inputs @ fitted.coefficients + fitted.intercept
    np.testing.assert_allclose(predicted, best.predict(scaled), rtol=1e-6)


def test_weights_count_rows_several_times():
    inputs, targets = rows(60, 4)
    weights = np.random.default_rng(0).uniform(0.1, 2, 60)
    weights *= 60 / weights.sum()
    fitted = ridge(inputs, targets, weights)
    mean = np.average(inputs, axis=0, weights=weights)
    stds = np.sqrt(np.average((inputs - mean) ** 2, axis=0, weights=weights))
    scaled = (inputs - mean) / np.where(stds > 1e-9, stds, 1)
    reference = Ridge(fitted.penalty).fit(scaled, targets, weights)
    predicted = inputs @ fitted.coefficients + fitted.intercept
    np.testing.assert_allclose(predicted, reference.predict(scaled), rtol=1e-6)


def test_a_single_row_is_fitted_by_its_target():
    fitted = ridge(np.ones((1, 3)), np.array([4.0]))
    assert fitted.coefficients.tolist() == [0, 0, 0]
    assert fitted.intercept == 4

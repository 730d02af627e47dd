"""The estimators pass the checks of scikit-learn."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import assay

# Small and quick, but accurate enough for the checks of the score.
QUICK = {
    "model": [assay.Dense(8), assay.Tanh()],
    "optimizer": assay.Adam(0.05),
    "regularizers": [],
    "schedule": "constant",
    "batch_size": "all",
    "num_epochs": 60,
}

EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": (
        "Columns are standardized with equal weights, so a row of weight 2 is not the "
        "same as two rows."
    )
}


@pytest.mark.slow
@parametrize_with_checks(
    [assay.NeuralClassifier(**QUICK), assay.NeuralRegressor(**QUICK)],
    expected_failed_checks=lambda estimator: EXPECTED,
)
def test_estimator(estimator, check):
    check(estimator)

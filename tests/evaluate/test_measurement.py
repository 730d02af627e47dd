"""Which interval a metric gets, and that it covers where a bootstrap does not."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import metrics
from assay._errors import InputError
from assay.evaluate import Measured, bca, interval_for, measure, wilson

METHODS = {
    "accuracy": "wilson",
    "balanced_accuracy": "effective_wilson",
    "f1": "effective_wilson",
    "auroc": "effective_wilson",
    "log_loss": "bca",
    "brier": "effective_wilson",
    "expected_calibration_error": "bootstrap",
    "rmse": "log_delta",
    "mae": "log_delta",
    "r2": "bca",
}
CASES = [(name, kind) for name in METHODS for kind in metrics.get(name).tasks]


def sample(kind, seed=0, n=60):
    """Rows with every class, and predictions that are mostly right."""
    random = np.random.default_rng(seed)
    if kind == "regression":
        targets = random.normal(size=n)
        return targets, targets + 0.5 * random.normal(size=n)
    k = 2 if kind == "binary" else 3
    targets = random.permutation(np.arange(n) % k)
    scores = random.normal(size=(n, k)) + 1.5 * np.eye(k)[targets]
    odds = np.exp(scores)
    shares = odds / odds.sum(axis=1, keepdims=True)
    return targets, shares[:, 1] if k == 2 else shares


def test_table_covers_the_registry():
    assert set(METHODS) == set(metrics.REGISTRY)


@pytest.mark.parametrize(("name", "kind"), CASES)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**31))
def test_interval_holds_the_value_and_narrows_with_the_level(name, kind, seed):
    targets, predictions = sample(kind, seed)
    measured = measure(name, targets, predictions, seed=seed)
    assert measured.value == metrics.get(name)(targets, predictions)
    assert (measured.method, measured.level) == (METHODS[name], 0.95)
    assert measured.num_examples == 60
    low, high = measured.interval
    assert low <= measured.value <= high
    assert low < high
    inner = interval_for(name, targets, predictions, seed=seed, level=0.5)
    assert low <= inner[0] <= inner[1] <= high


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_interval_is_the_same_for_the_same_seed(name, kind):
    targets, predictions = sample(kind)
    first = interval_for(name, targets, predictions, seed=1)
    assert interval_for(name, targets, predictions, seed=1) == first


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_interval_shrinks_with_the_root_of_the_rows(name, kind):
    widths = []
    for n in (150, 2400):
        low, high = interval_for(name, *sample(kind, n=n), seed=0)
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.45)


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "f1", "auroc"])
@pytest.mark.parametrize("k", [2, 3, 4])
def test_perfect_on_36_rows_is_not_certain(name, k):
    targets = np.arange(36) % k
    predictions = np.eye(k)[targets] if k > 2 else targets.astype(float)
    low, high = interval_for(name, targets, predictions, seed=0)
    assert high == 1
    assert 0.75 < low < 0.95
    function = metrics.get(name).function
    assert bca(function, targets, predictions, seed=0) == (1, 1)


def test_f1_of_class_1_follows_a_plain_share():
    targets = np.array([1] * 10 + [0] * 20)
    predictions = np.array([1] * 8 + [0] * 2 + [1] * 3 + [0] * 17, float)
    low, high = wilson(8, 13)
    expected = 2 * low / (1 + low), 2 * high / (1 + high)
    assert interval_for("f1", targets, predictions, seed=0) == pytest.approx(expected)


def test_f1_without_class_1_leaves_everything_open():
    measured = measure("f1", np.zeros(9, int), np.zeros(9), seed=0)
    assert (measured.value, measured.interval) == (0, (0, 1))


def test_what_is_not_defined_has_no_interval():
    measured = measure("auroc", np.zeros(9, int), np.linspace(0, 1, 9), seed=0)
    assert math.isnan(measured.value)
    assert measured.to_json() == {"value": None, "interval": None}


def test_one_row_has_a_value_and_what_interval_there_is():
    one = measure("rmse", np.zeros(1), np.ones(1), seed=0)
    assert one.to_json() == {"value": 1, "interval": None}
    assert measure("accuracy", np.zeros(1, int), np.zeros(1), seed=0).interval[1] == 1


def test_json_is_value_and_interval():
    measured = Measured(0.5, (0.25, 0.75), 0.95, 10, "wilson")
    assert measured.to_json() == {"value": 0.5, "interval": [0.25, 0.75]}


def test_notes_come_with_the_metric_they_are_about():
    targets, predictions = sample("binary")
    assert "few such rows make up most of log_loss" in (
        measure("log_loss", targets, np.clip(targets, 0.1, 0.9), seed=0).note
    )
    assert measure("log_loss", targets, 1 - predictions, seed=0).note == ""
    errors = np.random.default_rng(0).standard_t(2, size=50)
    assert "heavy tails" in measure("rmse", np.zeros(50), errors, seed=0).note
    assert measure("mae", np.zeros(50), errors, seed=0).note == ""


def test_faults_are_told():
    with pytest.raises(InputError, match="Did you mean 'rmse'"):
        measure("rmsee", np.zeros(3), np.zeros(3), seed=0)
    with pytest.raises(InputError, match="0 < level < 1"):
        measure("rmse", np.zeros(3), np.zeros(3), seed=0, level=95)
    with pytest.raises(InputError, match="predictions is"):
        measure("rmse", np.zeros(3), np.zeros(4), seed=0)


def draw_rows(random, n, k, distance):
    """Rows of k normal classes a distance apart, with their true probabilities."""
    targets = random.integers(0, k, n)
    scores = random.normal(size=(n, k)) + distance * np.eye(k)[targets]
    odds = np.exp(distance * (scores - scores.max(axis=1, keepdims=True)))
    shares = odds / odds.sum(axis=1, keepdims=True)
    return targets, shares[:, 1] if k == 2 else shares


def coverage(name, interval, k, distance, repeats=250, n=36, spare=0.0):
    """How often intervals of n rows hold the metric of 300 000."""
    random = np.random.default_rng(0)
    truth = metrics.get(name)(*draw_rows(random, 300_000, k, distance))
    found = []
    for _ in range(repeats):
        targets, predictions = draw_rows(random, n, k, distance)
        low, high = interval(name, targets, predictions)
        found.append(low - spare <= truth <= high)
    return np.mean(found)


def ours(name, targets, predictions):
    return interval_for(name, targets, predictions, seed=0)


def by_bca(name, targets, predictions):
    function = metrics.get(name).function
    return bca(function, targets, predictions, seed=0, num_resamples=500)


@pytest.mark.parametrize("name", ["balanced_accuracy", "f1", "auroc", "brier"])
@pytest.mark.parametrize(("k", "distance"), [(2, 1), (2, 3.5), (3, 3), (10, 3)])
def test_shares_cover_on_36_rows(name, k, distance):
    # 0.95 less 3 standard errors of 250 repeats
    assert coverage(name, ours, k, distance) > 0.91


def test_a_bootstrap_would_not():
    assert coverage("balanced_accuracy", by_bca, 2, 3.5) < 0.5
    assert coverage("auroc", by_bca, 3, 3) < 0.6


def test_calibration_error_of_calibrated_predictions_reaches_0():
    name = "expected_calibration_error"
    # the error of these 300 000 rows is not 0 either
    assert coverage(name, ours, 2, 1, repeats=120, spare=0.002) > 0.88
    assert coverage(name, by_bca, 2, 1, repeats=40, spare=0.002) < 0.5


def test_calibration_error_of_overconfident_predictions_does_not():
    random = np.random.default_rng(0)
    targets, predictions = draw_rows(random, 270, 2, 1)
    sure = predictions**3 / (predictions**3 + (1 - predictions) ** 3)
    low, high = interval_for("expected_calibration_error", targets, sure, seed=0)
    assert low > 0.02
    truth = metrics.get("expected_calibration_error")
    more, p = draw_rows(random, 300_000, 2, 1)
    assert low < truth(more, p**3 / (p**3 + (1 - p) ** 3)) < high

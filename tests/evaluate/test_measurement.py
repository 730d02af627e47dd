"""The interval of each metric covers the truth, even if a bootstrap does not."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assay import metrics
from assay._errors import InputError
from assay.evaluate import Measurement, bca, interval_for, measure, wilson
from assay.evaluate._tails import tail_delta

METHODS = {
    "accuracy": "wilson",
    "balanced_accuracy": "effective_wilson",
    "f1": "effective_wilson",
    "auroc": "effective_wilson",
    "log_loss": "bca",
    "brier": "effective_wilson",
    "expected_calibration_error": "bootstrap",
    "rmse": "tail_delta",
    "mae": "log_delta",
    "r2": "tail_delta",
}
CASES = [(name, kind) for name in METHODS for kind in metrics.get(name).tasks]


def sample(kind, seed=0, n=60):
    """Return targets with every class and mostly correct predictions."""
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
def test_interval_contains_the_value_and_narrows_with_the_level(name, kind, seed):
    targets, predictions = sample(kind, seed)
    measurement = measure(name, targets, predictions, seed=seed)
    assert measurement.value == metrics.get(name)(targets, predictions)
    assert (measurement.method, measurement.level) == (METHODS[name], 0.95)
    assert measurement.num_examples == 60
    low, high = measurement.interval
    assert low <= measurement.value <= high
    assert low < high
    inner = interval_for(name, targets, predictions, seed=seed, level=0.5)
    assert low <= inner[0] <= inner[1] <= high


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_interval_is_the_same_for_the_same_seed(name, kind):
    targets, predictions = sample(kind)
    first = interval_for(name, targets, predictions, seed=1)
    assert interval_for(name, targets, predictions, seed=1) == first


# Computed once; other tests compare the underlying methods with SciPy.
INTERVALS = {
    ("accuracy", "binary"): (0.778212, 0.942323),
    ("accuracy", "multiclass"): (0.700802, 0.894422),
    ("balanced_accuracy", "binary"): (0.778973, 0.942082),
    ("balanced_accuracy", "multiclass"): (0.699025, 0.895218),
    ("f1", "binary"): (0.787673, 0.948735),
    ("f1", "multiclass"): (0.698467, 0.893946),
    ("auroc", "binary"): (0.860252, 0.982453),
    ("auroc", "multiclass"): (0.861573, 0.974911),
    ("log_loss", "binary"): (0.236113, 0.442459),
    ("log_loss", "multiclass"): (0.439283, 0.657552),
    ("brier", "binary"): (0.048193, 0.160381),
    ("brier", "multiclass"): (0.205750, 0.445763),
    ("expected_calibration_error", "binary"): (0.000000, 0.135165),
    ("expected_calibration_error", "multiclass"): (0.000000, 0.158825),
    ("rmse", "regression"): (0.435982, 0.589911),
    ("mae", "regression"): (0.359773, 0.503399),
    ("r2", "regression"): (0.527049, 0.785741),
}


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_interval_of_known_rows(name, kind):
    interval = interval_for(name, *sample(kind), seed=0)
    assert interval == pytest.approx(INTERVALS[name, kind], abs=1e-6)


def test_accuracy_interval_agrees_with_scipy():
    targets, predictions = sample("multiclass")
    num_right = int((predictions.argmax(axis=1) == targets).sum())
    expected = stats.binomtest(num_right, 60).proportion_ci(method="wilson")
    interval = interval_for("accuracy", targets, predictions, seed=0)
    assert interval == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(("name", "power"), [("rmse", 2), ("mae", 1)])
@pytest.mark.parametrize("num_copies", [1, 16])
def test_regression_interval_narrows_with_the_root_of_the_rows(name, power, num_copies):
    targets, predictions = (np.tile(a, num_copies) for a in sample("regression"))
    losses = np.abs(targets - predictions) ** power
    n, value = len(losses), losses.mean() ** (1 / power)
    half = stats.t.ppf(0.975, n - 1) * losses.std(ddof=1) / losses.mean() / power
    low, high = value * np.exp(np.array([-half, half]) / np.sqrt(n))
    interval = interval_for(name, targets, predictions, seed=0)
    assert interval[0] == pytest.approx(low)
    if name == "mae":
        assert interval[1] == pytest.approx(high)
    else:  # one additional large error, whose share of the mean decreases with n
        assert high < interval[1] < high * (1 + 8 / n)


def test_r2_is_one_less_the_unexplained_share():
    targets, predictions = sample("regression")
    spreads = (targets - targets.mean()) ** 2
    low, high = tail_delta(predictions - targets, spreads)
    interval = interval_for("r2", targets, predictions, seed=0)
    assert interval == pytest.approx((1 - high, 1 - low))
    assert interval_for("r2", targets, targets, seed=0) == (1, 1)


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "f1", "auroc"])
@pytest.mark.parametrize("k", [2, 3, 4])
def test_perfect_on_36_rows_is_not_certain(name, k):
    targets = np.arange(36) % k
    predictions = np.eye(k)[targets] if k > 2 else targets.astype(float)
    # 36 trials; binary AUROC has a slightly lower coverage (Newcombe, 2006)
    num_trials = 18 * 18 / 9.5 if (name, k) == ("auroc", 2) else 36
    expected = wilson(num_trials, num_trials)
    interval = interval_for(name, targets, predictions, seed=0)
    assert interval == pytest.approx(expected)
    function = metrics.get(name).function
    assert bca(function, targets, predictions, seed=0) == (1, 1)


def test_f1_of_class_1_follows_from_a_plain_share():
    targets = np.array([1] * 10 + [0] * 20)
    predictions = np.array([1] * 8 + [0] * 2 + [1] * 3 + [0] * 17, float)
    low, high = wilson(8, 13)
    expected = 2 * low / (1 + low), 2 * high / (1 + high)
    assert interval_for("f1", targets, predictions, seed=0) == pytest.approx(expected)


def test_f1_without_class_1_may_be_anything():
    measurement = measure("f1", np.zeros(9, int), np.zeros(9), seed=0)
    assert (measurement.value, measurement.interval) == (0, (0, 1))


def test_an_undefined_metric_has_no_interval():
    measurement = measure("auroc", np.zeros(9, int), np.linspace(0, 1, 9), seed=0)
    assert math.isnan(measurement.value)
    assert measurement.to_json() == {"value": None, "interval": None}


def test_one_row_has_an_interval_for_shares_only():
    one = measure("rmse", np.zeros(1), np.ones(1), seed=0)
    assert one.to_json() == {"value": 1, "interval": None}
    assert measure("accuracy", np.zeros(1, int), np.zeros(1), seed=0).interval[1] == 1


def test_json_is_value_and_interval():
    measurement = Measurement(0.5, (0.25, 0.75), 0.95, 10, "wilson")
    assert measurement.to_json() == {"value": 0.5, "interval": [0.25, 0.75]}


def test_notes_come_with_their_metric():
    targets, predictions = sample("binary")
    note = measure("log_loss", targets, np.clip(targets, 0.1, 0.9), seed=0).note
    assert note.startswith(f"none of these {len(targets)} rows were misclassified")
    one_wrong = np.clip(np.append(targets[:-1], 1 - targets[-1]), 0.1, 0.9)
    note = measure("log_loss", targets, one_wrong, seed=0).note
    assert note.startswith(f"only 1 of these {len(targets)} rows was misclassified")
    assert measure("log_loss", targets, 1 - predictions, seed=0).note == ""
    errors = np.random.default_rng(0).standard_t(2, size=50)
    assert "heavy tails" in measure("rmse", np.zeros(50), errors, seed=0).note
    assert measure("mae", np.zeros(50), errors, seed=0).note == ""


def test_faults_are_reported():
    with pytest.raises(InputError, match="Did you mean 'rmse'"):
        measure("rmsee", np.zeros(3), np.zeros(3), seed=0)
    with pytest.raises(InputError, match="0 < level < 1"):
        measure("rmse", np.zeros(3), np.zeros(3), seed=0, level=95)
    with pytest.raises(InputError, match=r"predictions\.shape == "):
        measure("rmse", np.zeros(3), np.zeros(4), seed=0)


def draw_rows(random, n, k, distance):
    """Return rows of k separated normal classes with their true probabilities."""
    targets = random.integers(0, k, n)
    scores = random.normal(size=(n, k)) + distance * np.eye(k)[targets]
    odds = np.exp(distance * (scores - scores.max(axis=1, keepdims=True)))
    shares = odds / odds.sum(axis=1, keepdims=True)
    return targets, shares[:, 1] if k == 2 else shares


def coverage(name, interval, k, distance, repeats=250, n=36, slack=0.0):
    """Return how often intervals of n rows contain the metric of 300 000 rows."""
    random = np.random.default_rng(0)
    truth = metrics.get(name)(*draw_rows(random, 300_000, k, distance))
    covered = []
    for _ in range(repeats):
        targets, predictions = draw_rows(random, n, k, distance)
        low, high = interval(name, targets, predictions)
        covered.append(low - slack <= truth <= high)
    return np.mean(covered)


def by_assay(name, targets, predictions):
    return interval_for(name, targets, predictions, seed=0)


def by_bca(name, targets, predictions):
    function = metrics.get(name).function
    return bca(function, targets, predictions, seed=0, num_resamples=500)


@pytest.mark.parametrize("name", ["balanced_accuracy", "f1", "auroc", "brier"])
@pytest.mark.parametrize(("k", "distance"), [(2, 1), (2, 3.5), (3, 3), (10, 3)])
def test_shares_cover_on_36_rows(name, k, distance):
    # 0.95 minus 3 standard errors of 250 repetitions
    assert coverage(name, by_assay, k, distance) > 0.91


def test_a_bootstrap_does_not_cover_on_36_rows():
    assert coverage("balanced_accuracy", by_bca, 2, 3.5) < 0.5
    assert coverage("auroc", by_bca, 3, 3) < 0.6


def test_calibration_error_of_calibrated_predictions_reaches_0():
    name = "expected_calibration_error"
    # the error of these 300 000 rows is not 0 either
    assert coverage(name, by_assay, 2, 1, repeats=120, slack=0.002) > 0.88
    assert coverage(name, by_bca, 2, 1, repeats=40, slack=0.002) < 0.5


def test_calibration_error_of_overconfident_predictions_does_not():
    random = np.random.default_rng(0)
    targets, predictions = draw_rows(random, 270, 2, 1)
    sure = predictions**3 / (predictions**3 + (1 - predictions) ** 3)
    low, high = interval_for("expected_calibration_error", targets, sure, seed=0)
    assert low > 0.02
    error_of = metrics.get("expected_calibration_error")
    targets, p = draw_rows(random, 300_000, 2, 1)
    assert low < error_of(targets, p**3 / (p**3 + (1 - p) ** 3)) < high

"""Metrics agree with scikit-learn, which is too slow to import in a run."""

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import metrics

seeds = st.integers(0, 2**32 - 1)


def binary(seed, n=50):
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 2, n)
    targets[:2] = 0, 1
    # deliberate ties, but none at 0.5, where conventions differ
    return targets, rng.integers(0, 10, n) / 9, rng.uniform(0.1, 2, n)


def multiclass(seed, n=60, k=4):
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, k, n)
    targets[:k] = range(k)
    scores = rng.exponential(size=(n, k))
    return targets, scores / scores.sum(1, keepdims=True), rng.uniform(0.1, 2, n)


BINARY = {
    "accuracy": lambda t, p, w: reference.accuracy_score(t, p > 0.5, sample_weight=w),
    "balanced_accuracy": lambda t, p, w: reference.balanced_accuracy_score(
        t, p > 0.5, sample_weight=w
    ),
    "f1": lambda t, p, w: reference.f1_score(t, p > 0.5, sample_weight=w),
    "auroc": lambda t, p, w: reference.roc_auc_score(t, p, sample_weight=w),
    "log_loss": lambda t, p, w: reference.log_loss(t, p, sample_weight=w),
    "brier": lambda t, p, w: reference.brier_score_loss(t, p, sample_weight=w),
}
MULTICLASS = {
    "accuracy": lambda t, p, w: reference.accuracy_score(
        t, p.argmax(1), sample_weight=w
    ),
    "balanced_accuracy": lambda t, p, w: reference.balanced_accuracy_score(
        t, p.argmax(1), sample_weight=w
    ),
    "f1": lambda t, p, w: reference.f1_score(
        t, p.argmax(1), sample_weight=w, average="macro"
    ),
    "auroc": lambda t, p, w: reference.roc_auc_score(
        t, p, sample_weight=w, multi_class="ovr"
    ),
    "log_loss": lambda t, p, w: reference.log_loss(t, p, sample_weight=w),
    "brier": lambda t, p, w: reference.brier_score_loss(t, p, sample_weight=w),
}
NUMBERS = {
    "rmse": lambda t, p, w: reference.root_mean_squared_error(t, p, sample_weight=w),
    "mae": lambda t, p, w: reference.mean_absolute_error(t, p, sample_weight=w),
    "r2": lambda t, p, w: reference.r2_score(t, p, sample_weight=w),
}


@pytest.mark.parametrize("name", BINARY)
@settings(max_examples=30)
@given(seed=seeds)
def test_binary(name, seed):
    targets, predictions, weights = binary(seed)
    for w in (None, weights):
        value = metrics.get(name)(targets, predictions, w)
        assert value == pytest.approx(BINARY[name](targets, predictions, w), rel=1e-9)


@pytest.mark.parametrize("name", MULTICLASS)
@settings(max_examples=30)
@given(seed=seeds)
def test_multiclass(name, seed):
    targets, predictions, weights = multiclass(seed)
    for w in (None, weights):
        expected = MULTICLASS[name](targets, predictions, w)
        value = metrics.get(name)(targets, predictions, w)
        assert value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", NUMBERS)
@settings(max_examples=30)
@given(seed=seeds)
def test_regression(name, seed):
    rng = np.random.default_rng(seed)
    targets, weights = rng.normal(3, 2, 30), rng.uniform(0.1, 2, 30)
    predictions = targets + rng.normal(size=30)
    for w in (None, weights):
        expected = NUMBERS[name](targets, predictions, w)
        value = metrics.get(name)(targets, predictions, w)
        assert value == pytest.approx(expected, rel=1e-9)


@settings(max_examples=30)
@given(seed=seeds)
def test_confusion_and_per_class(seed):
    targets, predictions, weights = multiclass(seed)
    decided = predictions.argmax(1)
    for w in (None, weights):
        ours = metrics.confusion_matrix(targets, predictions, w)
        theirs = reference.confusion_matrix(targets, decided, sample_weight=w)
        np.testing.assert_allclose(ours, theirs)
        table = reference.precision_recall_fscore_support(
            targets, decided, sample_weight=w, zero_division=0
        )
        for score in metrics.per_class(targets, predictions, w):
            ours = (score.precision, score.recall, score.f1, score.support)
            theirs = [column[score.label] for column in table]
            np.testing.assert_allclose(ours, theirs)


@settings(max_examples=30)
@given(seed=seeds, kind=st.sampled_from([binary, multiclass]))
def test_calibration_error_against_its_definition(seed, kind):
    targets, predictions, _ = kind(seed)
    if predictions.ndim == 1:
        predictions = np.stack([1 - predictions, predictions], axis=1)
    confidence, right = predictions.max(1), predictions.argmax(1) == targets
    edges, expected = np.linspace(0, 1, 16), 0.0
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gap = abs(right[inside].mean() - confidence[inside].mean())
            expected += inside.mean() * gap
    value = metrics.get("expected_calibration_error")(targets, predictions)
    assert value == pytest.approx(expected, abs=1e-12)


def test_large_offsets_do_not_spoil_r2():
    targets = 1e8 + np.arange(5.0)
    predictions = targets + np.array([0.5, -0.5, 0.5, -0.5, 0.5])
    expected = reference.r2_score(targets, predictions)
    assert metrics.get("r2")(targets, predictions) == pytest.approx(expected, rel=1e-6)

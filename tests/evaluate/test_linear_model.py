"""The linear solvers against scikit-learn's and against brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression, Ridge, RidgeCV

from assay.evaluate import _linear as linear
from assay.evaluate import fit_logistic, fit_ridge, logistic, ridge


def classes(k, n=120, d=6, seed=0):
    random = np.random.default_rng(seed)
    targets = np.arange(n) % k
    centers = random.normal(size=(k, d))
    return random.normal(size=(n, d)) + centers[targets], targets


def numbers(n, d, seed=0, noise=0.5):
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(n, d))
    return inputs, inputs @ random.normal(size=d) + noise * random.normal(size=n) + 3


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("penalty", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_logistic_is_scikit_learns(k, penalty, weighted):
    inputs, targets = classes(k)
    weights = np.ones(len(targets))
    if weighted:
        weights = np.random.default_rng(1).uniform(0.2, 3, len(targets))
    reference = LogisticRegression(C=1 / penalty, tol=1e-12, solver="newton-cholesky")
    reference.fit(inputs, targets, sample_weight=weights)
    found = fit_logistic(
        inputs, targets, weights, num_classes=k, penalty=penalty, tolerance=1e-9
    )
    probabilities = np.exp(linear.log_probabilities(inputs @ found[:-1] + found[-1]))
    np.testing.assert_allclose(
        probabilities, reference.predict_proba(inputs), atol=2e-6
    )
    np.testing.assert_allclose(found[:-1], reference.coef_.T, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("k", [2, 4])
def test_the_usual_tolerance_is_close_enough(k):
    inputs, targets = classes(k)
    ones = np.ones(len(targets))
    usual, fine = (
        fit_logistic(
            inputs, targets, ones, num_classes=k, penalty=1.0, tolerance=tolerance
        )
        for tolerance in (1e-5, 1e-10)
    )
    np.testing.assert_allclose(usual, fine, atol=1e-3)


def test_a_start_changes_the_way_and_not_the_end():
    inputs, targets = classes(3)
    ones, start = np.ones(len(targets)), np.random.default_rng(0).normal(size=(7, 3))
    start -= start.mean(axis=1, keepdims=True)
    ends = [
        fit_logistic(
            inputs,
            targets,
            ones,
            num_classes=3,
            penalty=1.0,
            tolerance=1e-9,
            start=where,
        )
        for where in (None, start)
    ]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-5)


@pytest.mark.parametrize(("n", "d"), [(50, 5), (20, 60), (30, 30)])
def test_ridge_is_scikit_learns(n, d):
    inputs, targets = numbers(n, d)
    inputs = inputs - inputs.mean(axis=0)
    penalties = np.array([0.1, 1.0, 10.0, 100.0])
    found, penalty = fit_ridge(inputs, targets, penalties)
    reference = RidgeCV(alphas=penalties).fit(inputs, targets)
    assert penalty == reference.alpha_
    np.testing.assert_allclose(found, reference.coef_, atol=1e-9)


@pytest.mark.parametrize(("n", "d"), [(12, 3), (8, 15)])
@pytest.mark.parametrize("noise", [0.1, 3.0])
def test_ridge_takes_the_penalty_of_the_least_error_left_out(n, d, noise):
    inputs, targets = numbers(n, d, noise=noise)
    inputs = inputs - inputs.mean(axis=0)
    errors = []
    for penalty in linear.RIDGE_PENALTIES:
        left_out = []
        for i in range(n):
            model = Ridge(alpha=penalty).fit(
                np.delete(inputs, i, axis=0), np.delete(targets, i)
            )
            left_out.append(targets[i] - model.predict(inputs[i : i + 1])[0])
        errors.append(np.mean(np.square(left_out)))
    _, penalty = fit_ridge(inputs, targets)
    assert penalty == linear.RIDGE_PENALTIES[np.argmin(errors)]


def test_a_column_twice_and_a_constant_one_do_no_harm():
    inputs, targets = numbers(40, 4)
    inputs = np.hstack([inputs, inputs[:, :1], np.full((40, 1), 7.0)])
    model = ridge(inputs, targets, seed=0)
    assert np.isfinite(model.coefficients).all()
    assert model.coefficients[0] == pytest.approx(model.coefficients[4])
    residuals = targets - model.outputs(inputs)[:, 0]
    assert residuals.std() < 0.6
    labels = (targets > targets.mean()).astype(int)
    model = logistic(inputs, labels, num_classes=2, seed=0)
    assert model.coefficients[0] == pytest.approx(model.coefficients[4], abs=1e-4)
    assert model.coefficients[5] == pytest.approx(0)


@settings(max_examples=20)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_units_of_the_inputs_do_not_matter(shift, scale):
    inputs, targets = numbers(30, 3)
    expected = ridge(inputs, targets, seed=0).outputs(inputs)
    moved = inputs * scale + shift
    found = ridge(moved, targets, seed=0).outputs(moved)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@given(st.integers(1, 60), st.integers(2, 5), st.integers(0, 9))
def test_folds_deal_every_class_evenly(n, k, seed):
    targets = np.random.default_rng(seed).integers(0, k, n)
    folds = linear._folds(targets, seed)
    num_folds = min(5, n)
    sizes = np.bincount(folds, minlength=num_folds)
    assert len(sizes) == num_folds
    assert sizes.max() - sizes.min() <= 1
    for c in range(k):
        in_class = np.bincount(folds[targets == c], minlength=num_folds)
        assert in_class.max() - in_class.min() <= 1


def test_noise_gets_a_strong_penalty_and_signal_a_weak_one():
    random = np.random.default_rng(0)
    noise, labels = random.normal(size=(100, 20)), np.arange(100) % 2
    clear = noise + 3 * labels[:, None]
    strong = logistic(noise, labels, num_classes=2, seed=0).penalty
    weak = logistic(clear, labels, num_classes=2, seed=0).penalty
    assert strong >= 100 * weak


@pytest.mark.parametrize("labels", [[0], [0, 0], [1, 1, 1], [0, 1], [0, 1, 2, 2]])
def test_hardly_any_rows_still_give_a_model(labels):
    targets = np.array(labels)
    inputs = np.arange(len(labels), dtype=float)[:, None]
    for k in (2, 3):
        if targets.max() < k:
            model = logistic(inputs, targets, num_classes=k, seed=0)
            assert np.isfinite(model.outputs(inputs)).all()
    assert np.isfinite(ridge(inputs, targets, seed=0).outputs(inputs)).all()


def test_too_many_rows_are_drawn_from(monkeypatch):
    monkeypatch.setattr(linear, "_FEWEST_ROWS", 50)
    monkeypatch.setattr(linear, "_FIT_WORK", 6 * 60)
    inputs, targets = numbers(200, 6)
    model = ridge(inputs, targets, seed=0)
    assert model.num_rows == 60
    rows = linear.some_rows(200, 6, 360, 0)
    assert len(set(rows)) == 60
    assert (np.diff(rows) > 0).all()
    assert (rows != linear.some_rows(200, 6, 360, 1)).any()
    assert len(linear.some_rows(40, 1000, 1, 0)) == 40


def test_log_probabilities_do_not_overflow():
    logs = linear.log_probabilities(np.array([[1e4, -1e4, 0.0]]))
    np.testing.assert_allclose(logs, [[0, -2e4, -1e4]])
    np.testing.assert_allclose(linear.log_probabilities(np.array([[800.0]]))[0, 1], 0)


@pytest.mark.slow
def test_digits_as_well_as_scikit_learn_and_the_same_twice():
    inputs, targets = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(targets))
    fit, held = order[:1527], order[1527:]
    first, second = (
        logistic(inputs[fit], targets[fit], num_classes=10, seed=0) for _ in range(2)
    )
    np.testing.assert_array_equal(first.coefficients, second.coefficients)
    reference = LogisticRegression(C=1 / first.penalty, max_iter=5000)
    reference.fit((inputs[fit] - first.center) / first.scale, targets[fit])
    rows = (inputs[held] - first.center) / first.scale
    decided = first.outputs(inputs[held]).argmax(axis=1)
    assert (decided == reference.predict(rows)).all()
    assert (decided == targets[held]).mean() > 0.95

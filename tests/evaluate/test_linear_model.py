"""The linear baselines choose known penalties from the correct rows."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.linear_model import LogisticRegression, Ridge, RidgeCV
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from assay._seeds import generator
from assay.evaluate import _linear_model as linear
from assay.evaluate import fit_logistic, fit_ridge
from assay.regularize import RIDGE_PENALTIES, leave_one_out_errors


def standardized(inputs):
    return (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)


def numbers(n, d, seed=0, noise=0.5):
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(n, d))
    return inputs, inputs @ random.normal(size=d) + noise * random.normal(size=n) + 3


def clusters(k, n=120, d=6, seed=0):
    random = np.random.default_rng(seed)
    targets = np.arange(n) % k
    centers = random.normal(size=(k, d))
    return random.normal(size=(n, d)) + centers[targets], targets


@pytest.mark.parametrize(("n", "d"), [(60, 4), (30, 30), (20, 50), (2, 1)])
def test_leave_one_out_errors_are_those_of_scikit_learn(n, d):
    random = np.random.default_rng(n)
    inputs = random.normal(size=(n, d))
    if d > 3:
        inputs[:, 1], inputs[:, 2] = inputs[:, 0], 0  # collinear
    targets = inputs[:, 0] + random.normal(size=n)
    choice = RidgeCV(RIDGE_PENALTIES, store_cv_results=True).fit(inputs, targets)
    errors = leave_one_out_errors(inputs, targets, RIDGE_PENALTIES)
    np.testing.assert_allclose(errors, choice.cv_results_.mean(axis=0), rtol=1e-6)
    assert RIDGE_PENALTIES[errors.argmin()] == choice.alpha_


@pytest.mark.parametrize(("n", "d"), [(12, 3), (8, 15)])
@pytest.mark.parametrize("noise", [0.1, 3.0])
def test_ridge_has_the_smallest_leave_one_out_error(n, d, noise):
    inputs, targets = numbers(n, d, noise=noise)
    rows, errors = standardized(inputs), []
    for penalty in RIDGE_PENALTIES:
        left_out = []
        for i in range(n):
            model = Ridge(alpha=penalty)
            model.fit(np.delete(rows, i, axis=0), np.delete(targets, i))
            left_out.append(targets[i] - model.predict(rows[i : i + 1])[0])
        errors.append(np.mean(np.square(left_out)))
    model = fit_ridge(inputs, targets, seed=0)
    assert model.penalty == RIDGE_PENALTIES[np.argmin(errors)]


@pytest.mark.parametrize(("n", "d"), [(50, 5), (20, 60), (30, 30)])
def test_ridge_solves_the_normal_equations(n, d):
    inputs, targets = numbers(n, d)
    rows = standardized(inputs)
    model = fit_ridge(inputs, targets, seed=0)
    gram = rows.T @ rows + model.penalty * np.eye(d)
    solution = np.linalg.solve(gram, rows.T @ (targets - targets.mean()))
    expected = targets.mean() + rows @ solution
    np.testing.assert_allclose(model.predict(inputs), expected, rtol=1e-9)


@pytest.mark.parametrize("k", [2, 3])
def test_logistic_has_the_smallest_cross_validated_log_loss(k):
    inputs, targets = clusters(k)
    seed = int(generator(0, "linear", "folds").integers(2**32))
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    scores = []
    with threadpool_limits(1):
        for penalty in linear.LOGISTIC_PENALTIES:
            model = LogisticRegression(C=1 / penalty, max_iter=1000)
            rows, scoring = standardized(inputs), "neg_log_loss"
            per_fold = cross_val_score(model, rows, targets, cv=folds, scoring=scoring)
            scores.append(per_fold.mean())
    model = fit_logistic(inputs, targets, num_classes=k, seed=0)
    expected = linear.LOGISTIC_PENALTIES[np.argmax(scores)]
    assert model.penalty == pytest.approx(expected)


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("weighted", [False, True])
def test_logistic_converges(k, weighted):
    inputs, targets = clusters(k)
    weights = None
    if weighted:
        weights = np.random.default_rng(1).uniform(0.2, 3, len(targets))
    model = fit_logistic(inputs, targets, num_classes=k, seed=0, weights=weights)
    reference = LogisticRegression(
        C=1 / model.penalty, tol=1e-12, solver="newton-cholesky"
    )
    reference.fit(standardized(inputs), targets, sample_weight=weights)
    np.testing.assert_allclose(
        model.predict(inputs), reference.predict_proba(standardized(inputs)), atol=2e-4
    )


def test_a_duplicate_column_and_a_constant_one_do_no_harm():
    inputs, targets = numbers(40, 4)
    inputs = np.hstack([inputs, inputs[:, :1], np.full((40, 1), 7.0)])
    model = fit_ridge(inputs, targets, seed=0)
    coefficients = model.fitted.coefficients
    assert coefficients[0] == pytest.approx(coefficients[4])
    assert coefficients[5] == 0
    labels = (targets > targets.mean()).astype(int)
    model = fit_logistic(inputs, labels, num_classes=2, seed=0)
    coefficients = model.fitted[-1].coef_[0]
    assert coefficients[0] == pytest.approx(coefficients[4], abs=1e-4)
    assert coefficients[5] == 0


@settings(max_examples=20)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_units_of_the_inputs_do_not_matter(shift, scale):
    inputs, targets = numbers(30, 3)
    expected = fit_ridge(inputs, targets, seed=0).predict(inputs)
    moved = inputs * scale + shift
    predictions = fit_ridge(moved, targets, seed=0).predict(moved)
    np.testing.assert_allclose(predictions, expected, atol=1e-6)


def test_noise_gets_a_strong_penalty_and_signal_a_weak_one():
    random = np.random.default_rng(0)
    noise, labels = random.normal(size=(100, 20)), np.arange(100) % 2
    signal = noise + 3 * labels[:, None]
    strong = fit_logistic(noise, labels, num_classes=2, seed=0).penalty
    weak = fit_logistic(signal, labels, num_classes=2, seed=0).penalty
    assert strong >= 100 * weak


@pytest.mark.parametrize(
    "labels",
    [[0], [0, 0], [1, 1, 1], [0, 1], [0, 1, 2], [0, 1, 2, 2], [0] * 9 + [2]],
)
@pytest.mark.parametrize("k", [2, 3])
def test_very_few_rows_of_a_class_still_give_a_model(labels, k):
    targets = np.array(labels)
    inputs = np.arange(len(labels), dtype=float)[:, None]
    if targets.max() < k:
        model = fit_logistic(inputs, targets, num_classes=k, seed=0)
        predictions = model.predict(inputs)
        assert predictions.shape == (len(labels), k)
        np.testing.assert_allclose(predictions.sum(axis=1), 1)
        absent = np.setdiff1d(np.arange(k), targets)
        assert (predictions[:, absent] == 0).all()
    assert np.isfinite(fit_ridge(inputs, targets, seed=0).predict(inputs)).all()


def test_warnings_about_convergence_are_not_shown(monkeypatch):
    monkeypatch.setattr(linear, "_MAX_ITERATIONS", 1)
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        fit_logistic(*clusters(3), num_classes=3, seed=0)
    assert shown == []


@pytest.mark.parametrize("d", [1, 2, 3, 16])
def test_scaling_a_few_columns_at_a_time_changes_no_bit(monkeypatch, d):
    inputs = 5 + 3 * np.random.default_rng(0).standard_normal((999, d))
    inputs[:, d // 2] = 7.1
    expected = StandardScaler().fit(inputs)
    monkeypatch.setattr(linear, "_COPIED_NUMBERS", 2000)
    scaler = linear._fit_scaler(inputs)
    for name in ("mean_", "var_", "scale_"):
        np.testing.assert_array_equal(getattr(scaler, name), getattr(expected, name))
    scaled = scaler.transform(inputs)
    np.testing.assert_array_equal(scaled, expected.transform(inputs))


@pytest.mark.parametrize("fit", [fit_logistic, fit_ridge])
def test_inputs_of_single_precision_give_the_same_model(fit):
    inputs, targets = clusters(3)
    inputs = inputs.astype(np.float32)
    before = inputs.copy()
    options = {"num_classes": 3} if fit is fit_logistic else {}
    both = inputs, inputs.astype(np.float64)
    first, second = (fit(x, targets, seed=0, **options).predict(inputs) for x in both)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(inputs, before)


def test_too_many_rows_are_sampled(monkeypatch):
    monkeypatch.setattr(linear, "_FEWEST_ROWS", 50)
    monkeypatch.setattr(linear, "_FIT_WORK", 6 * 60)
    inputs, targets = numbers(200, 6)
    rows = linear.some_rows(200, 60, 0)
    assert len(set(rows)) == 60
    assert (np.diff(rows) > 0).all()
    assert (rows != linear.some_rows(200, 60, 1)).any()
    assert len(linear.some_rows(40, 1, 0)) == 40
    model = fit_ridge(inputs, targets, seed=0)
    assert model.num_rows == 60
    sampled = fit_ridge(inputs[rows], targets[rows], seed=0)
    np.testing.assert_allclose(model.predict(inputs), sampled.predict(inputs))


@pytest.mark.parametrize(
    ("load", "num_right"),
    [(load_iris, 38), (load_wine, 41), (load_breast_cancer, 137), (load_digits, 441)],
)
def test_known_data_sets(load, num_right):
    inputs, targets = load(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(targets))
    train, test = np.split(order, [len(targets) * 3 // 4])
    num_classes = targets.max() + 1
    first, second = (
        fit_logistic(inputs[train], targets[train], num_classes=num_classes, seed=0)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.predict(inputs), second.predict(inputs))
    decided = first.predict(inputs[test]).argmax(axis=1)
    assert (decided == targets[test]).sum() == num_right

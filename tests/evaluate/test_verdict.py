"""Verdicts on networks match the known diagnoses."""

from types import SimpleNamespace

import numpy as np
import pytest

from assay import metrics
from assay.evaluate import LINEAR, RULE, Measurement, baselines, measure, verdict
from assay.evaluate._compare_with_baselines import MOST_COMPARED
from assay.evaluate._verdict import (
    MATERIAL_FRACTION,
    MATERIAL_POINTS,
    gap_between,
    is_material,
)

BINARY = SimpleNamespace(kind="binary", classes=(0, 1))
NUMBER = SimpleNamespace(kind="regression", classes=())


def decided(targets, num_wrong):
    """Return predictions of 0 and 1 that are wrong on the first rows of each class."""
    predictions = targets.astype(float)
    wrong = np.concatenate([np.flatnonzero(targets == c) for c in (0, 1)])
    half = len(wrong) // 2
    wrong = np.stack([wrong[:half], wrong[half : 2 * half]], axis=1).ravel()
    predictions[wrong[:num_wrong]] = 1 - predictions[wrong[:num_wrong]]
    return predictions


def table(n_train=400, n_test=200, signal=2.0, seed=0):
    """Return two overlapping classes and the baselines fitted to them."""
    random = np.random.default_rng(seed)
    parts = []
    for n in (n_train, n_test):
        targets = np.arange(n) % 2
        inputs = random.normal(size=(n, 3)) + signal * targets[:, None]
        parts.append((inputs, targets))
    return parts, baselines(BINARY, *parts, seed=0)


def judge(wrong_on_train, wrong_on_test, n_train=400, n_test=200, signal=2.0):
    (train, test), found = table(n_train, n_test, signal)
    return verdict(
        (train[1], decided(train[1], wrong_on_train)),
        (test[1], decided(test[1], wrong_on_test)),
        metric="accuracy",
        baselines=found,
        seed=0,
    )


@pytest.mark.parametrize(
    ("wrong_on_train", "wrong_on_test", "word", "reason"),
    [
        (20, 10, "fits", "can be explained by chance"),
        (0, 1, "fits", "can be explained by chance"),
        (0, 5, "fits", "cannot be explained by chance, but is small"),
        (0, 8, "overfits", "cannot be explained by chance and is large"),
        (20, 60, "overfits", "the gap of 0.250 ["),
        (200, 100, "underfits", "not distinguishable from majority (p = 1)"),
        (190, 95, "underfits", "not distinguishable from majority"),
        (120, 60, "underfits", "worse than linear model (p < 0.001)"),
        (20, 0, "fits", "can be explained by chance"),
    ],
)
def test_known_verdicts(wrong_on_train, wrong_on_test, word, reason):
    found = judge(wrong_on_train, wrong_on_test)
    assert found.word == word
    assert reason in found.reason
    assert found.train_value == 1 - wrong_on_train / 400
    assert found.test_value == 1 - wrong_on_test / 200


def test_large_errors_are_written_in_full():
    random = np.random.default_rng(0)
    inputs, targets = random.normal(size=(200, 1)), 1e5 * random.normal(size=200)
    train, test = (inputs[:120], targets[:120]), (inputs[120:], targets[120:])
    found = baselines(NUMBER, train, test, seed=0)
    parts = [(y, np.zeros(len(y))) for _, y in (train, test)]
    reason = verdict(*parts, metric="rmse", baselines=found, seed=0).reason
    values = [f"{np.sqrt(np.mean(y**2)):,.0f}" for y, _ in parts]
    assert f"{values[0]} on train and {values[1]} on test" in reason


def test_large_train_parts_are_compared_on_a_sample():
    random = np.random.default_rng(0)
    inputs = random.normal(size=(MOST_COMPARED + 1000, 2))
    targets = inputs[:, 0] + random.normal(size=len(inputs))
    train = inputs[1000:], targets[1000:]
    test = inputs[:1000], targets[:1000]
    found = baselines(NUMBER, train, test, seed=0)
    parts = [(y, x[:, 0]) for x, y in (train, test)]
    whole = verdict(*parts, metric="rmse", baselines=found, seed=0)
    assert whole.word == "fits"
    assert "compared" not in whole.reason
    more = inputs, targets
    found = baselines(NUMBER, more, test, seed=0)
    parts = [(y, x[:, 0]) for x, y in (more, test)]
    sampled = verdict(*parts, metric="rmse", baselines=found, seed=0)
    assert sampled.word == "fits"
    assert sampled.reason.endswith(
        "(compared with the baselines on 100,000 of 101,000 training rows)"
    )


def test_a_metric_on_some_training_rows_says_so():
    inputs = np.linspace(-1, 1, 40)[:, None]
    part = inputs, inputs[:, 0]
    options = {"metric": "rmse", "baselines": baselines(NUMBER, part, part, seed=0)}
    part = inputs[:, 0], inputs[:, 0]
    some = verdict(part, part, **options, num_train=2000, seed=0)
    assert some.reason.endswith(" (train: 40 of 2,000 rows)")
    every = verdict(part, part, **options, num_train=40, seed=0)
    assert "(train" not in every.reason


def test_the_same_gap_on_few_rows_may_be_chance():
    assert judge(20, 30).word == "overfits"
    assert judge(20, 3, n_test=20).word == "fits"


def test_the_two_numbers():
    found = judge(20, 60)
    assert found.training_error == pytest.approx(0.05)
    assert found.gap == pytest.approx(0.25)
    assert found.gap_interval[0] < 0.25 < found.gap_interval[1]
    assert found.to_json()["gap_interval"] == list(found.gap_interval)
    assert found.reason.startswith("accuracy is 0.950 on train and 0.700 on test; ")


def test_worse_than_linear_on_train_but_better_on_test_does_not_underfit():
    random = np.random.default_rng(0)
    # with more columns than rows, the linear model memorizes the training rows
    train_targets, test_targets = np.arange(60) % 2, np.arange(200) % 2
    train = random.normal(size=(60, 200)), train_targets
    train[0][:, 0] += 2 * train_targets
    test = random.normal(size=(200, 200)), test_targets
    test[0][:, 0] += 2 * test_targets
    found = baselines(BINARY, train, test, seed=0)
    assert found[1].name == LINEAR
    memorized = (found[1].train_predictions > 0.5) == train_targets
    assert memorized.all()
    result = verdict(
        (train_targets, decided(train_targets, 10)),
        (test_targets, decided(test_targets, 34)),
        metric="accuracy",
        baselines=found,
        seed=0,
    )
    assert result.word == "fits"


def numbers(noise_on_train, noise_on_test):
    random = np.random.default_rng(0)
    parts, predictions = [], []
    for noise in (noise_on_train, noise_on_test):
        inputs = random.normal(size=(300, 2))
        targets = inputs.sum(axis=1) + 0.5 * random.normal(size=300)
        parts.append((inputs, targets))
        predictions.append(targets + noise * random.normal(size=300))
    return verdict(
        (parts[0][1], predictions[0]),
        (parts[1][1], predictions[1]),
        metric="rmse",
        baselines=baselines(NUMBER, *parts, seed=0),
        seed=0,
    )


@pytest.mark.parametrize(
    ("on_train", "on_test", "word"),
    [
        (0.5, 0.5, "fits"),
        (0.4, 0.7, "overfits"),
        (0.0, 0.5, "overfits"),
        (0.5, 0.4, "fits"),
        (1.0, 1.0, "underfits"),
        (1.6, 1.6, "underfits"),
    ],
)
def test_regression(on_train, on_test, word):
    found = numbers(on_train, on_test)
    assert found.word == word
    assert found.training_error == found.train_value
    assert found.gap == found.test_value - found.train_value


def measured(value, low, high):
    return Measurement(value, (low, high), 0.95, 100, "wilson")


def test_gap_adds_the_distances_as_squares():
    train, test = measured(0.9, 0.87, 0.92), measured(0.8, 0.75, 0.84)
    gap, (low, high) = gap_between(metrics.get("accuracy"), train, test)
    assert gap == pytest.approx(0.1)
    assert low == pytest.approx(0.1 - 0.05)  # 0.03 and 0.04
    assert high == pytest.approx(0.1 + np.hypot(0.02, 0.05))
    train, test = measured(1.0, 0.9, 1.2), measured(2.0, 1.7, 2.5)
    gap, (low, high) = gap_between(metrics.get("rmse"), train, test)
    assert gap == pytest.approx(1.0)
    assert low == pytest.approx(1 - np.hypot(0.3, 0.2))
    assert high == pytest.approx(1 + np.hypot(0.5, 0.1))


def test_gap_of_equal_parts_is_rarely_more_than_chance():
    random, metric = np.random.default_rng(0), metrics.get("accuracy")
    num_above_0 = 0
    for _ in range(300):
        parts = []
        for n in (300, 60):
            hits = random.random(n) < 0.9
            parts.append(measure(metric, np.ones(n, int), hits * 1.0, seed=0))
        num_above_0 += gap_between(metric, *parts)[1][0] > 0
    # one-sided 0.025 plus 3 standard errors of 300 repetitions
    assert num_above_0 / 300 < 0.052


@pytest.mark.parametrize(
    ("metric", "gap", "train_value", "expected"),
    [
        ("accuracy", 0.029, 0.9, False),
        ("accuracy", 0.031, 0.9, True),
        ("rmse", 0.9, 10.0, False),
        ("rmse", 1.1, 10.0, True),
        ("rmse", 0.1, 0.0, True),
        ("rmse", 0.0, 0.0, False),
    ],
)
def test_material(metric, gap, train_value, expected):
    assert is_material(metrics.get(metric), gap, train_value) is expected


def test_the_rule_has_its_numbers():
    assert f"{100 * MATERIAL_POINTS:.0f} points" in RULE
    assert f"{100 * MATERIAL_FRACTION:.0f}%" in RULE

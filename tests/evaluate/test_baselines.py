"""The baselines give known answers."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_wine
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

from assay._errors import InputError
from assay.evaluate import LINEAR, baselines
from assay.evaluate import _linear_model as linear_model
from assay.regularize import RIDGE_PENALTIES

BINARY = SimpleNamespace(kind="binary", classes=("no", "yes"))
THREE = SimpleNamespace(kind="multiclass", classes=("a", "b", "c"))
NUMBER = SimpleNamespace(kind="regression", classes=())


def split(inputs, targets, seed=0):
    order = np.random.default_rng(seed).permutation(len(targets))
    cut = len(targets) * 3 // 4
    return tuple((inputs[rows], targets[rows]) for rows in (order[:cut], order[cut:]))


def test_majority_predicts_the_frequencies_of_the_training_rows():
    train = np.zeros((4, 1)), np.array([0, 0, 2, 0])
    test = np.zeros((3, 1)), np.array([0, 1, 2])
    majority, _ = baselines(THREE, train, test, seed=0)
    assert majority.name == "majority"
    np.testing.assert_array_equal(majority.predictions, [[0.75, 0, 0.25]] * 3)
    assert majority.train_predictions.shape == (4, 3)
    assert majority.metrics["accuracy"].value == pytest.approx(1 / 3)
    assert majority.penalty is None


def test_majority_of_two_classes_is_one_probability():
    train = np.zeros((4, 1)), np.array([1, 1, 0, 1])
    majority, _ = baselines(BINARY, train, train, seed=0)
    np.testing.assert_array_equal(majority.predictions, [0.75] * 4)
    assert majority.metrics["accuracy"].value == 0.75


@pytest.mark.parametrize("k", [2, 3])
def test_freed_inputs_give_the_same_predictions(k, monkeypatch):
    monkeypatch.setattr(linear_model, "_FREED_NUMBERS", 7 * 5)  # 7 rows at a time
    random = np.random.default_rng(0)
    inputs, targets = random.normal(size=(60, 5)).astype(np.float32), np.arange(60) % k
    test = inputs[:9] + 1, targets[:9]
    task = BINARY if k == 2 else THREE
    _, kept = baselines(task, (inputs, targets), test, seed=0)
    assert len(inputs) == 60
    _, freed = baselines(task, (inputs, targets), test, seed=0, keep_inputs=False)
    assert len(inputs) == 0
    np.testing.assert_array_equal(freed.train_predictions, kept.train_predictions)
    np.testing.assert_array_equal(freed.predictions, kept.predictions)


def test_a_view_of_other_inputs_is_not_freed():
    rows = np.random.default_rng(0).normal(size=(60, 5))
    part = rows[:40], np.arange(40) % 2
    baselines(BINARY, part, part, seed=0, keep_inputs=False)
    assert part[0].shape == (40, 5)


def test_mean_and_ridge_in_the_unit_of_the_target():
    inputs, targets = load_diabetes(return_X_y=True)
    train, test = split(inputs, targets)
    mean, model = baselines(NUMBER, train, test, seed=0)
    assert (mean.name, model.name) == ("mean", LINEAR)
    np.testing.assert_allclose(mean.predictions, train[1].mean())
    assert set(model.metrics) == {"rmse", "mae", "r2"}
    scaler = StandardScaler().fit(train[0])
    reference = RidgeCV(RIDGE_PENALTIES)
    reference.fit(scaler.transform(train[0]), train[1])
    expected = reference.predict(scaler.transform(test[0]))
    np.testing.assert_allclose(model.predictions, expected)
    assert model.penalty == reference.alpha_
    assert model.metrics["r2"].value == pytest.approx(r2_score(test[1], expected))


def test_linear_model_on_wine():
    train, test = split(*load_wine(return_X_y=True))
    _, model = baselines(THREE, train, test, seed=0)
    assert model.metrics["accuracy"].value == 41 / 45
    np.testing.assert_allclose(model.predictions.sum(axis=1), 1)
    assert (model.train_predictions.argmax(axis=1) == train[1]).all()
    assert model.penalty in linear_model.LOGISTIC_PENALTIES
    assert model.note == ""


def test_the_same_seed_gives_the_same_baselines():
    train, test = split(*load_wine(return_X_y=True))
    first, second = (baselines(THREE, train, test, seed=5)[1] for _ in range(2))
    np.testing.assert_array_equal(first.predictions, second.predictions)
    assert first.metrics == second.metrics


def test_images_are_flattened():
    random = np.random.default_rng(0)
    images = random.normal(size=(60, 4, 4, 2)).astype(np.float32)
    targets = (images[:, 1, 2, 0] > 0).astype(int)
    _, flat = baselines(
        BINARY,
        (images.reshape(60, -1), targets),
        (images.reshape(60, -1), targets),
        seed=0,
    )
    _, model = baselines(BINARY, (images, targets), (images, targets), seed=0)
    np.testing.assert_array_equal(model.predictions, flat.predictions)
    assert model.metrics["accuracy"].value > 0.9


def test_categories_are_one_hot_encoded():
    random = np.random.default_rng(0)
    codes = random.integers(0, 4, 200)
    inputs = np.stack([random.normal(size=200), codes], axis=1)
    targets = np.array([5.0, -3.0, 8.0, 0.0])[codes]
    part = inputs, targets
    _, as_number = baselines(NUMBER, part, part, seed=0)
    _, as_codes = baselines(NUMBER, part, part, seed=0, embedded=[(1, 4)])
    assert as_number.metrics["r2"].value < 0.2
    assert as_codes.metrics["r2"].value > 0.99


def test_weights_favor_the_rare_class():
    random = np.random.default_rng(0)
    targets = (np.arange(400) % 20 == 0).astype(int)
    inputs = random.normal(size=(400, 2)) + 1.5 * targets[:, None]
    weights = np.where(targets == 1, 19.0, 1.0)
    part = inputs, targets
    _, plain = baselines(BINARY, part, part, seed=0)
    _, weighted = baselines(BINARY, part, part, seed=0, weights=weights)
    name = "balanced_accuracy"
    assert weighted.metrics[name].value > plain.metrics[name].value + 0.1


def test_a_fit_on_fewer_rows_has_a_note(monkeypatch):
    monkeypatch.setattr(linear_model, "_FEWEST_ROWS", 30)
    monkeypatch.setattr(linear_model, "_FIT_WORK", 1)
    inputs = np.random.default_rng(0).normal(size=(80, 2))
    part = inputs, inputs[:, 0]
    _, model = baselines(NUMBER, part, part, seed=0)
    assert model.note == "fitted on 30 of 80 training rows to save time"


def test_json_is_name_value_and_interval():
    part = np.zeros((4, 1)), np.array([1, 1, 0, 1])
    majority, _ = baselines(BINARY, part, part, seed=0)
    plain = majority.to_json("accuracy")
    assert list(plain) == ["name", "value", "interval"]
    assert (plain["name"], plain["value"]) == ("majority", 0.75)


def test_faults_are_reported_together():
    with pytest.raises(InputError) as error:
        baselines(
            NUMBER,
            (np.zeros((3, 2)), np.zeros(2)),
            (np.full((2, 1), np.nan), np.zeros(2)),
            seed=0,
        )
    text = str(error.value)
    assert "got train=(3, 2). Pass one target per row." in text
    assert "The inputs in test must be finite, but they contain NaN or " in text
    assert "train.shape[1:] == test.shape[1:]" in text
